"""The type graph: nodes, edges, counts, and what two graphs differ in."""

import json
from pathlib import Path

from migrator.formats.graph import Edge, graph_difference, type_graph
from migrator.formats.inspect import inspect
from migrator.formats.type_system import read_type_system
from sandbox.generator import generate
from tests.formats.small_exports import write_corpus_zip, write_types


def test_nodes_and_edges_are_by_label_and_without_counts_of_no_corpus(tmp_path: Path) -> None:
    type_system = read_type_system(write_types(tmp_path))
    graph = type_graph(type_system)
    assert [node.label for node in graph.nodes] == [one.label for one in type_system.entity_types]
    assert {(edge.label, edge.source, edge.target) for edge in graph.edges} == {
        (one.label, type_system.labels[one.src_ent_type], type_system.labels[one.tgt_ent_type])
        for one in type_system.relationship_types
    }
    assert {one.mentions for one in graph.nodes} == {one.relations for one in graph.edges} == {None}
    assert all(node.label not in node.roles for node in graph.nodes)
    assert json.loads(json.dumps(graph.to_json_dict()))["nodes"][0]["label"] == graph.nodes[0].label


def test_mentions_and_relations_are_counted_where_the_corpus_was_inspected(tmp_path: Path) -> None:
    export = generate(tmp_path, seed=2, documents=40, anomalies=False)
    inspection = inspect([export.types, export.corpus])
    graph = type_graph(read_type_system(export.types), inspection)
    assert sum(node.mentions or 0 for node in graph.nodes) == inspection.counts["mentions"]
    assert sum(edge.relations or 0 for edge in graph.edges) == inspection.counts["relations"]
    by_label = inspection.details["relation_types"]
    for label, count in by_label.items():
        assert sum(edge.relations or 0 for edge in graph.edges if edge.label == label) == count


def test_the_relations_of_every_real_export_lie_on_edges(shared_data: Path) -> None:
    for folder in ("sms-2018", "food", "proc-36a"):
        inspection = inspect([shared_data / folder])
        types = next(one.path for one in inspection.files if one.kind == "type_system")
        graph = type_graph(read_type_system(types), inspection)
        assert sum(edge.relations or 0 for edge in graph.edges) == inspection.counts["relations"]


def test_equal_graphs_differ_in_nothing_and_each_edit_is_named(tmp_path: Path) -> None:
    path = write_types(tmp_path)
    left = type_graph(read_type_system(path))
    assert graph_difference(left, type_graph(read_type_system(path))) == []
    other = read_type_system(path)
    other.entity_types[0].sire_prop.subtypes = ["New"]
    other.entity_types[1].label = "Renamed"
    del other.relationship_types[0]
    found = [(one.kind, one.detail) for one in graph_difference(left, type_graph(other))]
    assert ("changed_entity_type", "subtypes") in found
    assert ("missing_entity_type", "") in found
    assert ("extra_entity_type", "") in found
    assert ("missing_relation_type", "") in found


def test_counts_are_compared_where_both_sides_have_them(tmp_path: Path) -> None:
    types, corpus = write_types(tmp_path), write_corpus_zip(tmp_path)
    type_system = read_type_system(types)
    counted = type_graph(type_system, inspect([types, corpus]))
    assert graph_difference(type_graph(type_system), counted) == []
    edges = [Edge(one.label, one.source, one.target, 999) for one in counted.edges]
    other = type(counted)(counted.nodes, edges)
    assert {one.detail for one in graph_difference(counted, other)} == {"relations"}
