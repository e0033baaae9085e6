"""What a type-system graph shows: its nodes and links with their words, for one or two sides."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from migrator.formats.graph import Edge, Node, TypeGraph
from migrator.pictures.table import Cell, Table, table

Mark = Literal["", "same", "missing", "extra", "changed"]

MARKS = {
    "same": "Same on both sides",
    "missing": "Missing on the target",
    "extra": "Only on the target",
    "changed": "Changed",
}
# Put before a name, so that no colour is needed.
SIGNS = {"": "", "same": "", "missing": "− ", "extra": "+ ", "changed": "≠ "}


@dataclass(frozen=True)
class Type:
    """An entity type with what stands below its name and what is told on hover."""

    label: str
    mentions: int | None
    note: str
    about: str
    mark: Mark = ""


@dataclass(frozen=True)
class Relation:
    """All relations from one type to another, or a role; `labels` carry their signs."""

    source: str
    target: str
    labels: tuple[str, ...]
    mark: Mark = ""
    is_role: bool = False


@dataclass(frozen=True)
class Parts:
    """All there is to draw, and the table of it."""

    types: Sequence[Type]
    relations: Sequence[Relation]
    twin: Table


def parts_of(graph: TypeGraph) -> Parts:
    """One type system."""
    types = [Type(one.label, one.mentions, _note(one), _about(one)) for one in graph.nodes]
    relations: list[tuple[str, str, str, Mark]] = [
        (one.source, one.target, one.label, "") for one in graph.edges
    ]
    rows: list[list[Cell]] = [_type_row(one) for one in graph.nodes]
    rows += [["Relation", *_key(one), one.relations, ""] for one in graph.edges]
    return Parts(types, [*_grouped(relations), *_roles(graph.nodes)], table(_COLUMNS, rows))


def parts_of_both(left: TypeGraph, right: TypeGraph) -> Parts:
    """Two type systems as one graph, each part marked with what became of it."""
    ours, theirs = ({one.label: one for one in graph.nodes} for graph in (left, right))
    types, rows = [], []
    for label in dict.fromkeys([*ours, *theirs]):
        one = _both_types(ours.get(label), theirs.get(label))
        types.append(one)
        rows.append(_both_type_row(one, ours.get(label), theirs.get(label)))
    edges = {_key(one): one for one in left.edges}
    there = {_key(one): one for one in right.edges}
    relations = []
    for key in dict.fromkeys([*edges, *there]):
        mark = _edge_mark(edges.get(key), there.get(key))
        relations.append((key[1], key[2], SIGNS[mark] + key[0], mark))
        rows.append(_both_edge_row(key, mark, edges.get(key), there.get(key)))
    nodes = [theirs.get(one.label) or ours[one.label] for one in types]
    return Parts(types, [*_grouped(relations), *_roles(nodes)], table(_BOTH, rows))


_COLUMNS = ["Part", "Name", "From", "To", "Count#", "Subtypes and roles"]
_BOTH = ["Part", "Name", "From", "To", "Result", "Archive#", "Target#", "What differs"]


def _note(one: Node) -> str:
    """The figures below a name."""
    shown = [f"{one.mentions:,}"] if one.mentions is not None else []
    if one.subtypes:
        shown.append(f"{len(one.subtypes)} subtype{'s' if len(one.subtypes) > 1 else ''}")
    return " · ".join(shown)


def _about(one: Node) -> str:
    counted = "" if one.mentions is None else f": {one.mentions:,} mentions"
    return ". ".join(part for part in (one.label + counted, _details(one)) if part)


def _details(one: Node) -> str:
    subtypes = f"Subtypes: {', '.join(one.subtypes)}" if one.subtypes else ""
    roles = f"Roles: {', '.join(one.roles)}" if one.roles else ""
    return ". ".join(part for part in (subtypes, roles) if part)


def _type_row(one: Node) -> list[Cell]:
    return ["Entity type", one.label, "", "", one.mentions, _details(one)]


def _key(edge: Edge) -> tuple[str, str, str]:
    return edge.label, edge.source, edge.target


def _both_types(left: Node | None, right: Node | None) -> Type:
    one = left or right
    assert one is not None, "a label comes from one of the sides"
    if right is None:
        return Type(one.label, one.mentions, _note(one), f"{_about(one)}. Missing.", "missing")
    if left is None:
        return Type(one.label, one.mentions, _note(one), f"{_about(one)}. Only there.", "extra")
    what = _changes(left, right)
    if not what:
        return Type(one.label, left.mentions, _note_of_both(left, right), _about(left), "same")
    note = what[0] if len(what) == 1 else f"{len(what)} changes"
    return Type(one.label, left.mentions, note, f"{one.label}: {'; '.join(what)}", "changed")


def _note_of_both(left: Node, right: Node) -> str:
    """The figures of a type that is the same, with both counts where its mentions differ."""
    if None in (left.mentions, right.mentions) or left.mentions == right.mentions:
        return _note(left)
    return f"{left.mentions:,} → {right.mentions:,} mentions"


def _changes(left: Node, right: Node) -> list[str]:
    """What differs in the definition; how often a type was used is no part of that."""
    found = []
    for name, ours, theirs in (
        ("subtypes", left.subtypes, right.subtypes),
        ("roles", left.roles, right.roles),
    ):
        lacks = sorted(set(ours) - set(theirs))
        more = sorted(set(theirs) - set(ours))
        if lacks or more:
            signs = [f"−{one}" for one in lacks] + [f"+{one}" for one in more]
            found.append(f"{name} {', '.join(signs)}")
    return found


def _both_type_row(one: Type, left: Node | None, right: Node | None) -> list[Cell]:
    changes = "; ".join(_changes(left, right)) if left and right else ""
    counts = [side.mentions if side else None for side in (left, right)]
    return ["Entity type", one.label, "", "", MARKS[one.mark], *counts, changes]


def _edge_mark(left: Edge | None, right: Edge | None) -> Mark:
    """A relation is its name and its two ends; another of them is another relation."""
    if left is None:
        return "extra"
    return "same" if right else "missing"


def _both_edge_row(
    key: tuple[str, str, str], mark: Mark, left: Edge | None, right: Edge | None
) -> list[Cell]:
    counts: list[Cell] = [side.relations if side else None for side in (left, right)]
    return ["Relation", *key, MARKS[mark], *counts, ""]


def _grouped(relations: Sequence[tuple[str, str, str, Mark]]) -> list[Relation]:
    """One line for all relations of the same direction and mark."""
    found: dict[tuple[str, str, Mark], list[str]] = {}
    for source, target, label, mark in relations:
        found.setdefault((source, target, mark), []).append(label)
    return [
        Relation(source, target, tuple(labels), mark)
        for (source, target, mark), labels in found.items()
    ]


def _roles(nodes: Sequence[Node]) -> list[Relation]:
    known = {one.label for one in nodes}
    return [
        Relation(one.label, role, ("role",), is_role=True)
        for one in nodes
        for role in one.roles
        if role in known
    ]
