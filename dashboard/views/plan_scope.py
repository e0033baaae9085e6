"""Step A1: what the plan is about. It may be changed later, too."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from dashboard.forms.plans import PlanForm, initial_of
from dashboard.people import actor
from dashboard.wizard import load_plan, may_change, step_context, way_on
from migrator.models import Instance, Plan, Workspace
from migrator.services import guided_plans
from migrator.services.plans import add_workspace_by_hand


@login_required
def plan_scope(request: HttpRequest, pk: int) -> HttpResponse:
    """The scope, to be looked at or changed."""
    plan = load_plan(pk)
    if request.method == "POST" and not may_change(request, plan):
        raise PermissionDenied
    assert plan.source is not None, "a guided plan names its source"
    form = PlanForm(request.POST or None, instance=plan.source, initial=initial_of(plan))
    if form.is_valid():
        with form.refusing():
            save_scope(form, plan.source, user=actor(request), plan=plan)
            messages.success(request, "The scope is saved.")
            return redirect(way_on(load_plan(pk)))
    ticked = {item.workspace_id for item in plan.items.all()}
    context = {
        **step_context(request, plan, "scope"),
        "form": form,
        "instance": plan.source,
        "workspaces": workspaces_of(plan.source),
        "chosen": chosen_by(request) if request.method == "POST" else ticked,
    }
    return render(request, "dashboard/plans/scope.html", context)


def workspaces_of(instance: Instance) -> QuerySet[Workspace]:
    """What can be chosen."""
    return Workspace.objects.present().to_choose_from().filter(instance=instance)


def chosen_by(request: HttpRequest) -> set[int]:
    """What is ticked: as it was sent, or as the link that led here asked for."""
    ticked = request.POST.getlist("workspaces") or request.GET.getlist("workspace")
    return {int(pk) for pk in ticked if pk.isdecimal()}


@transaction.atomic
def save_scope(form: PlanForm, instance: Instance, *, user: User, plan: Plan | None = None) -> Plan:
    """Keep what a valid form says, in a new plan or in `plan`."""
    given = form.cleaned_data
    workspaces = list(given["workspaces"])
    for named in form.named:
        workspaces.append(add_workspace_by_hand(instance=instance, user=user, **named))
    if plan is not None:
        guided_plans.change_scope(
            plan,
            workspaces=workspaces,
            purpose=given["purpose"],
            name=given["name"],
            deletes_source=given["deletes_source"],
            user=user,
        )
        return plan
    return guided_plans.make_plan(
        source=instance,
        workspaces=workspaces,
        purpose=given["purpose"],
        name=given["name"],
        deletes_source=given["deletes_source"],
        user=user,
    )
