"""The type system drawn: who stands where, how large, and what a comparison says."""

import math
import random
import time
from itertools import combinations

from migrator.formats.graph import Edge, Node, TypeGraph
from migrator.pictures.layout import placed
from migrator.pictures.shapes import Circle, Group, Picture, Polygon, Rect, Strokes
from migrator.pictures.svg import svg
from migrator.pictures.type_graph import LARGEST, type_graph_diff, type_graph_picture
from tests.pictures.cases import flat, graph, other_graph, texts


def nodes(picture: Picture) -> dict[str, Group]:
    return {s.key: s for s in picture.shapes if isinstance(s, Group) and s.kind == "node"}


def random_graph(types: int, relations: int) -> TypeGraph:
    pick = random.Random(types)
    labels = [f"TYPE_{n}" for n in range(types)]
    edges = [Edge(f"r{n}", pick.choice(labels), pick.choice(labels), n) for n in range(relations)]
    return TypeGraph([Node(label, [], [], pick.randrange(900)) for label in labels], edges)


def test_every_type_is_drawn_and_more_mentions_make_a_larger_circle() -> None:
    picture = type_graph_picture(graph(), title="t")
    found = nodes(picture)
    assert list(found) == ["PERSON", "OFFICER", "PLACE", "DATE"]
    radii = {key: one.shapes[0].radius for key, one in found.items()}  # type: ignore[union-attr]
    assert radii["PERSON"] > radii["PLACE"] > radii["DATE"] > radii["OFFICER"]
    assert "120 · 2 subtypes" in texts(picture)
    assert "Subtypes: GROUP, ONE. Roles: OFFICER" in found["PERSON"].about


def test_relations_of_one_direction_share_a_line_and_roles_have_their_own() -> None:
    picture = type_graph_picture(graph(), title="t")
    edges = [s for s in picture.shapes if isinstance(s, Group) and s.kind == "edge"]
    assert sorted(one.key for one in edges) == ["0 0", "0 1", "0 2", "2 0"]
    looks = {s.look for one in edges for s in one.shapes if isinstance(s, Strokes)}
    assert looks == {"app-pic-edge", "app-pic-role"}
    assert "livesIn, worksIn" in texts(picture)


def test_the_table_lists_types_and_relations_with_the_same_figures() -> None:
    first = graph()
    rows = [list(row) for row in type_graph_picture(first, title="t").table.rows]
    assert [row[1:5] for row in rows[:4]] == [[n.label, "", "", n.mentions] for n in first.nodes]
    edges = [[e.label, e.source, e.target, e.relations] for e in first.edges]
    assert [row[1:5] for row in rows[4:]] == edges


def test_a_comparison_tells_by_form_and_by_sign() -> None:
    picture = type_graph_diff(graph(), other_graph(), title="t")
    found = nodes(picture)
    forms = {key: [type(s) for s in one.shapes[:2]] for key, one in found.items()}
    assert forms["DATE"] == [Rect, Strokes]
    assert forms["TIME"][0] is Polygon
    assert forms["PERSON"] == [Circle, Circle]
    assert forms["PLACE"][0] is Circle
    said = texts(picture)
    assert {"− DATE", "+ TIME", "≠ PERSON", "PLACE"} <= set(said)
    results = {row[1]: (row[4], row[7]) for row in picture.table.rows}
    assert results["PERSON"] == ("Changed", "subtypes −ONE")
    assert results["DATE"][0] == results["homeOf"][0] == "Missing on the target"
    assert results["at"][0] == "Only on the target"
    assert results["livesIn"][0] == "Same on both sides"


