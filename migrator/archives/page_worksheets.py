"""The worksheets on the archive's own page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from migrator.archives.page_tables import Column, Table, moment, text
from migrator.archives.restore_steps import LinkedFile
from migrator.archives.worksheets import Sheet

_STATES = {"open": "Not finished.", "complete": "Complete.", "waived": "Not needed."}


@dataclass(frozen=True)
class ShownSheet:
    """One worksheet: its table, its state in words, who said so and why, and its files."""

    table: Table
    state: str
    said: str
    csv: LinkedFile
    files: Sequence[LinkedFile]


def shown(sheet: Sheet) -> ShownSheet:
    """A worksheet for a reader."""
    document = sheet.document
    return ShownSheet(
        table=_table(document),
        state=_STATES.get(str(document.get("state")), text(document.get("state"))),
        said=_said(document),
        csv=LinkedFile(sheet.csv_name, "", "", ""),
        files=[
            LinkedFile(file["path"], _line_of(document, file.get("row")), "", file["sha256"])
            for file in sheet.file_documents()
        ],
    )


def _table(document: Mapping[str, Any]) -> Table:
    rows = document["rows"]
    columns = [
        column
        for column in document["columns"]
        if any(row["cells"].get(column["key"], "") != "" for row in rows)
    ]
    headings = [Column(column["label"], column.get("sort") == "number") for column in columns]
    cells = [[text(row["cells"].get(column["key"])) for column in columns] for row in rows]
    # The caption is an anchor on the page, and other tables have some of these words.
    caption = f"Worksheet: {document['title']}"
    return Table(caption, headings, cells, "" if rows else "Nothing is listed.")


def _said(document: Mapping[str, Any]) -> str:
    who, when = document.get("stated_by"), document.get("stated_at")
    by = f"Said by {who}" if who else "Said" if when else ""
    said = f"{by} on {moment(when)}." if by else ""
    return " ".join(part for part in (said, str(document.get("reason") or "")) if part)


def _line_of(document: Mapping[str, Any], row: Any) -> str:
    """What the first cell of the file's line says; empty for a file of the whole worksheet."""
    rows = document["rows"]
    if not isinstance(row, int) or not 0 <= row < len(rows):
        return ""
    cells = [str(value) for value in rows[row]["cells"].values()]
    return cells[0] if cells else ""
