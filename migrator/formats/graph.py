"""The type system as a graph: plain data for drawing, listing and comparing.

Types are known by label, since ids are issued anew by every workspace.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from migrator.formats.differences import Difference
from migrator.formats.inspection import Inspection
from migrator.formats.type_system import EntityType, TypeSystem

Edges = dict[tuple[str, str, str], "Edge"]


class Node(msgspec.Struct, frozen=True):
    """An entity type. `roles` are labels of the other types whose role its mentions may play.

    `mentions` is None where no corpus was counted. The colours are as in the file, CSS names or
    hexadecimal, and empty where it has none.
    """

    label: str
    subtypes: list[str]
    roles: list[str]
    mentions: int | None = None
    colour: str = ""
    background: str = ""


class Edge(msgspec.Struct, frozen=True):
    """A relation type between two entity types, all by label; `relations` as Node.mentions."""

    label: str
    source: str
    target: str
    relations: int | None = None


class TypeGraph(msgspec.Struct, frozen=True):
    """Nodes and edges in the order of the type system."""

    nodes: list[Node]
    edges: list[Edge]

    def to_json_dict(self) -> dict[str, Any]:
        """Dicts, lists, strings and numbers only."""
        plain: dict[str, Any] = msgspec.to_builtins(self)
        return plain


def type_graph(type_system: TypeSystem, inspection: Inspection | None = None) -> TypeGraph:
    """The graph of a type system, counted where the inspection of its corpus is given.

    A relation type that stands there twice is one edge; an end that is undefined is named by its
    id.
    """
    if inspection is None:
        return graph_with_counts(type_system)
    return recorded_graph(type_system, inspection.counts, inspection.details)


def recorded_graph(
    type_system: TypeSystem, counts: Mapping[str, int], details: Mapping[str, Any]
) -> TypeGraph:
    """The graph with what an inspection recorded; without counts where it saw no corpus.

    `counts` and `details` are those of an Inspection, or of the JSON that was made of one.
    """
    if not counts.get("documents") or "entity_types" not in details:
        return graph_with_counts(type_system)
    relations = {
        (label, source, target): count
        for label, ends in details.get("relation_signatures", {}).items()
        for source, target, count in ends
    }
    return graph_with_counts(type_system, details["entity_types"], relations)


def graph_with_counts(
    type_system: TypeSystem,
    mentions: Mapping[str, int] | None = None,
    relations: Mapping[tuple[str, str, str], int] | None = None,
) -> TypeGraph:
    """The graph with mentions by type and relations by label, source and target, where counted."""
    known = type_system.labels
    nodes = [_node(one, known, mentions) for one in type_system.entity_types]
    edges: Edges = {}
    for one in type_system.relationship_types:
        source, target = (known.get(end, end) for end in (one.src_ent_type, one.tgt_ent_type))
        signature = one.label, source, target
        count = None if relations is None else relations.get(signature, 0)
        edges.setdefault(signature, Edge(*signature, count))
    return TypeGraph(nodes, list(edges.values()))


def graph_difference(left: TypeGraph, right: TypeGraph) -> list[Difference]:
    """What the right graph lacks, adds and says otherwise: nodes first, then edges.

    Counts are compared where both sides have them; colours are not.
    """
    return [*_node_differences(left, right), *_edge_differences(left, right)]


def _node(one: EntityType, known: Mapping[str, str], mentions: Mapping[str, int] | None) -> Node:
    return Node(
        one.label,
        list(one.subtypes),
        [known.get(role, role) for role in one.roles if role != one.id],
        None if mentions is None else mentions.get(one.label, 0),
        one.sire_prop.color or "",
        one.sire_prop.back_ground_color or "",
    )


def _node_differences(left: TypeGraph, right: TypeGraph) -> list[Difference]:
    ours, theirs = ({one.label: one for one in graph.nodes} for graph in (left, right))
    found = [Difference("missing_entity_type", "types", label) for label in ours.keys() - theirs]
    found += [Difference("extra_entity_type", "types", label) for label in theirs.keys() - ours]
    found.sort(key=lambda one: (one.kind, one.subject))
    for label, one in ours.items():
        if label in theirs:
            found += _changes("changed_entity_type", label, _said(one), _said(theirs[label]))
    return found


def _edge_differences(left: TypeGraph, right: TypeGraph) -> list[Difference]:
    ours, theirs = ({_shown(one): one for one in graph.edges} for graph in (left, right))
    found = [Difference("missing_relation_type", "types", name) for name in ours.keys() - theirs]
    found += [Difference("extra_relation_type", "types", name) for name in theirs.keys() - ours]
    found.sort(key=lambda one: (one.kind, one.subject))
    for name, one in ours.items():
        if name in theirs:
            counts = [{"relations": _number(edge.relations)} for edge in (one, theirs[name])]
            found += _changes("changed_relation_type", name, *counts)
    return found


def _shown(edge: Edge) -> str:
    return f"{edge.source} → {edge.label} → {edge.target}"


def _said(node: Node) -> dict[str, str]:
    return {
        "subtypes": ", ".join(sorted(node.subtypes)),
        "roles": ", ".join(sorted(node.roles)),
        "mentions": _number(node.mentions),
    }


def _number(count: int | None) -> str:
    return "" if count is None else str(count)


def _changes(
    kind: str, subject: str, left: Mapping[str, str], right: Mapping[str, str]
) -> list[Difference]:
    """One difference for each name; a count that one side does not have says nothing."""
    return [
        Difference(kind, "types", subject, name, "", left[name], right[name])
        for name in left
        if left[name] != right[name]
        and (name not in ("mentions", "relations") or (left[name] and right[name]))
    ]
