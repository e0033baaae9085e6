"""A report as plain data: what its page, its HTML, PDF, CSV and JSON files all say."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from migrator.pictures.shapes import Picture
from migrator.pictures.table import Table


@dataclass(frozen=True)
class Listed:
    """A table of a report under its own heading."""

    title: str
    table: Table


@dataclass(frozen=True)
class Section:
    """A part of a report. `facts` are pairs of words; any of the rest may be empty."""

    title: str
    said: Sequence[str] = ()
    facts: Sequence[tuple[str, str]] = ()
    tables: Sequence[Listed] = ()
    pictures: Sequence[Picture] = ()

    @property
    def key(self) -> str:
        """What begins the ids of its pictures."""
        return "-".join("".join(c if c.isalnum() else " " for c in self.title.lower()).split())


@dataclass(frozen=True)
class Report:
    """A report, who asked for it and when. It never holds the text of a document."""

    title: str
    verdict: str
    made_by: str
    made_at: datetime
    product: str
    facts: Sequence[tuple[str, str]] = ()
    sections: Sequence[Section] = field(default_factory=tuple)

    def to_json_dict(self) -> dict[str, Any]:
        """Everything as plain data; each picture with the table of its figures."""
        return {
            "title": self.title,
            "verdict": self.verdict,
            "made_by": self.made_by,
            "made_at": self.made_at.isoformat(timespec="seconds"),
            "product": self.product,
            "facts": dict(self.facts),
            "sections": [_section(one) for one in self.sections],
        }

    def lines(self) -> list[list[Any]]:
        """Everything as rows for a spreadsheet: headings, facts, then each table below its name."""
        rows: list[list[Any]] = [["Verdict", self.verdict], ["Made by", self.made_by]]
        rows.append(["Made at", self.made_at.isoformat(timespec="seconds")])
        rows += [[name, value] for name, value in self.facts]
        for section in self.sections:
            rows += [[], [section.title], *([words] for words in section.said)]
            rows += [[name, value] for name, value in section.facts]
            for title, table in _tables(section):
                rows += [[], [title], [column.label for column in table.columns]]
                rows += [["" if cell is None else cell for cell in row] for row in table.rows]
        return rows


def _tables(section: Section) -> list[tuple[str, Table]]:
    listed = [(one.title, one.table) for one in section.tables]
    return [*listed, *((one.title, one.table) for one in section.pictures if one.table.rows)]


def _section(one: Section) -> dict[str, Any]:
    return {
        "title": one.title,
        "said": list(one.said),
        "facts": dict(one.facts),
        "tables": [{"title": listed.title, **_plain(listed.table)} for listed in one.tables],
        "pictures": [
            {
                "title": drawn.title,
                "summary": drawn.summary,
                "note": drawn.note,
                "figures": _plain(drawn.table),
            }
            for drawn in one.pictures
        ],
    }


def _plain(table: Table) -> dict[str, Any]:
    return {
        "columns": [column.label for column in table.columns],
        "rows": [list(row) for row in table.rows],
    }
