"""What is equal by meaning compares identical, whatever its ids and order."""

import json
from pathlib import Path

import msgspec
import pytest

from migrator.formats.compare import compare
from migrator.formats.compare_overlap import overlap
from migrator.formats.dictionaries import read_dictionaries, write_dictionaries
from migrator.formats.inspect import inspect
from sandbox.generator import GeneratedExport, generate
from tests.formats.plain_exports import read_plain, types_with_new_ids, with_new_ids


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> GeneratedExport:
    return generate(tmp_path_factory.mktemp("generated"), seed=21, documents=60)


def test_an_export_equals_itself(export: GeneratedExport) -> None:
    outcome = compare(export[:3], export[:3])
    assert outcome.identical
    assert outcome.examples == []
    counts = outcome.compared
    assert counts["documents"] == [60, 60]
    assert all(left == right > 0 for left, right in counts.values())
    assert {"entity_types", "entries", "tokens", "coreferences"} <= counts.keys()


def test_counts_are_those_of_an_inspection(export: GeneratedExport) -> None:
    counts = inspect(export[:3]).counts
    assert compare(export[:3], export[:3]).compared == {
        name: [count, count] for name, count in counts.items()
    }


def test_mentions_of_each_side_are_counted_by_type(export: GeneratedExport) -> None:
    by_type = inspect(export[:3]).details["entity_types"]
    assert compare(export[:3], export[:3]).mentions_by_type == [by_type, by_type]
    assert compare(export[:3], [export.types]).mentions_by_type[1] == {}


def test_real_exports_equal_themselves(shared_data: Path) -> None:
    folders = [folder for folder in sorted(shared_data.iterdir()) if folder.is_dir()]
    assert len(folders) == 6
    for folder in folders:
        assert compare([folder], [folder]).identical


@pytest.mark.parametrize("seed", range(3))
def test_new_ids_and_another_order_say_nothing(
    export: GeneratedExport, tmp_path: Path, seed: int
) -> None:
    other = with_new_ids(read_plain(export.corpus), seed).write(tmp_path / "other.zip")
    assert compare([export.corpus], [other]).totals == {}
    assert compare([other], [export.corpus]).totals == {}


def test_new_ids_in_real_exports_say_nothing(shared_data: Path, tmp_path: Path) -> None:
    for corpus in sorted(shared_data.glob("*/corpus-*.zip")):
        other = with_new_ids(read_plain(corpus)).write(tmp_path / corpus.name)
        assert compare([corpus], [other]).totals == {}


def test_new_ids_of_types_say_nothing(export: GeneratedExport, tmp_path: Path) -> None:
    other = tmp_path / "types.json"
    other.write_text(json.dumps(types_with_new_ids(json.loads(export.types.read_text()))))
    assert compare([export.types], [other]).totals == {}


def test_new_ids_of_dictionaries_and_another_order_of_rows_say_nothing(
    export: GeneratedExport, tmp_path: Path
) -> None:
    other = tmp_path / "dictionaries.zip"
    dictionaries = read_dictionaries(export.dictionaries)[::-1]
    for number, dictionary in enumerate(dictionaries):
        dictionary.id = f"new-{number}"
        dictionary.schema = None
        dictionary.entries.reverse()
    with other.open("wb") as file:
        write_dictionaries(dictionaries, file)
    assert compare([export.dictionaries], [other]).totals == {}


def test_absent_and_null_are_one(export: GeneratedExport, tmp_path: Path) -> None:
    types = json.loads(export.types.read_text())
    for entity_type in types["entityTypes"]:
        for key in [key for key, value in entity_type.items() if value is None]:
            del entity_type[key]
    other = tmp_path / "types.json"
    other.write_text(json.dumps(types))
    assert compare([export.types], [other]).totals == {}


def test_workflow_facts_say_nothing(export: GeneratedExport, tmp_path: Path) -> None:
    """Status, dates, pre-annotation and the like are made anew by the service."""
    corpus = read_plain(export.corpus)
    for document in corpus.documents:
        document.update(status="READY", modifiedDate=1)
    for truth in corpus.ground_truths.values():
        truth.update(status="READY", modifiedDate=1, preannotation=[])
        for mention in truth["mentions"]:
            mention["source"] = "IMPORT"
    other = corpus.write(tmp_path / "other.zip")
    assert compare([export.corpus], [other]).totals == {}


