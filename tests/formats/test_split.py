"""Splitting a corpus: parts within the limits, complete in themselves, equal when joined."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from migrator.formats.compare import compare
from migrator.formats.corpus import open_corpus
from migrator.formats.inspect import inspect
from migrator.formats.split import split_corpus
from sandbox.generator import generate


def names(path: Path) -> set[str]:
    with zipfile.ZipFile(path) as part:
        assert part.testzip() is None
        return {document["id"] for document in json.loads(part.read("documents.json"))}


def sets(path: Path) -> list[dict[str, Any]]:
    with zipfile.ZipFile(path) as part:
        listed: list[dict[str, Any]] = json.loads(part.read("sets.json"))
        return listed


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("generated")
    return generate(folder, seed=11, documents=120, documents_per_set=20).corpus


def test_a_corpus_that_fits_comes_back_unchanged(corpus: Path, tmp_path: Path) -> None:
    assert split_corpus(corpus, tmp_path) == [corpus]
    assert list(tmp_path.iterdir()) == []


def test_parts_keep_to_the_number_of_documents(corpus: Path, tmp_path: Path) -> None:
    parts = split_corpus(corpus, tmp_path, max_documents=50)
    assert [len(names(part)) for part in parts] == [40, 40, 40]
    assert set().union(*map(names, parts)) == names(corpus)


def test_parts_keep_to_the_number_of_bytes(corpus: Path, tmp_path: Path) -> None:
    limit = corpus.stat().st_size // 3
    parts = split_corpus(corpus, tmp_path, max_bytes=limit)
    assert len(parts) > 3
    assert all(part.stat().st_size <= limit for part in parts)
    assert sum(len(names(part)) for part in parts) == 120


def test_source_sets_stay_whole_where_they_fit(corpus: Path, tmp_path: Path) -> None:
    parts = split_corpus(corpus, tmp_path, max_documents=50)
    held = [one["id"] for part in parts for one in sets(part) if one["type"] == "SOURCE"]
    assert len(held) == len(set(held)) == 7  # six with documents, one empty


def test_a_set_over_the_limit_is_divided(corpus: Path, tmp_path: Path) -> None:
    parts = split_corpus(corpus, tmp_path, max_documents=15)
    assert all(len(names(part)) <= 15 for part in parts)
    assert set().union(*map(names, parts)) == names(corpus)


def test_each_part_is_a_corpus_of_its_own(corpus: Path, tmp_path: Path) -> None:
    for path in split_corpus(corpus, tmp_path, max_documents=30):
        documents = names(path)
        with open_corpus(path) as part:
            assert part.strangers == []
            assert set(part.document_ids) == documents
            assert {one for listed in part.sets() for one in listed.documents} == documents
            assert all(listed.count == len(listed.documents) for listed in part.sets())


def test_parts_inspect_without_errors(corpus: Path, tmp_path: Path) -> None:
    for path in split_corpus(corpus, tmp_path, max_documents=30):
        inspection = inspect([path])
        assert inspection.counts["documents"] == len(names(path))
        assert "error" not in {finding.level for finding in inspection.findings}


def test_parts_have_the_services_zip_shape(corpus: Path, tmp_path: Path) -> None:
    for path in split_corpus(corpus, tmp_path, max_documents=50):
        with zipfile.ZipFile(path) as part:
            assert part.namelist()[:2] == ["documents.json", "sets.json"]
            assert {entry.flag_bits for entry in part.infolist()} == {0x808}


def test_joined_parts_compare_identical(corpus: Path, tmp_path: Path) -> None:
    parts = split_corpus(corpus, tmp_path, max_documents=15)
    assert compare([corpus], parts).totals == {}
    assert compare(parts[:-1], [corpus]).totals.keys() == {
        "extra_document",
        "extra_document_set",
    }


def test_real_exports_joined_again_compare_identical(shared_data: Path, tmp_path: Path) -> None:
    for corpus in sorted(shared_data.glob("*/corpus-*.zip")):
        into = tmp_path / corpus.parent.name
        into.mkdir()
        parts = split_corpus(corpus, into, max_documents=9)
        assert len(parts) > 1
        assert compare([corpus], parts).totals == {}


def test_only_takes_the_named_documents(corpus: Path, tmp_path: Path) -> None:
    wanted = set(sorted(names(corpus))[::7])
    (part,) = split_corpus(corpus, tmp_path, only=wanted | {"unknown-1"})
    assert names(part) == wanted
    assert all(one["documents"] for one in sets(part))
    assert split_corpus(corpus, tmp_path, only=set()) == []


def test_an_unpacked_folder_is_packed(corpus: Path, tmp_path: Path) -> None:
    folder = tmp_path / "unpacked"
    with zipfile.ZipFile(corpus) as packed:
        packed.extractall(folder)
    parts = split_corpus(folder, tmp_path)
    assert len(parts) == 1
    assert compare([corpus], parts).identical


def test_an_abort_leaves_no_part_behind(corpus: Path, tmp_path: Path) -> None:
    class Stopped(Exception):
        pass

    def stop(done: int, total: int | None) -> None:
        assert total == 120
        if done == 70:
            raise Stopped

    with pytest.raises(Stopped):
        split_corpus(corpus, tmp_path, max_documents=50, progress=stop)
    assert list(tmp_path.iterdir()) == []
