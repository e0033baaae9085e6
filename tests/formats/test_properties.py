"""What holds for any export: written and read it is the same, inspected it counts what it holds."""

import csv
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from migrator.formats.compare import compare
from migrator.formats.corpus import open_corpus
from migrator.formats.dictionaries import Dictionary, read_dictionaries, write_dictionaries
from migrator.formats.documents_csv import read_documents_csv
from migrator.formats.graph import graph_difference, type_graph
from migrator.formats.inspect import inspect
from migrator.formats.kinds import Kind
from migrator.formats.recognize import recognize
from migrator.formats.type_system import read_type_system, write_type_system
from tests.formats import strategies
from tests.formats.plain_exports import Plain, PlainCorpus, with_new_ids

SETTINGS = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@SETTINGS
@given(strategies.type_systems())
def test_any_type_system_comes_back_equal(tmp_path: Path, plain: Plain) -> None:
    path = tmp_path / "types.json"
    path.write_text(json.dumps(plain), encoding="utf-8")
    type_system = read_type_system(path)
    with (tmp_path / "again.json").open("wb") as file:
        write_type_system(type_system, file)
    assert json.loads((tmp_path / "again.json").read_bytes()) == plain
    counts = inspect([path]).counts
    assert counts["entity_types"] == len(plain["entityTypes"])
    assert counts["relation_types"] == len(plain["relationshipTypes"])
    assert compare([path], [tmp_path / "again.json"]).identical
    assert graph_difference(type_graph(type_system), type_graph(read_type_system(path))) == []


@SETTINGS
@given(strategies.dictionaries)
def test_any_dictionary_comes_back_equal(tmp_path: Path, dictionary: Dictionary) -> None:
    path = tmp_path / "dictionaries.zip"
    with path.open("wb") as file:
        write_dictionaries([dictionary], file)
    [again] = read_dictionaries(path)
    assert (again.name, again.entries) == (dictionary.name, dictionary.entries)
    assert inspect([path]).counts["entries"] == len(dictionary.entries)
    assert compare([path], [path]).identical


@SETTINGS
@given(strategies.rows)
def test_any_documents_in_two_columns_come_back_equal(
    tmp_path: Path, rows: list[tuple[str, str]]
) -> None:
    path = tmp_path / "documents.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows(rows)
    assert [(one.name, one.text) for one in read_documents_csv(path)] == rows


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_documents_are_read_in_every_encoding(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "documents.csv"
    path.write_bytes("one,Grüße\rtwo,“Zitat”\r".encode(encoding))
    found = [(one.name, one.text) for one in read_documents_csv(path)]
    assert found == [("one", "Grüße"), ("two", "“Zitat”")]


@SETTINGS
@given(strategies.corpora())
def test_any_corpus_is_counted_compared_and_read_back(tmp_path: Path, corpus: PlainCorpus) -> None:
    path = corpus.write(tmp_path / "corpus.zip")
    truths = corpus.ground_truths.values()
    with open_corpus(path) as opened:
        found = {name: json.loads(payload) for name, payload in opened.ground_truths()}
    assert found == corpus.ground_truths
    assert recognize(path).kind == Kind.CORPUS
    inspection = inspect([path])
    for part in ("sentences", "mentions", "relations"):
        assert inspection.counts[part] == sum(len(one[part]) for one in truths)
    assert not inspection.has_errors
    assert compare([path], [path]).identical
    again = with_new_ids(corpus).write(tmp_path / "again.zip")
    assert compare([path], [again]).totals == {}
