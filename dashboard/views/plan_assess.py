"""Step A2: what was checked, what needs somebody, the grid of workspaces and checks."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from dashboard.answers import back_to, telling
from dashboard.check_rows import CheckRow, by_group, grid_of, rows_of, shown
from dashboard.check_tallies import tallies
from dashboard.pages import page_of
from dashboard.people import actor
from dashboard.wizard import load_plan, may_change, step_context
from migrator.checks.catalogue import CATALOGUE, CHECKS
from migrator.models import Inventory, Plan, PlanItem
from migrator.services import checks, inventories, queue

steers = permission_required("migrator.start_run", raise_exception=True)


@require_safe
@login_required
def plan_assess(request: HttpRequest, pk: int) -> HttpResponse:
    """Counts, what needs somebody, and the grid; `show=all` also shows what is as it should be."""
    plan = load_plan(pk)
    rows = rows_of(plan)
    show_all = request.GET.get("show") == "all"
    columns = [row.check for row in rows if (row.counts if show_all else row.open_items)]
    page = page_of(request, _items(plan, rows, show_all=show_all))
    context = {
        **step_context(request, plan, "assess"),
        "tallies": tallies(rows),
        "open_rows": sorted((row for row in rows if row.open_items), key=lambda row: row.rank),
        "groups": by_group(rows),
        "page": page,
        "grid": grid_of(list(page.object_list), columns),
        "show_all": show_all,
        # How many workspaces there are and how many were checked, the age of the oldest check, and
        # whether the source is being read: asked with the plan.
        "known": vars(plan),
    }
    return render(request, "dashboard/plans/assess.html", context)


def _items(plan: Plan, rows: list[CheckRow], *, show_all: bool) -> list[PlanItem]:
    """The workspaces to show, by name."""
    items = sorted(plan.items.all(), key=lambda item: (item.name.lower(), item.pk))
    with_problems = {pk for row in rows for pk, _ in row.open_items}
    return items if show_all else [item for item in items if item.pk in with_problems]


@require_safe
@login_required
def plan_assess_item(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """Every check of one workspace."""
    plan = load_plan(pk)
    item = get_object_or_404(PlanItem.objects.select_related("workspace"), pk=item_pk, plan=plan)
    results = {one.result.code: one for one in shown(item.checks.all())}
    ordered = [results[check.code] for check in CHECKS if check.code in results]
    context = {
        **step_context(request, plan, "assess"),
        "item": item,
        "results": sorted(ordered, key=lambda one: not one.result.is_open),
        "not_due": [check for check in CHECKS if check.code not in results],
    }
    return render(request, "dashboard/plans/assess_workspace.html", context)


@require_POST
@login_required
@steers
def plan_assess_run(request: HttpRequest, pk: int) -> HttpResponse:
    """Run the checks again with what is known now: all, one, or those of one workspace."""
    plan = get_object_or_404(Plan.objects.guided(), pk=pk)
    if not may_change(request, plan):
        raise PermissionDenied
    code, item_pk = request.POST.get("code", ""), request.POST.get("item", "")
    items = None
    if item_pk.isdecimal():
        items = [get_object_or_404(PlanItem, pk=item_pk, plan=plan)]
    codes = [code] if code in CATALOGUE else []
    before = checks.marks_of(plan)
    checks.run_checks(plan, items=items, codes=codes, again=True)
    _tell_changes(request, before, checks.marks_of(plan))
    return _back(plan, codes, items)


def _tell_changes(
    request: HttpRequest, before: dict[tuple[int, str], str], now: dict[tuple[int, str], str]
) -> None:
    changed = sum(before.get(key) != now.get(key) for key in before.keys() | now.keys())
    results = "1 result is" if changed == 1 else f"{changed:,} results are"
    said = f"{results} different from before." if changed else "nothing has changed."
    messages.success(request, f"Checked again: {said}")


def _back(plan: Plan, codes: list[str], items: list[PlanItem] | None) -> HttpResponse:
    if codes:
        return redirect("plan-assess-check", plan.pk, codes[0])
    if items:
        return redirect("plan-assess-item", plan.pk, items[0].pk)
    return redirect("plan-assess", plan.pk)


@require_POST
@login_required
@steers
def plan_assess_read(request: HttpRequest, pk: int) -> HttpResponse:
    """Read the source again in a worker; the checks are run with what it sees."""
    plan = get_object_or_404(Plan.objects.guided().select_related("source"), pk=pk)
    if not may_change(request, plan):
        raise PermissionDenied
    assert plan.source is not None, "a guided plan names its source"
    with telling(request, f"{plan.source.name} is being read again.\nThe checks follow by itself."):
        inventory = inventories.begin_inventory(plan.source, user=actor(request))
        queue.enqueue_inventory(inventory)
    return back_to(request, "plan-assess", pk)


@require_safe
@login_required
def plan_assess_reading(request: HttpRequest, pk: int) -> HttpResponse:
    """Asked by the page while the source is read; tells it to reload once that has ended."""
    plan = get_object_or_404(Plan.objects.guided(), pk=pk)
    reading = Inventory.objects.filter(instance=plan.source, finished_at=None).exists()
    return HttpResponse(headers={} if reading else {"HX-Refresh": "true"})
