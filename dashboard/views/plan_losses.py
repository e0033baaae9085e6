"""The loss list of a plan, whole: who takes care of each thing, and what is dealt with."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from dashboard.answers import telling
from dashboard.losses import loss_list
from dashboard.people import actor
from dashboard.wizard import load_plan, may_change, phases_of, steps_of
from migrator.models import Plan
from migrator.services.plan_losses import Note, deal_with


@login_required
def plan_losses(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything that stays behind; a POST notes owners and ticks of one group."""
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
    """Owner and tick of every row of one group, as the form sent them."""
    if not may_change(request, plan):
        raise PermissionDenied
    kind = request.POST.get("kind", "")
    with telling(request, "Saved."):
        deal_with(plan, kind, notes=_notes(request.POST), user=actor(request))
    return redirect(f"{request.path}#{kind}")


def _notes(said: QueryDict) -> list[Note]:
    """The rows of the form; what is given for all fills in what a row leaves open."""
    owner_of_all, all_done = said.get("owner_all", "").strip(), "done_all" in said
    rows = zip(said.getlist("item"), said.getlist("ref"), said.getlist("owner"), strict=False)
    done = set(said.getlist("done"))
    return [
        Note(int(item), ref, owner.strip() or owner_of_all, all_done or f"{item} {ref}" in done)
        for item, ref, owner in rows
        if item.isdecimal()
    ]
