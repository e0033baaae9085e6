"""Step R3: the restore that was confirmed, its outcomes and its proof."""

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from dashboard.answers import polled, telling
from dashboard.people import actor
from dashboard.restoring import restoring_of
from dashboard.wizard import load_plan, step_context
from migrator.models import Plan
from migrator.models.restore_progress import review_state
from migrator.services.guided_plans import refuse_archived
from migrator.services.targets import readings
from migrator.services.targets.restoring import start_restore
from migrator.services.targets.wanted import adopt_created

starts = permission_required("migrator.start_run", raise_exception=True)


@require_safe
@login_required
def plan_restore(request: HttpRequest, pk: int) -> HttpResponse:
    """The page; asked by htmx the outcomes, or 204 where nothing moved."""
    plan = load_plan(pk)
    restoring = restoring_of(plan, request.GET.get("page"))
    part = request.headers.get("HX-Request")
    if part and request.GET.get("seen") == restoring.mark:
        return polled(HttpResponse(status=204))
    context = {
        **step_context(request, plan, "restore"),
        "restoring": restoring,
        "is_confirmed": review_state(plan).is_settled,
        "confirmed_by": vars(plan)["reviewed_by"],
        "confirmed_at": vars(plan)["reviewed_at"],
        "back": request.path,
        "is_part": bool(part),
        "swaps_panels": request.GET.get("panels") != restoring.panel_mark,
    }
    name = "parts/restoring_answer.html" if part else "restore.html"
    return polled(render(request, f"dashboard/plans/{name}", context))


@require_POST
@login_required
@starts
def plan_restore_start(request: HttpRequest, pk: int) -> HttpResponse:
    """Start what was confirmed."""
    plan = get_object_or_404(Plan.objects.guided(), pk=pk)
    with telling(request):
        refuse_archived(plan)
        start_restore(plan, user=actor(request))
    return redirect("plan-restore", pk)


@require_POST
@login_required
@starts
def plan_restore_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Prepare a further restore into what the last one created: read, review, start."""
    plan = get_object_or_404(Plan.objects.guided(), pk=pk)
    with telling(request):
        refuse_archived(plan)
        adopt_created(plan, user=actor(request))
        if plan.target is not None and plan.target.is_connected:
            readings.begin_readings(plan, user=actor(request))
    return redirect("plan-target", pk)
