"""Step P2: what cannot move is captured in worksheets, for all workspaces of the plan."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from dashboard.answers import telling
from dashboard.pages import page_of
from dashboard.people import actor
from dashboard.templatetags.words import plural
from dashboard.wizard import load_plan, step_context
from dashboard.worksheet_page import look_of
from migrator.models import Plan
from migrator.services.guided_plans import refuse_archived
from migrator.services.worksheets import filling, overview, settling
from migrator.services.worksheets.columns import SHEETS

captures = permission_required("migrator.start_run", raise_exception=True)


@require_safe
@login_required
def plan_capture(request: HttpRequest, pk: int) -> HttpResponse:
    """Workspace by workspace, how far each worksheet is."""
    plan = load_plan(pk)
    items = overview.captured(plan)
    settled, wanted = overview.settled_share(items)
    page = page_of(request, items)
    context = {
        **step_context(request, plan, "capture"),
        "sheets": SHEETS.values(),
        "page": page,
        "items": [(one, [(sheet, look_of(sheet)) for sheet in one.sheets]) for one in page],
        "settled": settled,
        "wanted": wanted,
        "whole_ones": settling.whole_ones(plan),
        "is_filled": any(sheet.pk for one in items for sheet in one.sheets),
        "by_hand": [one.item for one in items if not _looked_at(one)],
    }
    return render(request, "dashboard/plans/capture.html", context)


def _looked_at(one: overview.CapturedItem) -> bool:
    return one.item.workspace is not None and one.item.workspace.inventory_id is not None


@require_POST
@login_required
@captures
def plan_capture_fill(request: HttpRequest, pk: int) -> HttpResponse:
    """Fill all worksheets from what the last inventory saw."""
    plan = get_object_or_404(Plan.objects.guided(), pk=pk)
    with telling(request):
        refuse_archived(plan)
        filled = filling.fill_plan(plan, user=actor(request))
        messages.success(
            request,
            f"{plural(filled, 'worksheet was,worksheets were')} filled.\nWhat people edited was "
            "kept; what changed since is marked.",
        )
    return redirect("plan-capture", pk)


@require_POST
@login_required
@captures
def plan_capture_complete(request: HttpRequest, pk: int) -> HttpResponse:
    """Say of all worksheets in which nothing is missing that they are complete."""
    plan = get_object_or_404(Plan.objects.guided(), pk=pk)
    with telling(request):
        refuse_archived(plan)
        count = settling.complete_whole_ones(plan, user=actor(request))
        if count:
            messages.success(request, f"{plural(count, 'worksheet')} completed.")
        else:
            messages.info(request, "Each open worksheet lacks something.\nOpen it to see what.")
    return redirect("plan-capture", pk)
