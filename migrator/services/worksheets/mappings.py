"""The dictionary-to-type mapping of a worksheet is the one that the restore sets."""

from migrator.models import Plan, PlanItem, Worksheet, WorksheetRow
from migrator.services.targets.changes import target_changed


def copy_to_items(plan: Plan) -> None:
    """Write the mapping worksheets of the plan into its items, where there are any lines or were.

    What a waived worksheet lists is not set: somebody decided against it.
    """
    sheets = Worksheet.objects.of_plan(plan).filter(kind=Worksheet.Kind.MAPPINGS)
    items: list[PlanItem] = []
    for sheet in sheets.prefetch_related("rows").select_related("item"):
        wishes = [] if sheet.state == Worksheet.State.WAIVED else _wishes(list(sheet.rows.all()))
        if wishes != sheet.item.mappings:
            sheet.item.mappings = wishes
            items.append(sheet.item)
    PlanItem.objects.bulk_update(items, ["mappings"])
    if items:
        target_changed(plan)


def are_settled(item: PlanItem) -> bool:
    """True where somebody said which mapping is set, also that none is."""
    settled = Worksheet.objects.filter(item=item, kind=Worksheet.Kind.MAPPINGS)
    return settled.exclude(state=Worksheet.State.OPEN).exists()


def _wishes(rows: list[WorksheetRow]) -> list[dict[str, str]]:
    return [
        {"dictionary": str(row.cell("dictionary")), "entity_type": str(row.cell("entity_type"))}
        for row in rows
        if row.cell("dictionary")
        and row.cell("entity_type")
        and row.change != WorksheetRow.Change.GONE
    ]