def test_offsets_in_utf16_units_equal_those_in_code_points(
    export: GeneratedExport, tmp_path: Path
) -> None:
    corpus = read_plain(export.corpus)
    corpus.documents, corpus.sets = corpus.documents[:1], []
    key = corpus.documents[0]["id"]
    text = "🚗 van broke"
    tokens = [(0, 1, "🚗"), (2, 5, "van"), (6, 11, "broke")]
    paths = []
    for shift in (0, 1):
        moved = [
            {"id": "t", "begin": b + shift * (b > 0), "end": e + shift, "text": t}
            for b, e, t in tokens
        ]
        sentence = {"id": "s0", "begin": 0, "end": 11 + shift, "text": text, "tokens": moved}
        mention = corpus.ground_truths[key]["mentions"][0] | {"begin": 2 + shift, "end": 5 + shift}
        truth = {"id": key, "name": "n", "text": text, "sentences": [sentence]}
        truth |= {"mentions": [mention], "relations": [], "corefs": []}
        corpus.ground_truths = {key: truth}
        paths.append(corpus.write(tmp_path / f"{shift}.zip"))
    assert compare(paths[:1], paths[1:]).totals == {}


def test_nothing_is_missing_from_an_equal_corpus(export: GeneratedExport, tmp_path: Path) -> None:
    other = with_new_ids(read_plain(export.corpus)).write(tmp_path / "other.zip")
    found = overlap(export.corpus, other)
    assert (found.missing, found.different, found.namesakes) == (set(), [], [])
    assert found.identical == len(read_plain(export.corpus).documents)
    assert all(one.is_equal for one in found.sets)


def test_missing_and_different_documents_are_told_apart(
    export: GeneratedExport, tmp_path: Path
) -> None:
    corpus = read_plain(export.corpus)
    gone, changed, split_anew = [one["id"] for one in corpus.documents[3:6]]
    corpus.documents = [one for one in corpus.documents if one["id"] != gone]
    del corpus.ground_truths[gone]
    corpus.ground_truths[changed]["mentions"].pop()
    corpus.ground_truths[split_anew]["sentences"][0]["tokens"].pop()
    found = overlap(export.corpus, corpus.write(tmp_path / "other.zip"))
    assert found.missing == {gone}
    assert [one.id for one in found.different] == [changed]
    assert found.different[0].mentions[0] == found.different[0].mentions[1] + 1


def test_another_text_under_the_same_name_is_a_namesake_and_missing(
    export: GeneratedExport, tmp_path: Path
) -> None:
    corpus = read_plain(export.corpus)
    one = corpus.documents[3]
    one["text"] = corpus.ground_truths[one["id"]]["text"] = f"{one['text']} And more."
    found = overlap(export.corpus, corpus.write(tmp_path / "other.zip"))
    assert [met.id for met in found.namesakes] == [one["id"]]
    assert found.missing == {one["id"]}
    assert found.extra == 0
    changed = [met for met in found.sets if not met.is_equal]
    assert changed
    assert all(met.shared == met.source - 1 for met in changed if met.source is not None)


def test_a_document_that_stands_twice_is_missing_once_where_it_stands_once(
    export: GeneratedExport, tmp_path: Path
) -> None:
    once = read_plain(export.corpus)
    first = once.documents[0]["id"]
    twice = once.copy()
    twice.documents.append(twice.documents[0] | {"id": "again-1"})
    twice.ground_truths["again-1"] = twice.ground_truths[first] | {"id": "again-1"}
    paths = [once.write(tmp_path / "once.zip"), twice.write(tmp_path / "twice.zip")]
    assert len(overlap(paths[1], paths[0]).missing) == 1
    assert overlap(paths[0], paths[1]).missing == set()
    assert compare(paths[:1], paths[1:]).totals == {"extra_document": 1}


def test_the_outcome_is_plain_data(export: GeneratedExport) -> None:
    outcome = compare([export.types], [export.types])
    plain = outcome.to_json_dict()
    assert msgspec.json.decode(msgspec.json.encode(plain))["identical"] is True


def test_progress_counts_the_documents_of_both_sides(export: GeneratedExport) -> None:
    calls: list[tuple[int, int | None]] = []
    compare([export.corpus], [export.corpus], progress=lambda *call: calls.append(call))
    assert calls[-1] == (120, 120)
