"""The type system drawn: circles by mentions, labelled relations, subtypes and roles.

In a comparison each part says by its shape and by a sign before its name what became of it, so
that paper without colour tells the same.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import msgspec

from migrator.formats.graph import TypeGraph
from migrator.pictures.drawing import MARGIN, nothing
from migrator.pictures.graph_links import Disc, drawn_links
from migrator.pictures.graph_parts import (
    MARKS,
    SIGNS,
    Mark,
    Parts,
    Type,
    parts_of,
    parts_of_both,
)
from migrator.pictures.layout import placed
from migrator.pictures.lettering import fitted, width_of
from migrator.pictures.shapes import (
    Circle,
    Group,
    Picture,
    Polygon,
    Rect,
    Shape,
    Strokes,
    Text,
)
from migrator.pictures.table import counted

LARGE = 60  # types; above, a page offers to move about in the picture
CROWDED = 80  # relations; above, their names would stand on one another: as with many types
LARGEST = 250  # types; above, there is only the table
MOST_LINES = 1200
_NAMES = 150.0  # px
_NARROWEST = 420.0  # px; the key needs room
_QUIET = "app-pic-quiet"
_LOOKS = {
    "": "app-pic-node",
    "same": "app-pic-node",
    "missing": "app-pic-gone",
    "extra": "app-pic-new",
    "changed": "app-pic-other",
}
_EMPTY = "The type system has no entity types."


def type_graph_picture(graph: TypeGraph, *, title: str) -> Picture:
    """One type system."""
    return _remembered(msgspec.json.encode(graph), b"", title)


def type_graph_diff(left: TypeGraph, right: TypeGraph, *, title: str) -> Picture:
    """What became of the left type system in the right one."""
    return _remembered(msgspec.json.encode(left), msgspec.json.encode(right), title)


@lru_cache(maxsize=64)
def _remembered(left: bytes, right: bytes, title: str) -> Picture:
    """The layout costs a tenth of a second, and pages are looked at again and again."""
    graph = msgspec.json.decode(left, type=TypeGraph)
    if not right:
        parts = parts_of(graph)
        return _picture(parts, title, _told(graph))
    other = msgspec.json.decode(right, type=TypeGraph)
    parts = parts_of_both(graph, other)
    return _picture(parts, title, _told_both(parts))


def _picture(parts: Parts, title: str, summary: str) -> Picture:
    if not parts.types:
        return nothing(title, _EMPTY, parts.twin)
    if len(parts.types) > LARGEST or len(parts.relations) > MOST_LINES:
        return nothing(title, _too_many(parts), parts.twin)
    is_large = _is_large(parts)
    discs = _discs(parts)
    lines, left_out = drawn_links(parts.relations, discs, named=not is_large)
    width = max(*(disc.box[0] + disc.box[2] for disc in discs.values()), _NARROWEST)
    bottom = max(disc.box[1] + disc.box[3] for disc in discs.values()) + MARGIN + 10
    key, high = _key(parts, width)
    return Picture(
        title=title,
        summary=summary,
        table=parts.twin,
        width=width + MARGIN,
        height=bottom + high,
        shapes=[*lines, *map(_node, parts.types, discs.values()), *_moved(key, MARGIN, bottom)],
        note=_left_out(left_out, is_large),
        is_boxed=True,
        is_large=is_large,
    )


def _is_large(parts: Parts) -> bool:
    """Whether the names of relations are left to the type that is chosen."""
    return len(parts.types) > LARGE or len(parts.relations) > CROWDED


def _discs(parts: Parts) -> dict[str, Disc]:
    """Where each type stands, by label."""
    radii = _radii(parts.types)
    sizes = [_box(one, radius) for one, radius in zip(parts.types, radii, strict=True)]
    numbers = {one.label: number for number, one in enumerate(parts.types)}
    ends = [
        (numbers[one.source], numbers[one.target])
        for one in parts.relations
        if one.source in numbers and one.target in numbers
    ]
    points, _ = placed(sizes, ends, _room(parts))
    found = {}
    for one, radius, (x, y), (w, h) in zip(parts.types, radii, points, sizes, strict=True):
        left, top = x - w / 2 + MARGIN, y - h / 2 + MARGIN
        # The circle stands in the upper part of its box, the words below it.
        found[one.label] = Disc((x + MARGIN, top + radius + 2), radius, (left, top, w, h))
    return found


def _room(parts: Parts) -> float:
    """The area that the names of relations need, as far as they are drawn."""
    if _is_large(parts):
        return 0
    named = [one for one in parts.relations if not one.is_role]
    # A hundred px of a name, and as much air around it.
    return min(len(named), 120) * 100 * 18 * 2.5


def _too_many(parts: Parts) -> str:
    return (
        f"The type system has {len(parts.types):,} entity types and "
        f"{len(parts.relations):,} lines between them: too many to draw. The table lists all."
    )


def _left_out(count: int, is_large: bool) -> str:
    if is_large:
        return "Relations are named in the table, and here for the type that is chosen."
    if count:
        names = "1 relation name" if count == 1 else f"{count} relation names"
        return f"{names} found no place in the picture; the table has all."
    return ""


def _radii(types: Sequence[Type]) -> list[float]:
    """The area of a circle is the number of mentions, as far as it can be seen."""
    most = max((one.mentions or 0 for one in types), default=0)
    if not most:
        return [11.0] * len(types)
    return [7 + 23 * math.sqrt((one.mentions or 0) / most) for one in types]


def _name(one: Type) -> str:
    return fitted(SIGNS[one.mark] + one.label, _NAMES, bold=True)


def _box(one: Type, radius: float) -> tuple[float, float]:
    note = width_of(fitted(one.note, _NAMES, 11), 11)
    wide = max(2 * radius, width_of(_name(one), bold=True), note) + 8
    return wide, 2 * radius + (34 if one.note else 20)


def _node(one: Type, disc: Disc) -> Group:
    x, y = disc.centre
    below = y + disc.radius + 15
    name = Text(x, below, _name(one), anchor="middle", bold=True)
    words: list[Shape] = [_under(name), name]
    if one.note:
        note = fitted(one.note, _NAMES, 11)
        figures = Text(x, below + 13, note, "app-pic-quiet", 11, "middle")
        words += [_under(figures), figures]
    return Group([*_form(one.mark, x, y, disc.radius), *words], one.about, one.label, "node")


def _under(words: Text) -> Rect:
    """Ground behind words, so that no line runs through them."""
    wide = width_of(words.text, words.size, bold=words.bold)
    top = words.y - words.size * 0.85
    return Rect(words.x - wide / 2, top, wide, words.size * 1.1, "app-pic-paper")


def _form(mark: Mark, x: float, y: float, radius: float) -> list[Shape]:
    """A circle; a crossed square for what is missing, a diamond for what is new, a double ring."""
    look = _LOOKS[mark]
    if mark == "missing":
        half = radius * 0.9
        cross = [
            [(x - half, y - half), (x + half, y + half)],
            [(x - half, y + half), (x + half, y - half)],
        ]
        box = Rect(x - half, y - half, 2 * half, 2 * half, look)
        return [box, Strokes(cross, "app-pic-gone-line")]
    if mark == "extra":
        corners = [(x, y - radius), (x + radius, y), (x, y + radius), (x - radius, y)]
        return [Polygon(corners, look)]
    rings: list[Shape] = [Circle(x, y, radius, look)]
    if mark == "changed":
        rings.append(Circle(x, y, max(radius - 4, 2), "app-pic-other-ring"))
    return rings


def _key(parts: Parts, most: float) -> tuple[list[Shape], float]:
    """What the forms mean, in rows no wider than `most`."""
    shapes: list[Shape] = []
    left, top = 0.0, 0.0
    for drawn, words in _keys(parts):
        width = 30 + width_of(words) + 18
        if left and left + width > most:
            left, top = 0.0, top + 22
        shapes += [*_moved(drawn, left + 10, top + 10), Text(left + 26, top + 14, words, _QUIET)]
        left += width
    return shapes, top + 26


def _keys(parts: Parts) -> list[tuple[list[Shape], str]]:
    marks: list[Mark] = [mark for mark in MARKS if any(one.mark == mark for one in parts.types)]  # type: ignore[misc]
    keys = [(_form(mark, 0, 0, 8), SIGNS[mark] + MARKS[mark]) for mark in marks]
    if any(one.mentions for one in parts.types):
        keys.append((_form("", 0, 0, 5), "Larger: more mentions"))
    if any(not one.is_role for one in parts.relations):
        keys.append(([Strokes([[(-9, 0), (9, 0)]], "app-pic-edge")], "Relation"))
    if any(one.is_role for one in parts.relations):
        keys.append(([Strokes([[(-9, 0), (9, 0)]], "app-pic-role")], "May play the role"))
    return keys


def _moved(shapes: Sequence[Shape], x: float, y: float) -> list[Shape]:
    """The same shapes elsewhere."""
    return [_at(shape, x, y) for shape in shapes]


def _at(shape: Shape, x: float, y: float) -> Shape:
    match shape:
        case Circle() | Rect() | Text():
            return replace(shape, x=shape.x + x, y=shape.y + y)
        case Polygon(points, look):
            return Polygon([(px + x, py + y) for px, py in points], look)
        case Strokes(lines, look):
            return Strokes([[(px + x, py + y) for px, py in line] for line in lines], look)
        case Group(inner, about, key, kind):
            return Group(_moved(inner, x, y), about, key, kind)


def _told(graph: TypeGraph) -> str:
    types, relations = len(graph.nodes), len(graph.edges)
    told = f"{counted(types, 'entity type')}, {counted(relations, 'relation type')}."
    known = [one for one in graph.nodes if one.mentions is not None]
    if not known:
        return f"{told} Mentions were not counted."
    most = max(known, key=lambda one: one.mentions or 0)
    unused = sum(1 for one in known if not one.mentions)
    rest = f" {counted(unused, 'type has', 'types have')} no mention." if unused else ""
    return f"{told} Most mentions: {most.label}, {most.mentions:,}.{rest}"


def _told_both(parts: Parts) -> str:
    marks = [str(row[4]) for row in parts.twin.rows]
    numbers = ((words, marks.count(words)) for words in MARKS.values())
    found = [f"{words.lower()} {count:,}" for words, count in numbers if count]
    return f"Entity and relation types: {', '.join(found)}."
