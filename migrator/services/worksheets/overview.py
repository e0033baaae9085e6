"""All worksheets of a plan at a glance."""

from collections.abc import Iterable
from dataclasses import dataclass

from migrator.models import Plan, PlanItem, Worksheet
from migrator.services.worksheets.columns import SHEETS


@dataclass(frozen=True)
class CapturedItem:
    """One workspace with a worksheet of each kind, not yet stored ones among them."""

    item: PlanItem
    sheets: list[Worksheet]

    @property
    def settled_count(self) -> int:
        """How many are complete or waived."""
        return sum(sheet.is_settled for sheet in self.sheets)

    @property
    def is_settled(self) -> bool:
        """True where all are, and nothing changed since."""
        return all(sheet.is_settled and not sheet.is_out_of_date for sheet in self.sheets)


def captured(plan: Plan) -> list[CapturedItem]:
    """The workspaces of the plan with their worksheets, in one query beside the plan's items."""
    there = {
        (sheet.item_id, sheet.kind): sheet
        for sheet in Worksheet.objects.of_plan(plan).with_counts().filter(item__left_at=None)
    }
    return [
        CapturedItem(item, [there.get((item.pk, kind)) or _unsaved(item, kind) for kind in SHEETS])
        for item in plan.items.all()
    ]


def settled_share(items: Iterable[CapturedItem]) -> tuple[int, int]:
    """How many worksheets are complete or waived, of how many."""
    shown = list(items)
    return sum(one.settled_count for one in shown), sum(len(one.sheets) for one in shown)


def _unsaved(item: PlanItem, kind: str) -> Worksheet:
    sheet = Worksheet(item=item, kind=kind)
    sheet.row_count = sheet.change_count = 0
    return sheet
