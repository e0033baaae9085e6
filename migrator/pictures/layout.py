"""Where the nodes of a graph stand: a library's spring layout, then no two boxes overlap.

The springs come from rustworkx with fixed seeds, so the same graph is always laid out alike.
"""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from migrator.pictures.shapes import Point

if TYPE_CHECKING:
    import rustworkx

Size = tuple[float, float]
Link = tuple[int, int]

SEEDS = 8  # layouts tried, of which the one with the fewest crossings is taken
TRIED_BELOW = 150  # links; counting the crossings of more takes too long
AIR = 2.6  # how many times the area of the boxes the picture has
ASPECT = 1.4  # width against height
PASSES = 80
WIDEST_ROW = 640.0  # px that boxes without links fill before a new row begins
_APART = 10.0  # px between two boxes, at least


def placed(
    sizes: Sequence[Size], links: Sequence[Link], room: float = 0
) -> tuple[list[Point], Size]:
    """The middle of each box, and the size of the whole.

    What hangs together is laid out alone, the largest part first; boxes without a link come last.
    `room` is the area, in square px, that the names of the links need.
    """
    pieces = [_settled(piece, sizes, links, room) for piece in _pieces(len(sizes), links)]
    alone = set(range(len(sizes))).difference(*pieces)
    blocks = [*pieces, *({place: (0.0, 0.0)} for place in sorted(alone))]
    width = max(*(_extent(piece, sizes)[0] for piece in pieces), _width_for(sizes), WIDEST_ROW)
    points = _in_rows(blocks, sizes, width)
    return [points[place] for place in range(len(sizes))], _extent(points, sizes)


def _pieces(count: int, links: Sequence[Link]) -> list[list[int]]:
    """The groups of linked boxes, the largest first; a box alone is in none."""
    heads = list(range(count))

    def head(place: int) -> int:
        while heads[place] != place:
            heads[place] = heads[heads[place]]
            place = heads[place]
        return place

    for one, other in links:
        heads[max(head(one), head(other))] = min(head(one), head(other))
    groups: dict[int, list[int]] = {}
    for place in range(count):
        groups.setdefault(head(place), []).append(place)
    several = [group for group in groups.values() if len(group) > 1]
    return sorted(several, key=lambda group: (-len(group), group))


def _width_for(sizes: Sequence[Size], room: float = 0) -> float:
    area = sum((width + _APART) * (height + _APART) for width, height in sizes)
    return math.sqrt((area * AIR + room) * ASPECT)


def _settled(
    piece: list[int], sizes: Sequence[Size], links: Sequence[Link], room: float
) -> dict[int, Point]:
    """The boxes of one piece, moved into the corner of the picture."""
    numbers = {place: number for number, place in enumerate(piece)}
    inner = [(numbers[a], numbers[b]) for a, b in links if a != b and a in numbers]
    boxes = [sizes[place] for place in piece]
    width = _width_for(boxes, room * len(inner) / max(len(links), 1))
    points = _stretched(_best(len(piece), inner), width, width / ASPECT)
    while not _pushed_apart(points, boxes):
        points = [(x * 1.2, y * 1.2) for x, y in points]
    return _into_corner(dict(zip(piece, points, strict=True)), sizes)


def _into_corner(points: dict[int, Point], sizes: Sequence[Size]) -> dict[int, Point]:
    left = min(x - sizes[place][0] / 2 for place, (x, _) in points.items())
    top = min(y - sizes[place][1] / 2 for place, (_, y) in points.items())
    return {place: (x - left, y - top) for place, (x, y) in points.items()}


def _best(count: int, links: list[Link]) -> list[Point]:
    # Here and not above: a worker that draws nothing need not load the library.
    import rustworkx  # noqa: PLC0415

    graph: rustworkx.PyGraph[None, None] = rustworkx.PyGraph()
    graph.add_nodes_from([None] * count)
    graph.add_edges_from([(a, b, None) for a, b in dict.fromkeys(map(_undirected, links))])
    tries = SEEDS if len(links) <= TRIED_BELOW else 1
    found = [_sprung(graph, seed) for seed in range(1, tries + 1)]
    return min(found, key=lambda points: _crossings(points, links)) if tries > 1 else found[0]


