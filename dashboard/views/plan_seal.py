"""Step B2: an archive of every workspace, sealed, read back and verified."""

from typing import Any

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from dashboard.answers import polled, telling
from dashboard.people import actor
from dashboard.sealing import sealing_of
from dashboard.wizard import load_plan, step_context
from migrator.models import Plan
from migrator.sending import send_pieces
from migrator.services import archive_bundles


@require_safe
@login_required
def plan_seal(request: HttpRequest, pk: int) -> HttpResponse:
    """The page; asked by htmx only what moves, or 204 where nothing moved."""
    plan = load_plan(pk)
    sealing = sealing_of(plan, request.GET.get("page"))
    part = request.headers.get("HX-Request")
    if part and request.GET.get("seen") == sealing.mark:
        return polled(HttpResponse(status=204))
    context: dict[str, Any] = {
        **step_context(request, plan, "seal"),
        "sealing": sealing,
        "back": request.path,
        "is_part": bool(part),
    }
    if request.user.has_perm("migrator.download_archive"):
        context["bundle_count"], context["bundle_size"] = archive_bundles.size_of(plan)
    name = "parts/seal_answer.html" if part else "seal.html"
    return polled(render(request, f"dashboard/plans/{name}", context))


@require_safe
@login_required
@permission_required("migrator.download_archive", raise_exception=True)
def plan_archives(request: HttpRequest, pk: int) -> HttpResponseBase:
    """All archives of a plan in one ZIP, made while it is sent."""
    plan = get_object_or_404(Plan, pk=pk)
    with telling(request):
        if request.method == "HEAD":
            return HttpResponse(headers={"Cache-Control": "private, no-store"})
        found = archive_bundles.bundle(plan, user=actor(request))
        return send_pieces(found.pieces, size=found.size, name=found.name)
    return redirect("plan-seal", pk) if plan.is_guided else redirect("archive-list")
