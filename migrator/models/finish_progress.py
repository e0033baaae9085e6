"""How far the last step of guided plans is: counts in SQL, the state from them."""

from typing import Any

from django.db.models import Exists, OuterRef, Q

from migrator.models.archives import Archive
from migrator.models.plan_progress import counted
from migrator.models.plans import Plan, PlanAnswer, PlanItem
from migrator.models.receipts import Receipt
from migrator.models.verifications import Verification
from migrator.models.wizard import StepState, StepStatus


def finish_counts() -> dict[str, Any]:
    """What `finish_state` reads: workspaces with an archive, proved, going, and signed for."""
    items = PlanItem.objects.filter(plan=OuterRef("pk"))
    of_item = {"item": OuterRef("pk")}
    settled = Q(Exists(Receipt.objects.filter(**of_item))) | Q(
        Exists(PlanAnswer.objects.filter(**of_item, key="gate-open"))
    )
    going = items.filter(keeps_source=False)
    return {
        "finish_items": counted(items, "plan"),
        "finish_saved": counted(items.filter(Exists(Archive.objects.filter(**of_item))), "plan"),
        "finish_proved": counted(
            items.filter(Exists(Verification.objects.filter(**of_item))), "plan"
        ),
        "finish_going": counted(going, "plan"),
        "finish_settled": counted(going.filter(settled), "plan"),
    }


def finish_state(plan: Plan) -> StepState:
    """Every workspace is signed for or left open on purpose; where none goes, all are compared."""
    found = vars(plan)
    come = found["finish_proved"] if plan.restores else found["finish_saved"]
    if not come:
        return StepState(StepStatus.NOT_STARTED, "Nothing to finish yet")
    left = found["finish_going"] - found["finish_settled"] if plan.deletes_source else 0
    if left:
        noun = "workspace is" if left == 1 else "workspaces are"
        return StepState(StepStatus.NEEDS_YOU, f"{left:,} {noun} not signed for", left)
    if come < found["finish_items"]:
        return StepState(StepStatus.IN_PROGRESS, f"{come:,} of {found['finish_items']:,} arrived")
    return StepState(StepStatus.DONE, "Signed for" if plan.deletes_source else "All arrived")
