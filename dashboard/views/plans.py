"""Plans: the list, the overview, making, copying and putting away."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from dashboard.answers import telling
from dashboard.forms.plans import PlanForm
from dashboard.losses import loss_list
from dashboard.pages import page_of
from dashboard.people import actor
from dashboard.plan_rows import rows_of
from dashboard.run_rows import for_rows
from dashboard.run_rows import rows_of as run_rows_of
from dashboard.views.plan_scope import chosen_by, save_scope, workspaces_of
from dashboard.wizard import (
    load_plan,
    may_change,
    next_open,
    phases_of,
    plans_with_states,
    steps_of,
    way_on,
)
from migrator.models import Instance, Plan, Run
from migrator.services import guided_plans

plans_allowed = permission_required("migrator.start_run", raise_exception=True)


@require_safe
@login_required
def plan_list(request: HttpRequest) -> HttpResponse:
    """The plans that are open, or those that were put away."""
    archived = request.GET.get("archived") == "yes"
    plans = Plan.objects.guided().filter(archived_at__isnull=not archived)
    page = page_of(request, plans.order_by("-changed_at", "-pk"))
    shown: Any = page.object_list
    rows = rows_of(plans_with_states(shown.values_list("pk", flat=True)))
    context = {"page": page, "rows": rows, "archived": archived}
    return render(request, "dashboard/plans/list.html", context)


@require_safe
@login_required
@plans_allowed
def plan_start(request: HttpRequest) -> HttpResponse:
    """From which instance? With only one there is nothing to ask."""
    instances = list(Instance.objects.all())
    if len(instances) == 1:
        return redirect("plan-new", instances[0].pk)
    return render(request, "dashboard/plans/choose_instance.html", {"instances": instances})


@login_required
@plans_allowed
def plan_new(request: HttpRequest, instance_pk: int) -> HttpResponse:
    """What is it about? Saving it leads to its next step."""
    instance = get_object_or_404(Instance, pk=instance_pk)
    form = PlanForm(request.POST or None, instance=instance)
    if form.is_valid():
        with form.refusing():
            plan = save_scope(form, instance, user=actor(request))
            return redirect(way_on(load_plan(plan.pk)))
    context = {
        "form": form,
        "instance": instance,
        "workspaces": workspaces_of(instance),
        "chosen": chosen_by(request),
        "inventory": instance.inventories.first(),
    }
    return render(request, "dashboard/plans/new.html", context)


@require_safe
@login_required
def plan_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The plan at a glance: how far each step is, where to go on, its workspaces and runs."""
    plan = load_plan(pk)
    steps = steps_of(plan)
    rows = run_rows_of(for_rows(plan.runs.all())[:10])
    context = {
        "plan": plan,
        "people": _people(plan, [run for run, _, _ in rows]),
        "phases": phases_of(steps),
        "steps": steps,
        "next": next_open(steps),
        "runs": rows,
        "losses": loss_list(plan, {each.step.key: each.url for each in steps}),
        "may_change": may_change(request, plan),
    }
    return render(request, "dashboard/plans/detail.html", context)


def _people(plan: Plan, runs: list[Run]) -> dict[str, str]:
    """Who did a step, by its key, where one person did it; `runs` are the newest, newest first."""
    found = {"scope": _name(plan.created_by), "review": vars(plan)["reviewed_by"] or ""}
    for run in reversed(runs):
        keys = ("collect", "seal") if run.kind == Run.Kind.BACKUP else ("restore",)
        found |= dict.fromkeys(keys, _name(run.started_by))
    return found


def _name(user: User | None) -> str:
    return user.get_username() if user else "the command line"


@require_POST
@login_required
@plans_allowed
def plan_copy(request: HttpRequest, pk: int) -> HttpResponse:
    """The same scope once more, as a plan of its own."""
    plan = get_object_or_404(Plan.objects.guided(), pk=pk)
    with telling(request):
        copy = guided_plans.copy_plan(plan, user=actor(request))
        messages.success(request, f"This is a copy of {plan.name}.\nAnswers are not copied.")
        return redirect("plan-scope", copy.pk)
    return redirect("plan-detail", pk)


@require_POST
@login_required
@plans_allowed
def plan_archive(request: HttpRequest, pk: int) -> HttpResponse:
    """Put it away."""
    plan = get_object_or_404(Plan.objects.guided(), pk=pk)
    with telling(request, f"{plan.name} is archived.\nNothing of it was deleted."):
        guided_plans.archive_plan(plan, user=actor(request))
    return redirect("plan-detail", pk)


@require_POST
@login_required
@plans_allowed
def plan_unarchive(request: HttpRequest, pk: int) -> HttpResponse:
    """Take it out again."""
    plan = get_object_or_404(Plan.objects.guided(), pk=pk)
    with telling(request, f"{plan.name} is open again."):
        guided_plans.unarchive_plan(plan, user=actor(request))
    return redirect("plan-detail", pk)
