"""The loss list of a plan, whole: who takes care of each thing, and what is dealt with."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from dashboard.answers import telling
from dashboard.losses import loss_list
from dashboard.people import actor
from dashboard.wizard import load_plan, may_change, phases_of, steps_of
from migrator.models import Plan, PlanItem
from migrator.services.plan_losses import deal_with


@login_required
def plan_losses(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything that stays behind; a POST notes owner and tick of one."""
    plan = load_plan(pk)
    if request.method == "POST":
        return _noted(request, plan)
    steps = steps_of(plan)
    context = {
        "plan": plan,
        "phases": phases_of(steps),
        "losses": loss_list(plan, {each.step.key: each.url for each in steps}),
        "may_change": may_change(request, plan),
    }
    return render(request, "dashboard/plans/losses.html", context)


def _noted(request: HttpRequest, plan: Plan) -> HttpResponse:
    if not may_change(request, plan):
        raise PermissionDenied
    said = request.POST
    item = get_object_or_404(PlanItem, pk=said.get("item"), plan=plan)
    kind, ref = said.get("kind", ""), said.get("ref", "")
    with telling(request):
        deal_with(
            plan,
            item,
            kind,
            ref,
            user=actor(request),
            owner=said.get("owner", ""),
            done="done" in said,
        )
    return redirect(f"{request.path}#{kind}")
