"""A worksheet as its page shows it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from dashboard.states import Look
from migrator.models import CheckResult, Worksheet, WorksheetFile, WorksheetRow
from migrator.services.worksheets.cells import shown
from migrator.services.worksheets.columns import SHEETS, Column, Sheet, Sort
from migrator.services.worksheets.settling import lacks_of

_STATES = {
    Worksheet.State.OPEN: Look("wait", "circle-dash", "Open"),
    Worksheet.State.COMPLETE: Look("ok", "checkmark--filled", "Complete"),
    Worksheet.State.WAIVED: Look("idle", "skip--forward", "Waived"),
}
_OUT_OF_DATE = Look("warn", "renew", "Changed since")
_CHANGES = {
    WorksheetRow.Change.NEW: Look("warn", "add", "New"),
    WorksheetRow.Change.CHANGED: Look("warn", "renew", "Changed"),
    WorksheetRow.Change.GONE: Look("warn", "subtract--alt", "Gone"),
}


# The check that asks about the same thing as a kind of worksheet.
_CHECKS = {
    Worksheet.Kind.TASKS: "work_in_progress",
    Worksheet.Kind.READ_ONLY: "read_only_dictionaries",
    Worksheet.Kind.MAPPINGS: "dictionary_mapping",
    Worksheet.Kind.ROLES: "unmapped_people",
    Worksheet.Kind.RULES: "rule_based_model",
}


def accepted_why(worksheet: Worksheet) -> str:
    """The reason with which somebody accepted the same in Assess; "" where nobody did."""
    code = _CHECKS.get(Worksheet.Kind(worksheet.kind), "")
    rows = CheckResult.objects.accepted().filter(item=worksheet.item, code=code)
    return rows.values_list("accepted_why", flat=True).first() or ""


def look_of(worksheet: Worksheet) -> Look:
    """Icon, word and tone of its state."""
    if worksheet.is_out_of_date:
        return _OUT_OF_DATE
    return _STATES[Worksheet.State(worksheet.state)]


@dataclass(frozen=True)
class Cell:
    """One cell for a reader; `was` is what the inventory said before, "" where it did not change.

    `said` is what the inventory says where a person edited it.
    """

    column: Column
    text: str
    was: str = ""
    said: str = ""

    @property
    def is_number(self) -> bool:
        """True where figures stand below each other."""
        return self.column.sort == Sort.NUMBER


@dataclass(frozen=True)
class ShownRow:
    """One line: its cells, its files, what it lacks, and how it changed."""

    row: WorksheetRow
    title: str
    cells: list[Cell]
    files: list[WorksheetFile]
    lacks: tuple[str, ...]

    @property
    def change(self) -> Look | None:
        """How the last filling found it different, None where it did not."""
        return _CHANGES.get(WorksheetRow.Change(self.row.change))


def columns_shown(sheet: Sheet, rows: Iterable[WorksheetRow]) -> list[Column]:
    """The columns that are asked for or that some line fills; notes stand below their line."""
    there = [row.cells for row in rows]
    return [
        column
        for column in sheet.columns
        if column.is_required
        or column.names
        or (any(column.key in cells for cells in there) and column.sort != Sort.NOTE)
    ]


def rows_shown(worksheet: Worksheet, rows: list[WorksheetRow]) -> list[ShownRow]:
    """The lines for a reader; files are best prefetched."""
    sheet = SHEETS[worksheet.kind]
    columns = columns_shown(sheet, rows)
    with_file = frozenset(row.pk for row in rows if row.files.all())
    lacking = {lack.row.pk: lack.what for lack in lacks_of(sheet, rows, with_file)}
    return [
        ShownRow(
            row,
            sheet.title(row.cells),
            [_cell(column, row) for column in columns],
            list(row.files.all()),
            lacking.get(row.pk, ()),
        )
        for row in rows
    ]


def _cell(column: Column, row: WorksheetRow) -> Cell:
    value, said = row.cell(column.key), row.said.get(column.key, "")
    edited = column.is_known and row.key and value != said
    return Cell(
        column,
        shown(column, value),
        was=_word(column, row.was[column.key]) if column.key in row.was else "",
        said=_word(column, said) if edited else "",
    )


def _word(column: Column, value: Any) -> str:
    return shown(column, value) or "empty"
