"""Changing lines of a worksheet by hand."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from migrator.errors import ServiceError
from migrator.models import PlanItem, Worksheet, WorksheetRow
from migrator.services import audit, checks
from migrator.services.permissions import requires
from migrator.services.worksheets import files, filling, mappings
from migrator.services.worksheets.cells import read_cells
from migrator.services.worksheets.columns import MOST_ROWS, SHEETS, Sheet

_Origin = WorksheetRow.Origin


class BadCells(ServiceError):
    """Values cannot be taken; `wrong` says of each column why."""

    def __init__(self, sheet: Sheet, wrong: Mapping[str, str]) -> None:
        said = [f"{sheet.by_key[key].label} {words}" for key, words in wrong.items()]
        super().__init__(
            " ".join(said),
            meaning="Nothing was stored.",
            remedy="Correct it and save again.",
        )
        self.wrong = dict(wrong)


def worksheet_of(item: PlanItem, kind: str) -> Worksheet:
    """The item's worksheet of a kind, made with all others of the plan where it is missing."""
    found = Worksheet.objects.filter(item=item, kind=kind).first()
    if found is None:
        filling.prepare(item.plan)
        found = Worksheet.objects.get(item=item, kind=kind)
    return found


@requires("migrator.start_run")
@transaction.atomic
def save_row(
    worksheet: Worksheet,
    given: Mapping[str, str],
    *,
    user: User | None,
    row: WorksheetRow | None = None,
) -> WorksheetRow:
    """Store a line, a new one where `row` is None; BadCells where a value cannot be taken.

    Columns that `given` leaves out keep their values. ServiceError where another line has the same
    name, and where the worksheet is settled.
    """
    refuse_settled(worksheet)
    sheet = SHEETS[worksheet.kind]
    cells, wrong = read_cells(sheet, given)
    merged = without_empty({**(row.cells if row else {}), **cells})
    wrong |= _unnamed(sheet, merged, wrong)
    if wrong:
        raise BadCells(sheet, wrong)
    others = [other for other in worksheet.rows.all() if row is None or other.pk != row.pk]
    _refuse_double(sheet, merged, others)
    if row is None:
        row = WorksheetRow(worksheet=worksheet, position=_next_position(worksheet))
        refuse_too_many(len(others) + 1)
    row.cells, row.edited_by, row.edited_at = merged, user, timezone.now()
    row.save()
    _changed(worksheet, user, "worksheet.row_saved", row=row.pk)
    return row


@requires("migrator.start_run")
@transaction.atomic
def remove_row(row: WorksheetRow, *, user: User | None) -> None:
    """Remove a line and its files."""
    worksheet = row.worksheet
    refuse_settled(worksheet)
    for file in row.files.all():
        files.detach(file, user=user)
    row.delete()
    _changed(worksheet, user, "worksheet.row_removed")


@requires("migrator.start_run")
@transaction.atomic
def save_rows(
    worksheet: Worksheet,
    lines: Sequence[Mapping[str, Any]],
    *,
    user: User | None,
    removes_others: bool = False,
) -> tuple[int, int, int]:
    """Store many lines of typed cells at once: added, changed, removed.

    A line with the name of one that is there changes it; the columns that it leaves out are kept.
    """
    refuse_settled(worksheet)
    sheet = SHEETS[worksheet.kind]
    there = {sheet.identity(row.cells): row for row in worksheet.rows.all()}
    if sheet.is_single and there:
        # The one line keeps its place even where its name changes.
        there = dict.fromkeys((sheet.identity(line) for line in lines), next(iter(there.values())))
    added, changed, kept = _merged(worksheet, there, lines)
    now = timezone.now()
    for row in (*added, *changed):
        row.edited_by, row.edited_at = user, now
    gone = [row for row in there.values() if row.pk not in kept] if removes_others else []
    refuse_too_many(len(there) + len(added) - len(gone))
    for row in gone:
        remove_row(row, user=user)
    WorksheetRow.objects.bulk_create(added)
    WorksheetRow.objects.bulk_update(changed, ["cells", "edited_by", "edited_at"])
    counts = len(added), len(changed), len(gone)
    _changed(worksheet, user, "worksheet.rows_brought", added=counts[0], changed=counts[1])
    return counts


def _merged(
    worksheet: Worksheet,
    there: Mapping[tuple[str, ...], WorksheetRow],
    lines: Sequence[Mapping[str, Any]],
) -> tuple[list[WorksheetRow], list[WorksheetRow], set[int]]:
    """New lines, lines that change, and the keys of all that are named; nothing is saved yet."""
    sheet, position = SHEETS[worksheet.kind], _next_position(worksheet)
    added: list[WorksheetRow] = []
    changed: list[WorksheetRow] = []
    kept: set[int] = set()
    for line in lines:
        row = there.get(sheet.identity(line))
        if row is None:
            row = WorksheetRow(worksheet=worksheet, position=position + len(added))
            row.cells, row.origin = without_empty(line), _Origin.CSV
            added.append(row)
            continue
        kept.add(row.pk)
        merged = without_empty({**row.cells, **line})
        if merged != row.cells:
            row.cells = merged
            changed.append(row)
    return added, changed, kept


def without_empty(cells: Mapping[str, Any]) -> dict[str, Any]:
    """Cells that hold something."""
    return {key: value for key, value in cells.items() if value != ""}


def refuse_settled(worksheet: Worksheet) -> None:
    """ServiceError where the worksheet was said to be complete or not needed."""
    if worksheet.state != Worksheet.State.OPEN:
        raise ServiceError(
            f"{worksheet.get_kind_display()} of {worksheet.item.name} is "
            f"{worksheet.get_state_display().lower()}.",
            meaning="Nothing was stored.",
            remedy="Open the worksheet again to change it.",
        )


def refuse_too_many(count: int) -> None:
    """ServiceError where a worksheet would get too long."""
    if count > MOST_ROWS:
        raise ServiceError(
            f"A worksheet holds at most {MOST_ROWS:,} lines; this one would have {count:,}.",
            meaning="Nothing was stored.",
            remedy="Attach the whole list as a file instead.",
        )


def _changed(worksheet: Worksheet, user: User | None, action: str, **details: Any) -> None:
    if worksheet.kind == Worksheet.Kind.MAPPINGS:
        mappings.copy_to_items(worksheet.item.plan)
    audit.record(user, action, worksheet, kind=worksheet.kind, **details)
    checks.recheck_noted(worksheet)


def _next_position(worksheet: Worksheet) -> int:
    last: int | None = worksheet.rows.aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1


def _unnamed(sheet: Sheet, cells: Mapping[str, Any], wrong: Mapping[str, str]) -> dict[str, str]:
    """Every line has at least its first name."""
    first = next(column for column in sheet.columns if column.names)
    return {} if first.key in cells or first.key in wrong else {first.key: "is missing."}


def _refuse_double(sheet: Sheet, cells: Mapping[str, Any], others: list[WorksheetRow]) -> None:
    if any(sheet.identity(other.cells) == sheet.identity(cells) for other in others):
        raise ServiceError(
            f"{sheet.title(cells)} is listed already.",
            meaning="Nothing was stored twice.",
            remedy="Change the line that is there.",
        )
