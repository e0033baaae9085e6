"""Step B1: the files of every workspace, by the connector or brought by a person."""

from typing import Any

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from dashboard.answers import polled, telling
from dashboard.collecting import collecting_of
from dashboard.people import actor
from dashboard.wizard import load_plan, step_context
from migrator.models import Plan, PlanItem, Run
from migrator.services import runs
from migrator.services.charts.archives import types_picture
from migrator.services.charts.collected import collected_graph
from migrator.services.encryption import words_of
from migrator.services.guided_plans import refuse_archived


@require_safe
@login_required
def plan_collect(request: HttpRequest, pk: int) -> HttpResponse:
    """The page; asked by htmx only what moves, or 204 where nothing moved."""
    plan = load_plan(pk)
    collecting = collecting_of(plan, request.GET.get("page"))
    context: dict[str, Any] = {"collecting": collecting, "work": collecting, "back": request.path}
    if not request.headers.get("HX-Request"):
        context |= step_context(request, plan, "collect")
        if collecting.is_over:
            context["encryption"] = words_of(plan)
        return polled(render(request, "dashboard/plans/collect.html", context))
    if request.GET.get("seen") == collecting.mark:
        return polled(HttpResponse(status=204))
    context |= step_context(request, plan, "collect")
    context |= {
        "is_part": True,
        "swaps_panels": request.GET.get("panels") != collecting.panel_mark,
    }
    return polled(render(request, "dashboard/plans/parts/collect_answer.html", context))


@require_safe
@login_required
def plan_collect_types(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """The type system of one workspace, drawn from what was collected."""
    plan = load_plan(pk)
    item = get_object_or_404(PlanItem, pk=item_pk, plan=plan)
    graph = collected_graph(item, vars(plan)["backup_run"])
    context = {
        **step_context(request, plan, "collect"),
        "item": item,
        "types": types_picture(graph) if graph else None,
    }
    return render(request, "dashboard/plans/collect_types.html", context)


@require_POST
@login_required
@permission_required("migrator.start_run", raise_exception=True)
def plan_collect_start(request: HttpRequest, pk: int) -> HttpResponse:
    """Start the plan's backup, or start it once more."""
    plan = get_object_or_404(Plan.objects.guided(), pk=pk)
    with telling(request):
        refuse_archived(plan)
        runs.start_run(plan=plan, user=actor(request), kind=Run.Kind.BACKUP)
    return redirect("plan-collect", pk)