def test_another_number_of_mentions_is_no_change_of_the_type_system() -> None:
    first = graph()
    people = Node("PERSON", ["GROUP", "ONE"], ["OFFICER"], 118)
    edges = [Edge(one.label, one.source, one.target, 0) for one in first.edges]
    other = TypeGraph([people, *first.nodes[1:]], edges)
    picture = type_graph_diff(first, other, title="t")
    assert picture.summary == "Entity and relation types: same on both sides 8."
    assert "120 → 118 mentions" in texts(picture)
    row = next(row for row in picture.table.rows if row[1] == "PERSON")
    assert list(row[4:]) == ["Same on both sides", 120, 118, ""]


def test_equal_type_systems_differ_in_nothing() -> None:
    picture = type_graph_diff(graph(), graph(), title="t")
    assert picture.summary == "Entity and relation types: same on both sides 8."


def test_boxes_never_overlap_and_the_layout_is_always_the_same() -> None:
    pick = random.Random(4)
    sizes = [(pick.uniform(30, 150), pick.uniform(30, 90)) for _ in range(40)]
    links = [(pick.randrange(30), pick.randrange(30)) for _ in range(60)]
    points, (width, height) = placed(sizes, links)
    for (one, a), (other, b) in combinations(zip(points, sizes, strict=True), 2):
        beside = abs(one[0] - other[0]) >= (a[0] + b[0]) / 2 - 0.1
        assert beside or abs(one[1] - other[1]) >= (a[1] + b[1]) / 2 - 0.1
    assert all(0 <= x <= width and 0 <= y <= height for x, y in points)
    assert placed(sizes, links)[0] == points


def test_lines_end_at_their_nodes() -> None:
    picture = type_graph_picture(graph(), title="t")
    found = list(nodes(picture).values())
    for edge in (s for s in picture.shapes if isinstance(s, Group) and s.kind == "edge"):
        source, target = (found[int(place)].shapes[0] for place in edge.key.split())
        (line,) = next(s for s in edge.shapes if isinstance(s, Strokes)).lines
        for end, node in ((line[0], source), (line[-1], target)):
            assert isinstance(node, Circle)
            assert math.dist(end, (node.x, node.y)) < node.radius + 60


def test_one_type_and_none() -> None:
    assert type_graph_picture(TypeGraph([Node("A", [], [])], []), title="t").is_drawn
    empty = type_graph_picture(TypeGraph([], []), title="t")
    assert (empty.is_drawn, empty.note) == (False, "The type system has no entity types.")


def test_an_end_that_is_undefined_is_in_the_table_alone() -> None:
    lost = TypeGraph([Node("A", [], [])], [Edge("r", "A", "no-such-id")])
    picture = type_graph_picture(lost, title="t")
    assert picture.is_drawn
    assert picture.table.rows[1][3] == "no-such-id"


def test_two_thousand_types_are_listed_within_a_second() -> None:
    large = random_graph(2000, 5000)
    begun = time.process_time()  # not the clock's, which counts what others do on the machine
    picture = type_graph_picture(large, title="t")
    assert time.process_time() - begun < 1
    assert "too many to draw" in picture.note
    assert len(picture.table.rows) == 7000


def test_a_large_graph_is_drawn_to_be_moved_about_in() -> None:
    picture = type_graph_picture(random_graph(LARGEST, 300), title="t")
    assert picture.is_drawn
    assert picture.is_large
    assert svg(picture, "k").count("data-node=") == LARGEST
    assert not type_graph_picture(random_graph(20, 30), title="t").is_large


def test_so_many_relations_that_their_names_would_cover_one_another_make_it_large() -> None:
    picture = type_graph_picture(random_graph(44, 199), title="t")
    assert picture.is_large
    assert 'class="app-pic-label"' not in svg(picture, "k")
    assert "for the type that is chosen" in picture.note


def test_nothing_is_drawn_outside() -> None:
    picture = type_graph_picture(random_graph(60, 75), title="t")
    for shape in flat(picture.shapes):
        if isinstance(shape, Circle):
            assert shape.x - shape.radius >= 0
            assert shape.x + shape.radius <= picture.width
            assert shape.y + shape.radius <= picture.height
