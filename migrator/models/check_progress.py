"""How far the assessment of guided plans is: counts of check results, a state from them."""

from typing import Any

from django.db.models import Exists, Max, Min, OuterRef, Subquery

from migrator.models.checks import CheckResult
from migrator.models.inventories import Inventory
from migrator.models.plan_progress import counted
from migrator.models.plans import Plan, PlanItem
from migrator.models.wizard import StepState, StepStatus


def assess_counts() -> dict[str, Any]:
    """What `assess_state` reads; an item without results was not checked yet."""
    items = PlanItem.objects.filter(plan=OuterRef("pk"))
    results = CheckResult.objects.filter(item__plan=OuterRef("pk"), item__left_at=None)
    open_ones = results.open()
    return {
        "checks_blocking": counted(results.blocking(), "item__plan"),
        "checks_open": counted(open_ones, "item__plan"),
        "items_checked": counted(results, "item__plan", "item"),
        "checks_at": _one(results, Min("checked_at")),
        "is_being_read": Exists(
            Inventory.objects.filter(instance=OuterRef("source"), finished_at=None)
        ),
        "read_at": _one(items, Max("workspace__seen_at"), by="plan"),
    }


def assess_state(plan: Plan) -> StepState:
    """Every workspace checked, nothing blocks, and what else was found is accepted by name."""
    counts = vars(plan)
    items, checked, open_count = counts["items_all"], counts["items_checked"], counts["checks_open"]
    if not checked:
        return StepState(StepStatus.NOT_STARTED, "Not checked yet", items)
    if checked < items:
        left = items - checked
        return StepState(StepStatus.OUT_OF_DATE, f"{left:,} of {items:,} not checked yet", left)
    if counts["read_at"] and counts["read_at"] > counts["checks_at"]:
        return StepState(StepStatus.OUT_OF_DATE, "Read again after the checks", open_count)
    if not open_count:
        return StepState(StepStatus.DONE, "Nothing open")
    blocking = counts["checks_blocking"]
    left = open_count - blocking
    settle = f"{left:,} to accept or answer" if left else ""
    said = ", ".join(filter(None, (f"{blocking:,} blocking" if blocking else "", settle)))
    return StepState(StepStatus.NEEDS_YOU, said, open_count)


def _one(rows: Any, aggregate: Any, by: str = "item__plan") -> Subquery:
    return Subquery(rows.order_by().values(by).annotate(one=aggregate).values("one"))
