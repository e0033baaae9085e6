"""Compound shapes that several pictures use."""

import math
from collections.abc import Sequence

from migrator.pictures.lettering import width_of
from migrator.pictures.shapes import Picture, Point, Polygon, Rect, Shape, Strokes, Text
from migrator.pictures.table import Table

HATCH = 6.0  # px between two lines of a hatching
MARGIN = 8.0


def nothing(title: str, note: str, twin: Table) -> Picture:
    """A picture that is not drawn, because there is nothing to see or too much."""
    return Picture(title=title, summary=note, table=twin, note=note)


def hatched(box: Rect, lines: str = "app-pic-slants") -> list[Shape]:
    """A rectangle under slanted lines: told from a plain one without its colour."""
    return [box, Strokes(_slants(box.x, box.y, box.width, box.height), lines)]


def _slants(x: float, y: float, width: float, height: float) -> list[list[Point]]:
    found: list[list[Point]] = []
    count = int((width + height) // HATCH)
    for number in range(1, count + 1):
        along = number * HATCH
        lower = (x + max(along - height, 0), y + min(along, height))
        upper = (x + min(along, width), y + max(along - width, 0))
        found.append([lower, upper])
    return found


def arrow(tip: Point, behind: Point, look: str, size: float = 7) -> Polygon:
    """A head at `tip` that looks away from `behind`."""
    angle = math.atan2(tip[1] - behind[1], tip[0] - behind[0])
    wings = [
        (tip[0] - size * math.cos(angle + turn), tip[1] - size * math.sin(angle + turn))
        for turn in (-0.45, 0.45)
    ]
    return Polygon([tip, *wings], look)


def bow(start: Point, end: Point, bend: float, steps: int = 14) -> list[Point]:
    """A curve from `start` to `end` as a line of points, its middle `bend` px to the side."""
    length = math.hypot(end[0] - start[0], end[1] - start[1]) or 1
    aside = ((start[1] - end[1]) / length, (end[0] - start[0]) / length)
    mid = (
        (start[0] + end[0]) / 2 + aside[0] * bend * 2,
        (start[1] + end[1]) / 2 + aside[1] * bend * 2,
    )
    return [_between(start, mid, end, step / steps) for step in range(steps + 1)]


def _between(start: Point, mid: Point, end: Point, at: float) -> Point:
    x, y = (
        (1 - at) ** 2 * start[axis] + 2 * at * (1 - at) * mid[axis] + at**2 * end[axis]
        for axis in (0, 1)
    )
    return x, y


# A key of a legend: how its sample looks ("" for none), the lines over it, and its words.
Key = tuple[str, str, str]


def legend(keys: Sequence[Key], x: float, y: float, most: float) -> tuple[list[Shape], float]:
    """The samples with their words in rows no wider than `most`; and the height they take."""
    shapes: list[Shape] = []
    left, row = x, y
    for look, lines, words in keys:
        width = 22 + width_of(words) + 20
        if left > x and left + width > x + most:
            left, row = x, row + 20
        shapes += _sample(left, row, look, lines)
        shapes.append(Text(left + 22, row + 11, words, "app-pic-quiet"))
        left += width
    return shapes, row + 20 - y


def _sample(x: float, y: float, look: str, lines: str) -> list[Shape]:
    if lines:
        return hatched(Rect(x, y + 1, 16, 11, look), lines)
    return [Rect(x, y + 1, 16, 11, look)]
