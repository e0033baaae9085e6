"""Filling worksheets from the inventory: what people edited stays, what changed since is marked."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from migrator.models import Plan, PlanItem, Worksheet, WorksheetRow, Workspace
from migrator.services import audit
from migrator.services.permissions import requires
from migrator.services.worksheets import carrying, known, mappings, settling
from migrator.services.worksheets.columns import SHEETS
from migrator.services.worksheets.known import Known

_Change = WorksheetRow.Change
_Origin = WorksheetRow.Origin


@transaction.atomic
def prepare(plan: Plan) -> list[Worksheet]:
    """Every worksheet of the plan, made where it is missing; a constant number of queries.

    A workspace that an earlier plan captured begins with what was captured then.
    """
    items = list(plan.items.select_related("workspace__instance"))
    there = set(Worksheet.objects.of_plan(plan).values_list("item", "kind"))
    missing = [
        Worksheet(item=item, kind=kind)
        for item in items
        for kind in SHEETS
        if (item.pk, kind) not in there
    ]
    made = Worksheet.objects.bulk_create(missing)
    carrying.carry_over(made)
    return list(Worksheet.objects.of_plan(plan).select_related("item__workspace__instance"))


@requires("migrator.start_run")
@transaction.atomic
def fill_plan(plan: Plan, *, user: User | None) -> int:
    """Fill every worksheet that the inventory knows something for; how many there were.

    Of a workspace served by hand that is what was typed when it was named.
    """
    return _fill_sheets(plan, prepare(plan), known.workspaces_of(plan), user)


@requires("migrator.start_run")
@transaction.atomic
def fill_item(item: PlanItem, *, user: User | None) -> int:
    """The same for one workspace of a plan."""
    prepare(item.plan)
    sheets = list(item.worksheets.select_related("item__workspace__instance"))
    return _fill_sheets(item.plan, sheets, known.workspaces_of(item.plan, item), user)


def _fill_sheets(
    plan: Plan, sheets: list[Worksheet], seen: Mapping[int, Workspace], user: User | None
) -> int:
    filled = _fill(sheets, seen, timezone.now())
    mappings.copy_to_items(plan)
    audit.record(user, "worksheets.filled", plan, sheets=len(filled))
    return len(filled)


def _fill(sheets: list[Worksheet], seen: Mapping[int, Workspace], now: datetime) -> list[Worksheet]:
    rows_of = _rows_by_sheet(sheets)
    new: list[WorksheetRow] = []
    changed: list[WorksheetRow] = []
    filled: list[Worksheet] = []
    for sheet in sheets:
        workspace = seen.get(sheet.item.workspace_id or 0)
        found = known.known_of(workspace, sheet.kind) if workspace else None
        if found is None:
            continue
        merged = _merge(sheet, rows_of.get(sheet.pk, []), found)
        new += merged.new
        changed += merged.changed
        if merged.differs and sheet.filled_at is not None:
            sheet.changed_at = now
        sheet.filled_at = now
        filled.append(sheet)
    WorksheetRow.objects.bulk_create(new)
    WorksheetRow.objects.bulk_update(changed, ["key", "cells", "said", "change", "was", "position"])
    Worksheet.objects.bulk_update(filled, ["filled_at", "changed_at"])
    settling.settle_what_is_whole(filled)
    return filled


def _rows_by_sheet(sheets: Iterable[Worksheet]) -> dict[int, list[WorksheetRow]]:
    rows_of: dict[int, list[WorksheetRow]] = {}
    for row in WorksheetRow.objects.filter(worksheet__in=[sheet.pk for sheet in sheets]):
        rows_of.setdefault(row.worksheet_id, []).append(row)
    return rows_of


class _Merged:
    """What a filling does to the rows of one worksheet."""

    def __init__(self) -> None:
        self.new: list[WorksheetRow] = []
        self.changed: list[WorksheetRow] = []
        self.differs = False


def _merge(sheet: Worksheet, rows: list[WorksheetRow], found: list[Known]) -> _Merged:
    merged = _Merged()
    first = sheet.filled_at is None
    by_key = {row.key: row for row in rows if row.key}
    identity = SHEETS[sheet.kind].identity
    # What a person listed before the inventory saw it is the same line, not a second one.
    by_name = {identity(row.cells): row for row in rows if not row.key}
    for position, one in enumerate(found):
        row = by_key.pop(one.key, None) or by_name.pop(identity(one.cells), None)
        if row is None:
            merged.new.append(_new_row(sheet, one, position, first=first))
            merged.differs = True
        elif _update(row, one, position):
            merged.differs = merged.differs or row.change != _Change.NONE
            merged.changed.append(row)
    for row in by_key.values():
        if row.change != _Change.GONE and row.origin == _Origin.INVENTORY:
            row.change = _Change.GONE
            merged.changed.append(row)
            merged.differs = True
    return merged


def _new_row(sheet: Worksheet, one: Known, position: int, *, first: bool) -> WorksheetRow:
    return WorksheetRow(
        worksheet=sheet,
        position=position,
        key=one.key,
        cells=dict(one.cells),
        said=dict(one.cells),
        origin=_Origin.INVENTORY,
        change=_Change.NONE if first else _Change.NEW,
    )


def _update(row: WorksheetRow, one: Known, position: int) -> bool:
    """Take over what the inventory says now, except where a person edited; True if it differs."""
    before = dict(row.said)
    if row.key == one.key and before == one.cells and row.change != _Change.GONE:
        return False
    for column in before.keys() | one.cells.keys():
        if row.cells.get(column, "") == before.get(column, ""):
            _set(row.cells, column, one.cells.get(column, ""))
    if row.key and before != one.cells:
        row.change = row.change or _Change.CHANGED
        _note_before(row, before, one.cells)
    elif row.change == _Change.GONE:
        row.change = _Change.NONE
    row.key, row.said, row.position = one.key, dict(one.cells), position
    return True


def _note_before(row: WorksheetRow, before: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """Keep the oldest value that nobody has looked at yet, of each column that differs."""
    for column in before.keys() | now.keys():
        if before.get(column, "") != now.get(column, ""):
            row.was.setdefault(column, before.get(column, ""))


def _set(cells: dict[str, Any], column: str, value: Any) -> None:
    if value == "":
        cells.pop(column, None)
    else:
        cells[column] = value
