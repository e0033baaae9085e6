"""The lines of a type-system graph: bent around nodes, with names where there is room."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from migrator.pictures.drawing import arrow, bow
from migrator.pictures.graph_parts import Relation
from migrator.pictures.lettering import fitted, width_of
from migrator.pictures.shapes import Circle, Group, Point, Rect, Shape, Strokes, Text

# Left, top, width, height.
Area = tuple[float, float, float, float]

_LONGEST = 130.0  # px of the names on one line
_PLACES = (0.5, 0.42, 0.58, 0.34, 0.66, 0.27, 0.73)  # where on its line a name may stand
CROWDED = 100  # nodes; to look for a way around more takes too long
_FINE = 90  # points of a line before its ends are cut
_BENDS = (0.0, 22.0, -22.0, 44.0, -44.0, 66.0, -66.0)
_LOOKS = {
    "": "app-pic-edge",
    "same": "app-pic-edge",
    "missing": "app-pic-edge-gone",
    "extra": "app-pic-edge-new",
}
_HEADS = {
    "": "app-pic-tip",
    "same": "app-pic-tip",
    "missing": "app-pic-tip-gone",
    "extra": "app-pic-tip-new",
}


@dataclass(frozen=True)
class Disc:
    """A node where it stands: its circle, and the box that its name needs, too."""

    centre: Point
    radius: float
    box: Area

    def covers(self, point: Point) -> bool:
        """Whether a line ends here: in the circle, or in the words below it."""
        low = self.centre[1] + self.radius
        left, top, width, height = self.box
        words = (left, low, width, top + height - low)
        return math.dist(point, self.centre) <= self.radius + 2 or _inside(*point, words)


def drawn_links(
    relations: Sequence[Relation], discs: Mapping[str, Disc], *, named: bool
) -> tuple[list[Shape], int]:
    """Lines first, then their names on top; and how many names found no place."""
    numbers = {label: number for number, label in enumerate(discs)}
    known = [one for one in relations if one.source in discs and one.target in discs]
    bends = _bends(known, numbers, list(discs.values()))
    lines: list[Shape] = []
    names: list[Shape] = []
    taken: list[Area] = [disc.box for disc in discs.values()]
    left_out = 0
    for one, bend in zip(known, bends, strict=True):
        path = _path(discs[one.source], discs[one.target], bend)
        lines.append(_line(one, path, f"{numbers[one.source]} {numbers[one.target]}"))
        if named and not one.is_role:
            found = _named(one, path, taken)
            left_out += found is None
            names += found or []
    return [*lines, *names], left_out


def _bends(
    relations: Sequence[Relation], numbers: Mapping[str, int], discs: Sequence[Disc]
) -> list[float]:
    """How far each line is bent: lines between the same two nodes apart, others around nodes."""
    beside: dict[tuple[int, int], list[int]] = {}
    for place, one in enumerate(relations):
        low, high = sorted((numbers[one.source], numbers[one.target]))
        beside.setdefault((low, high), []).append(place)
    bends = [0.0] * len(relations)
    for pair, places in beside.items():
        if len(places) == 1:
            one = relations[places[0]]
            ends = numbers[one.source], numbers[one.target]
            bends[places[0]] = _free_bend(ends, discs) if len(discs) <= CROWDED else 0
            continue
        for rank, place in enumerate(places):
            forward = numbers[relations[place].source] == pair[0]
            side = (rank - (len(places) - 1) / 2) * 30
            bends[place] = side if forward else -side
    return bends


def _free_bend(ends: tuple[int, int], discs: Sequence[Disc]) -> float:
    """The gentlest bend with which the line runs through the fewest other nodes."""
    others = [disc.box for place, disc in enumerate(discs) if place not in ends]
    start, end = discs[ends[0]].centre, discs[ends[1]].centre
    return min(_BENDS, key=lambda bend: (_hits(start, end, bend, others), abs(bend), bend))


def _hits(start: Point, end: Point, bend: float, boxes: Sequence[Area]) -> int:
    middle = bow(start, end, bend or 0.01)[2:-2:2]
    return sum(1 for x, y in middle for box in boxes if _inside(x, y, box))


def _inside(x: float, y: float, box: Area) -> bool:
    left, top, width, height = box
    return left < x < left + width and top < y < top + height


def _path(source: Disc, target: Disc, bend: float) -> list[Point]:
    """From one node to the other, its ends where circle or name begin; a loop for one node."""
    if source == target:
        return _loop(source.centre, source.radius)
    points = bow(source.centre, target.centre, bend or 0.01, _FINE)
    start = max(place for place, point in enumerate(points[:-1]) if source.covers(point))
    ends = (place for place, point in enumerate(points) if target.covers(point) and place > start)
    end = next(ends, len(points) - 1)
    if end - start < 3:
        return [points[start], points[end]]
    path = points[start + 1 : end]
    kept = path[:-1:6] if bend else path[:1]
    return [*kept, path[-1]]


def _loop(centre: Point, radius: float) -> list[Point]:
    size = max(radius * 0.6, 9)
    x, y = centre[0] + radius * 0.75 + size * 0.55, centre[1] - radius * 0.75 - size * 0.55
    turns = [math.pi * (0.62 + 1.76 * step / 16) for step in range(17)]
    # Clockwise from the node and back to it.
    return [(x + size * math.cos(turn), y + size * math.sin(turn)) for turn in turns]


def _line(one: Relation, path: list[Point], key: str) -> Group:
    look = "app-pic-role" if one.is_role else _LOOKS[one.mark]
    head = "app-pic-tip-role" if one.is_role else _HEADS[one.mark]
    shapes: list[Shape] = [Strokes([path], look), arrow(path[-1], path[-2], head)]
    if one.mark == "extra":
        shapes.append(Circle(*_along(path, 0.5), 3, head))
    about = f"{one.source} → {', '.join(one.labels)} → {one.target}"
    return Group(shapes, about, key, "edge")


def _named(one: Relation, path: list[Point], taken: list[Area]) -> list[Shape] | None:
    """The names on the line, in a free place, which is taken then; None where there is none."""
    words = _words(one)
    wide = width_of(words, 11) + 6
    for at in _PLACES:
        x, y = _along(path, at)
        area = (x - wide / 2, y - 8, wide, 16)
        if x - wide / 2 > 0 and not any(_overlap(area, other) for other in taken):
            taken.append(area)
            return [
                Rect(*area, "app-pic-paper"),
                Text(x, y + 4, words, "app-pic-label", 11, "middle"),
            ]
    return None


def _words(one: Relation) -> str:
    """All names where they fit, else the first ones and how many more there are."""
    for kept in range(len(one.labels), 0, -1):
        rest = len(one.labels) - kept
        words = ", ".join(one.labels[:kept]) + (f" +{rest}" if rest else "")
        if width_of(words, 11) <= _LONGEST:
            return words
    return fitted(one.labels[0], _LONGEST, 11)


def _along(path: list[Point], at: float) -> Point:
    """The point of the path after the share `at` of its points."""
    place = at * (len(path) - 1)
    first = path[int(place)]
    second = path[min(int(place) + 1, len(path) - 1)]
    rest = place - int(place)
    return (
        first[0] + (second[0] - first[0]) * rest,
        first[1] + (second[1] - first[1]) * rest,
    )


def _overlap(one: Area, other: Area) -> bool:
    return (
        one[0] < other[0] + other[2]
        and other[0] < one[0] + one[2]
        and one[1] < other[1] + other[3]
        and other[1] < one[1] + one[3]
    )