def _sprung(graph: "rustworkx.PyGraph[None, None]", seed: int) -> list[Point]:
    import rustworkx  # noqa: PLC0415

    count = graph.num_nodes()
    # Twice the usual distance, since every node carries a name.
    found = rustworkx.spring_layout(graph, k=2 / math.sqrt(count), num_iter=100, seed=seed)
    # Rounded: the last digits of a float may differ between two machines.
    return [(round(found[number][0], 4), round(found[number][1], 4)) for number in range(count)]


def _undirected(link: Link) -> Link:
    return min(link), max(link)


def _crossings(points: list[Point], links: list[Link]) -> int:
    found = 0
    for number, (a, b) in enumerate(links):
        for c, d in links[number + 1 :]:
            if len({a, b, c, d}) == 4 and _cross(points[a], points[b], points[c], points[d]):
                found += 1
    return found


def _cross(a: Point, b: Point, c: Point, d: Point) -> bool:
    return _side(a, b, c) != _side(a, b, d) and _side(c, d, a) != _side(c, d, b)


def _side(a: Point, b: Point, c: Point) -> bool:
    return (b[0] - a[0]) * (c[1] - a[1]) > (b[1] - a[1]) * (c[0] - a[0])


def _stretched(points: list[Point], width: float, height: float) -> list[Point]:
    """The same layout over the whole of `width` and `height`."""
    columns, rows = ([point[axis] for point in points] for axis in (0, 1))
    wide, high = (max(values) - min(values) or 1 for values in (columns, rows))
    return [((x - min(columns)) / wide * width, (y - min(rows)) / high * height) for x, y in points]


def _pushed_apart(points: list[Point], boxes: Sequence[Size]) -> bool:
    """Move overlapping boxes from one another, in place; False where that came to no end."""
    return any(not _one_pass(points, boxes) for _ in range(PASSES))


def _one_pass(points: list[Point], boxes: Sequence[Size]) -> bool:
    moved = False
    order = sorted(range(len(points)), key=lambda one: (points[one][0] - boxes[one][0] / 2, one))
    for number, one in enumerate(order):
        for other in order[number + 1 :]:
            gap = abs(points[other][0] - points[one][0])
            if points[other][0] - boxes[other][0] / 2 > points[one][0] + boxes[one][0] / 2 + _APART:
                break
            wide = (boxes[one][0] + boxes[other][0]) / 2 + _APART - gap
            high = (boxes[one][1] + boxes[other][1]) / 2 + _APART
            high -= abs(points[other][1] - points[one][1])
            if wide > 0.01 and high > 0.01:
                _part(points, one, other, wide, high)
                moved = True
    return moved


def _part(points: list[Point], one: int, other: int, wide: float, high: float) -> None:
    """Push two boxes apart along the axis on which less is to do."""
    (x1, y1), (x2, y2) = points[one], points[other]
    if wide < high:
        push = wide / 2 * (1 if x2 >= x1 else -1)
        points[one], points[other] = (x1 - push, y1), (x2 + push, y2)
    else:
        push = high / 2 * (1 if y2 >= y1 else -1)
        points[one], points[other] = (x1, y1 - push), (x2, y2 + push)


def _extent(points: dict[int, Point], sizes: Sequence[Size]) -> Size:
    """How far right and down the boxes reach."""
    right = max((x + sizes[place][0] / 2 for place, (x, _) in points.items()), default=0)
    bottom = max((y + sizes[place][1] / 2 for place, (_, y) in points.items()), default=0)
    return right, bottom


def _in_rows(
    blocks: Sequence[dict[int, Point]], sizes: Sequence[Size], width: float
) -> dict[int, Point]:
    """The blocks beside and below one another, those of one row on one base line."""
    points: dict[int, Point] = {}
    row: list[tuple[dict[int, Point], float]] = []
    x = y = 0.0
    for block in blocks:
        moved = _into_corner(block, sizes)
        wide = _extent(moved, sizes)[0]
        if row and x + wide > width:
            y = _end_row(row, sizes, y, points)
            row, x = [], 0.0
        row.append((moved, x))
        x += wide + _APART
    _end_row(row, sizes, y, points)
    return points


def _end_row(
    row: Sequence[tuple[dict[int, Point], float]],
    sizes: Sequence[Size],
    top: float,
    points: dict[int, Point],
) -> float:
    """Note where the blocks of a row stand; where the next row begins."""
    heights = [_extent(block, sizes)[1] for block, _ in row]
    base = top + max(heights, default=0)
    for (block, left), high in zip(row, heights, strict=True):
        points |= {place: (x + left, y + base - high) for place, (x, y) in block.items()}
    return base + _APART
