"""Boxes in columns, joined from left to right: what model map and people map are made of."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from migrator.pictures.lettering import fitted
from migrator.pictures.shapes import Rect, Shape, Strokes, Text

BOX = 200.0
GAP = 40.0
ROW = 48.0
_HIGH = 38.0


@dataclass
class Box:
    """A box with what hangs on it; one without children fills a row."""

    label: str
    note: str = ""
    look: str = "app-pic-box"
    children: "list[Box]" = field(default_factory=list)

    @property
    def rows(self) -> int:
        """How many rows it takes with everything that hangs on it."""
        return sum(child.rows for child in self.children) or 1


def left_of(column: int) -> float:
    """Where a column begins."""
    return 1 + column * (BOX + GAP)


def headings(names: Sequence[str], y: float) -> list[Shape]:
    """The columns' names."""
    return [
        Text(left_of(place), y, name, "app-pic-quiet", bold=True)
        for place, name in enumerate(names)
    ]


def drawn(boxes: Sequence[Box], column: int, y: float) -> list[Shape]:
    """The boxes one below the other, each in the middle of what hangs on it."""
    shapes: list[Shape] = []
    for box in boxes:
        middle = y + box.rows * ROW / 2
        shapes += _box(box, left_of(column), middle)
        shapes += _links(box, column, middle, y)
        shapes += drawn(box.children, column + 1, y)
        y += box.rows * ROW
    return shapes


def _box(box: Box, x: float, middle: float) -> list[Shape]:
    top = middle - _HIGH / 2
    label = fitted(box.label, BOX - 16, bold=True)
    if not box.note:
        return [
            Rect(x, top, BOX, _HIGH, box.look),
            Text(x + 8, middle + 4, label, bold=True),
        ]
    return [
        Rect(x, top, BOX, _HIGH, box.look),
        Text(x + 8, middle - 3, label, bold=True),
        Text(x + 8, middle + 12, fitted(box.note, BOX - 16, 11), "app-pic-quiet", 11),
    ]


def _links(box: Box, column: int, middle: float, y: float) -> list[Shape]:
    if not box.children:
        return []
    right = left_of(column) + BOX
    lines = []
    for child in box.children:
        to = y + child.rows * ROW / 2
        half = right + GAP / 2
        lines.append([(right, middle), (half, middle), (half, to), (right + GAP, to)])
        y += child.rows * ROW
    return [Strokes(lines, "app-pic-link")]
