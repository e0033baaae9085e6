"""Small data for every picture."""

from datetime import UTC, datetime, timedelta

from migrator.formats.graph import Edge, Node, TypeGraph
from migrator.pictures.bars import pair_bars, paired, single_bars
from migrator.pictures.check_grid import GridRow, check_grid
from migrator.pictures.freshness import Backup, Strip, freshness
from migrator.pictures.funnel import Stage, funnel
from migrator.pictures.model_map import Deployed, model_map
from migrator.pictures.people_map import Mapped, people_map
from migrator.pictures.shapes import Group, Picture, Rect, Shape, Text
from migrator.pictures.timeline import Lane, Span, timeline
from migrator.pictures.type_graph import type_graph_diff, type_graph_picture
from migrator.pictures.waterfall import Station, waterfall

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
HOSTILE = '</title><script>alert("1")</script>\'&\x00\x1b\u202e'


def graph(*, hostile: str = "") -> TypeGraph:
    """Four types, one without relations; a loop, a pair in both directions and a role."""
    people = Node("PERSON" + hostile, ["GROUP", "ONE"], ["OFFICER"], 120)
    nodes = [people, Node("OFFICER", [], [], 0), Node("PLACE", [], [], 30), Node("DATE", [], [], 7)]
    edges = [
        Edge("livesIn" + hostile, people.label, "PLACE", 20),
        Edge("knows", people.label, people.label, 4),
        Edge("homeOf", "PLACE", people.label, 3),
        Edge("worksIn", people.label, "PLACE", 0),
    ]
    return TypeGraph(nodes, edges)


def other_graph() -> TypeGraph:
    """The same with a type and a relation less, one of each more, and other counts."""
    first = graph()
    people = Node("PERSON", ["GROUP"], ["OFFICER"], 118)
    nodes = [people, *first.nodes[1:3], Node("TIME", [], [], 1)]
    return TypeGraph(nodes, [*first.edges[:2], Edge("at", "PERSON", "TIME", 1), first.edges[3]])


def span(start: int, end: int, kind: str) -> Span:
    """A span in seconds after noon."""
    begun, ended = (NOON + timedelta(seconds=each) for each in (start, end))
    return Span(begun, ended, kind)  # type: ignore[arg-type]


def every_picture(hostile: str = "") -> dict[str, Picture]:
    """One of each kind, and those for a phone, with `hostile` in every name."""
    broad = _every_picture(hostile)
    narrow = {f"{kind} on a phone": one.narrow for kind, one in broad.items() if one.narrow}
    return {**broad, **narrow}


def _every_picture(hostile: str) -> dict[str, Picture]:
    name = "Claims" + hostile
    before: dict[str, int | None] = {name: 90, "PLACE": 30, "DATE": 7, "GONE": 12}
    after: dict[str, int | None] = {name: 88, "PLACE": 30, "DATE": 7, "NEW": 3}
    return {
        "graph": type_graph_picture(graph(hostile=hostile), title="Types"),
        "diff": type_graph_diff(graph(hostile=hostile), other_graph(), title="Types compared"),
        "pairs": pair_bars(paired(before, after), title="Before and after"),
        "single": single_bars(before, title="Mentions", unit="mentions"),
        "waterfall": waterfall(
            [
                Station(name, 100),
                Station("Not in ground truth", 20, "loss"),
                Station("Backed up", 80),
                Station("Obscured", 5, "risk", hostile),
                Station("Restored", None),
            ],
            title="Documents",
        ),
        "funnel": funnel(
            [Stage(name, 90), Stage("Annotated", None), Stage("Promoted", 45)], title="Funnel"
        ),
        "timeline": timeline(
            [
                Lane(name, [span(0, 10, "wait"), span(10, 30, "work")], "Done"),
                Lane("Documents", [span(30, 90, "failed")], "Failed"),
                Lane("Proof", [], "Not reached"),
            ],
            title="Timeline",
            start=NOON,
            end=NOON + timedelta(seconds=90),
        ),
        "freshness": freshness(
            [
                Strip(name, [Backup(NOON - timedelta(days=3), "verified")]),
                Strip("Bare", []),
                Strip("Hurt", [Backup(NOON - timedelta(days=200), "damaged")]),
            ],
            title="Backups",
            now=NOON,
        ),
        "grid": check_grid(
            ["Language", name],
            [GridRow(name, {"Language": "passed", name: "blocking"}), GridRow("B", {})],
            title="Checks",
        ),
        "models": model_map(
            [
                Deployed(name, "1.0", "m-1", "NLU", "available"),
                Deployed(name, "1.0", "m-2", "NLU", "available"),
                Deployed("Other", "2.0"),
                Deployed("gone-id", "1.0", "m-3", "NLU", "available", is_orphan=True),
            ],
            title="Models",
        ),
        "people": people_map(
            [Mapped("ann" + hostile, "Admin", "ann@there", "Admin"), Mapped("bob", "Admin")],
            title="People",
        ),
    }


def flat(shapes: object) -> list[Shape]:
    """All shapes, groups opened."""
    found: list[Shape] = []
    for shape in shapes:  # type: ignore[attr-defined]
        found += flat(shape.shapes) if isinstance(shape, Group) else [shape]
    return found


def texts(picture: Picture) -> list[str]:
    """Everything that is written in it."""
    return [shape.text for shape in flat(picture.shapes) if isinstance(shape, Text)]


def rects(picture: Picture, look: str) -> list[Rect]:
    """The rectangles of one look."""
    return [s for s in flat(picture.shapes) if isinstance(s, Rect) and s.look == look]
