"""How far the worksheets of guided plans are: counts in SQL, the state of the step from them."""

from typing import Any

from django.db.models import F, OuterRef, Q

from migrator.models.plan_progress import counted
from migrator.models.plans import Plan
from migrator.models.wizard import StepState, StepStatus
from migrator.models.worksheets import Worksheet

KINDS = len(Worksheet.Kind)


def capture_counts() -> dict[str, Any]:
    """What `capture_state` reads."""
    sheets = Worksheet.objects.filter(item__plan=OuterRef("pk"), item__left_at=None)
    settled = sheets.exclude(state=Worksheet.State.OPEN)
    since = Q(changed_at__isnull=False) & (Q(stated_at=None) | Q(changed_at__gt=F("stated_at")))
    return {
        "sheets_all": counted(sheets, "item__plan"),
        "sheets_settled": counted(settled, "item__plan"),
        "sheets_stale": counted(settled.filter(since), "item__plan"),
    }


def capture_state(plan: Plan) -> StepState:
    """Every worksheet of every workspace is complete or waived, and nothing changed since."""
    counts = vars(plan)
    wanted, settled = counts["items_all"] * KINDS, counts["sheets_settled"]
    if not counts["sheets_all"]:
        return StepState(StepStatus.NOT_STARTED, "Nothing is captured yet", wanted)
    if counts["sheets_stale"]:
        stale = counts["sheets_stale"]
        word = "worksheet" if stale == 1 else "worksheets"
        return StepState(StepStatus.OUT_OF_DATE, f"{stale:,} {word} changed since", stale)
    summary = f"{settled:,} of {wanted:,} complete or waived"
    if settled >= wanted:
        return StepState(StepStatus.DONE, summary)
    return StepState(StepStatus.NEEDS_YOU, summary, wanted - settled)
