"""Workspaces against checks: one sign for each answer, told apart by shape and letter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from migrator.pictures.drawing import nothing
from migrator.pictures.lettering import fitted, width_of
from migrator.pictures.shapes import Circle, Picture, Polygon, Rect, Shape, Text
from migrator.pictures.table import Cell, counted, table

DRAWN = 200  # rows
_CELL = 30.0
_KEY = 26.0
_SLANT = -50.0
_LONGEST = 170.0  # px of a check's name
_COSINE, _SINE = 0.643, 0.766  # of the slant

WORDS = {
    "passed": "Passed",
    "note": "Note",
    "warning": "Warning",
    "accepted": "Accepted warning",
    "blocking": "Blocking",
    "unknown": "Could not check",
    "none": "Not due yet",
}
_WORST_FIRST = ("blocking", "warning", "unknown", "accepted", "note", "passed", "none")


@dataclass(frozen=True)
class GridRow:
    """A workspace with its answers: check name → a key of WORDS; a check left out is "none"."""

    name: str
    answers: Mapping[str, str]


def check_grid(checks: Sequence[str], rows: Sequence[GridRow], *, title: str) -> Picture:
    """The grid; `checks` are the names of the columns, in order."""
    twin = table(["Workspace", "Answer", "Number#", "Checks"], _figures(checks, rows))
    if not (rows and checks):
        return nothing(title, "Nothing was checked yet.", twin)
    drawn = rows[:DRAWN]
    names = min(max(width_of(one.name) for one in drawn) + 8, 220)
    longest = max(min(width_of(name), _LONGEST) for name in checks)
    head = _KEY * 2 + longest * _SINE + 12
    shapes: list[Shape] = []
    for place, name in enumerate(checks):
        x = names + place * _CELL + _CELL / 2
        words = fitted(name, _LONGEST)
        shapes.append(Text(x, head - 8, words, "app-pic-text", 12, "start", False, _SLANT))
    for number, row in enumerate(drawn):
        shapes += _row(row, checks, names, head + number * _CELL)
    width = names + len(checks) * _CELL + longest * _COSINE
    return Picture(
        title=title,
        summary=_told(checks, rows),
        table=twin,
        width=max(width, 620),
        height=head + len(drawn) * _CELL + 2,
        shapes=[*_key(max(width, 620)), *shapes],
        note="" if len(rows) <= DRAWN else f"The first {DRAWN} of {len(rows):,} are drawn.",
        is_boxed=True,
        head=head,
        row=_CELL,
    )


def _figures(checks: Sequence[str], rows: Sequence[GridRow]) -> list[list[Cell]]:
    """A row for each answer of a workspace with the checks that gave it, the worst first.

    A column for each check would run off every paper.
    """
    found: list[list[Cell]] = []
    for one in rows:
        for answer in _WORST_FIRST:
            named = [name for name in checks if one.answers.get(name, "none") == answer]
            if named:
                found.append([one.name, WORDS[answer], len(named), "; ".join(named)])
    return found


def _row(row: GridRow, checks: Sequence[str], names: float, y: float) -> list[Shape]:
    shapes: list[Shape] = [Text(0, y + 19, fitted(row.name, names - 8))]
    shapes.append(Rect(0, y, names + len(checks) * _CELL, 1, "app-pic-line"))
    for place, name in enumerate(checks):
        answer = row.answers.get(name, "none")
        shapes += _sign(names + place * _CELL + _CELL / 2, y + _CELL / 2, answer)
    return shapes


def _sign(x: float, y: float, answer: str) -> list[Shape]:
    """A square, a triangle, a circle or nothing around a letter."""
    sign, look, lower = _LETTERS[answer]
    return [*_around(x, y, answer), Text(x, y + lower, sign, look, 13, "middle", True)]


# Letter, look and how far below the middle its base line is.
_LETTERS = {
    "passed": ("✓", "app-pic-good-text", 4.5),
    "note": ("i", "app-pic-text", 4.5),
    "warning": ("!", "app-pic-on-warn", 6.5),
    "accepted": ("✓", "app-pic-text", 6.5),
    "blocking": ("×", "app-pic-on-bad-text", 4.5),
    "unknown": ("?", "app-pic-text", 4.5),
    "none": ("–", "app-pic-quiet", 4.5),
}


def _around(x: float, y: float, answer: str) -> list[Shape]:
    triangle = [(x, y - 11), (x + 11, y + 9), (x - 11, y + 9)]
    forms: dict[str, Shape] = {
        "note": Circle(x, y, 9, "app-pic-ring"),
        "warning": Polygon(triangle, "app-pic-warn"),
        "accepted": Polygon(triangle, "app-pic-outline"),
        "blocking": Rect(x - 10, y - 10, 20, 20, "app-pic-bad"),
        "unknown": Rect(x - 10, y - 10, 20, 20, "app-pic-dashed", 4),
    }
    return [forms[answer]] if answer in forms else []


def _key(width: float) -> list[Shape]:
    shapes: list[Shape] = []
    left, top = 0.0, 0.0
    for answer, words in WORDS.items():
        wide = 30 + width_of(words) + 16
        if left + wide > width:
            left, top = 0.0, _KEY
        shapes += _sign(left + 12, top + 13, answer)
        shapes.append(Text(left + 28, top + 17, words, "app-pic-quiet"))
        left += wide
    return shapes


def _told(checks: Sequence[str], rows: Sequence[GridRow]) -> str:
    counts = dict.fromkeys(WORDS, 0)
    for row in rows:
        for name in checks:
            counts[row.answers.get(name, "none")] += 1
    parts = [f"{WORDS[key].lower()} {n:,}" for key, n in counts.items() if n and key != "none"]
    told = f"{counted(len(rows), 'workspace')}, {counted(len(checks), 'check')}"
    return f"{told}: {', '.join(parts)}." if parts else f"{told}."
