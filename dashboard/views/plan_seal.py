"""Step B2: an archive of every workspace, sealed, read back and verified."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dashboard.answers import polled
from dashboard.sealing import sealing_of
from dashboard.wizard import load_plan, step_context


@require_safe
@login_required
def plan_seal(request: HttpRequest, pk: int) -> HttpResponse:
    """The page; asked by htmx only what moves, or 204 where nothing moved."""
    plan = load_plan(pk)
    sealing = sealing_of(plan, request.GET.get("page"))
    part = request.headers.get("HX-Request")
    if part and request.GET.get("seen") == sealing.mark:
        return polled(HttpResponse(status=204))
    context = {
        **step_context(request, plan, "seal"),
        "sealing": sealing,
        "back": request.path,
        "is_part": bool(part),
    }
    name = "parts/seal_answer.html" if part else "seal.html"
    return polled(render(request, f"dashboard/plans/{name}", context))
