"""A worksheet as a CSV file, out and in."""

from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from migrator.models import Worksheet, WorksheetRow
from migrator.services.csv_lists import BadLines, Line, read_list, write_list
from migrator.services.permissions import requires
from migrator.services.worksheets import editing
from migrator.services.worksheets.cells import read_cells
from migrator.services.worksheets.columns import SHEETS, Sheet

FILES = "Files"  # a column that is written for the reader and not read


def as_csv(worksheet: Worksheet) -> str:
    """The lines of the worksheet, the names of their files last."""
    sheet = SHEETS[worksheet.kind]
    header = [column.label for column in sheet.columns]
    rows = WorksheetRow.objects.filter(worksheet=worksheet.pk).prefetch_related("files")
    listed = [[row.cell(column.key) for column in sheet.columns] for row in rows]
    if sheet.files != "row":
        return write_list(header, listed)
    named = [[", ".join(file.name for file in row.files.all())] for row in rows]
    return write_list([*header, FILES], [a + b for a, b in zip(listed, named, strict=True)])


@requires("migrator.start_run")
@transaction.atomic
def bring_csv(
    worksheet: Worksheet, path: Path, *, user: User | None, removes_others: bool = False
) -> tuple[int, int, int]:
    """Take the lines of a CSV file: added, changed, removed. All of them or none.

    Raises BadLines that names each line that cannot be taken, ServiceError where the worksheet is
    settled or would get too long.
    """
    editing.refuse_settled(worksheet)
    sheet = SHEETS[worksheet.kind]
    lines = read_list(path, [*([c.key, c.label] for c in sheet.columns), [FILES]])
    cells, bad = _typed(sheet, lines)
    if sheet.is_single and len(cells) != 1:
        bad.append((0, f"This worksheet has exactly one line; the file has {len(cells)}."))
    if bad:
        raise BadLines(sorted(bad))
    return editing.save_rows(worksheet, cells, user=user, removes_others=removes_others)


def _typed(sheet: Sheet, lines: list[Line]) -> tuple[list[dict[str, Any]], list[tuple[int, str]]]:
    typed: list[dict[str, Any]] = []
    bad: list[tuple[int, str]] = []
    seen: dict[tuple[str, ...], int] = {}
    first = next(column for column in sheet.columns if column.names)
    for line in lines:
        given = {key: text for key, text in line.cells.items() if key in sheet.by_key}
        cells, wrong = read_cells(sheet, given)
        bad += [(line.number, f"{sheet.by_key[key].label} {words}") for key, words in wrong.items()]
        if not cells.get(first.key) and first.key not in wrong:
            bad.append((line.number, f"{first.label} is missing."))
        earlier = seen.setdefault(sheet.identity(cells), line.number)
        if earlier != line.number and not wrong:
            bad.append((line.number, f"is the same as line {earlier}: {sheet.title(cells)}."))
        typed.append(cells)
    return typed, bad
