"""Files are told apart by content; a stranger is named, with what to bring instead."""

import json
from pathlib import Path

import pytest

from migrator.formats.errors import FormatError
from migrator.formats.kinds import Kind
from migrator.formats.recognize import recognize
from tests.formats.small_exports import (
    WORKSPACE,
    write_corpus_zip,
    write_dictionaries_zip,
    write_types,
)
from tests.formats.zips import zipped


def test_each_part_of_a_workspace_is_known_under_any_name(tmp_path: Path) -> None:
    parts = {
        Kind.TYPE_SYSTEM: write_types(tmp_path),
        Kind.CORPUS: write_corpus_zip(tmp_path),
        Kind.DICTIONARIES: write_dictionaries_zip(tmp_path),
    }
    for kind, path in parts.items():
        renamed = path.rename(tmp_path / f"{kind}.holiday.jpg")
        recognized = recognize(renamed)
        assert recognized.kind == kind
        assert recognized.sentence.endswith(".")


def test_the_workspace_comes_from_the_content_else_from_a_downloads_name(tmp_path: Path) -> None:
    assert recognize(write_types(tmp_path).rename(tmp_path / "a")).workspace_id == WORKSPACE
    corpus = write_corpus_zip(tmp_path)
    assert recognize(corpus).workspace_id == WORKSPACE
    assert recognize(corpus.rename(tmp_path / "b.zip")).workspace_id == ""
    assert recognize(write_dictionaries_zip(tmp_path)).workspace_id == WORKSPACE


def test_real_exports_are_known(shared_data: Path) -> None:
    kinds = {
        path.relative_to(shared_data).as_posix(): recognize(path).kind
        for path in shared_data.glob("*/*")
    }
    for name, kind in kinds.items():
        if name.endswith(".json"):
            assert kind == Kind.TYPE_SYSTEM
        elif name.endswith(".csv"):
            assert kind == Kind.DICTIONARY
        else:
            assert kind == (Kind.DICTIONARIES if "_dictionary_" in name else Kind.CORPUS)


STRANGERS: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "empty"),
    "blank": (b"\n \n", "empty"),
    "sign-in page": (b"\n<!DOCTYPE html><html><body>Sign in</body></html>", "html"),
    "XML": (b'<?xml version="1.0"?><a/>', "xml"),
    "PDF": (b"%PDF-1.7 ...", "pdf"),
    "old Word": (b"\xd0\xcf\x11\xe0\xa1\xb1", "office"),
    "gzip": (b"\x1f\x8b\x08", "gzip"),
    "7-Zip": (b"7z\xbc\xaf\x27\x1c", "7z"),
    "Discovery": (b'[{"id":"1","text":"a","mentions":[]}]', "discovery"),
    "documents.json alone": (b'[{"id":"1","name":"n","text":"a"}]', "corpus_part"),
    "sets.json alone": (b'[{"id":"1","documents":[],"type":"ALL"}]', "corpus_part"),
    "a ground truth alone": (b'{"sentences":[],"mentions":[]}', "corpus_part"),
    "schema.json alone": (b'[{"id":"1","name":"n","posCodes":[]}]', "dictionaries_part"),
    "other JSON": (b'{"a": 1}', "json"),
    "a list of numbers": (b"[1, 2]", "json"),
    "text": (b"one\ntwo\n", "text"),
    "noise": (bytes(range(256)), "binary"),
}


@pytest.mark.parametrize("case", STRANGERS)
def test_a_strange_file_is_named(case: str, tmp_path: Path) -> None:
    payload, near = STRANGERS[case]
    path = tmp_path / "types.json"
    path.write_bytes(payload)
    recognized = recognize(path)
    assert (recognized.kind, recognized.near) == (Kind.UNKNOWN, near)
    assert "Bring" in recognized.sentence


STRANGE_ZIPS: dict[str, tuple[list[str], str]] = {
    "Discovery": (["metadata.json", "labeled_data.json"], "discovery"),
    "PEAR": (["metadata/install.xml", "desc/annotator.xml"], "pear"),
    "SIRE profile": (["en-klue2/editor.xml", "en-klue2/types.dtd"], "sire_profile"),
    "model": (["model/weights.bin", "manifest.json"], "model"),
    "Word": (["[Content_Types].xml", "word/document.xml"], "office"),
    "pictures": (["a.png"], "zip"),
    "several files": (["types.json", "corpus.zip"], "bundle"),
    "two corpora": (["a/documents.json", "b/documents.json"], "bundle"),
    "document CSVs": (["a.csv"], "bundle"),
}


@pytest.mark.parametrize("case", STRANGE_ZIPS)
def test_a_strange_zip_is_named(case: str, tmp_path: Path) -> None:
    names, near = STRANGE_ZIPS[case]
    path = zipped(tmp_path / "corpus.zip", [(name, b"name,text") for name in names])
    recognized = recognize(path)
    assert (recognized.kind, recognized.near) == (Kind.UNKNOWN, near)


def test_an_archive_is_known(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", [("bagit.txt", b""), ("data/types-1.json", b"{}")])
    assert recognize(path).kind == Kind.ARCHIVE


@pytest.mark.parametrize(
    "payload",
    [
        b'"claim 1","The bumper\nhas a dent."\r\n"claim 2","None."\r\n',
        b"\xef\xbb\xbfclaim 1,The bumper\rclaim 2,None.\r",
        b"claim 1,The bumper,\nclaim 2,None.,\n",
    ],
)
def test_documents_in_two_columns_are_known(payload: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(payload)
    assert recognize(path).kind == Kind.DOCUMENTS


def test_a_long_csv_is_known_by_its_beginning(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("claim,“" + "é" * 40_000 + "”\n" + "claim,text\n" * 9_000, encoding="utf-8")
    assert recognize(path).kind == Kind.DOCUMENTS


@pytest.mark.parametrize("payload", [b'{"entityTypes": [', b'[{"id": "1"', b"{\xff\xfe}"])
def test_json_that_is_cut_off_is_refused(payload: bytes, tmp_path: Path) -> None:
    path = tmp_path / "types.json"
    path.write_bytes(payload)
    with pytest.raises(FormatError, match="begins like JSON"):
        recognize(path)


def test_a_missing_file_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="cannot be opened"):
        recognize(tmp_path / "nothing.zip")


def test_an_unpacked_corpus_is_known_and_a_folder_of_files_is_a_bundle(tmp_path: Path) -> None:
    (tmp_path / "documents.json").write_text(json.dumps([]))
    assert recognize(tmp_path).kind == Kind.CORPUS
    parent = tmp_path / "bundle"
    parent.mkdir()
    write_types(parent)
    assert recognize(parent).near == "bundle"
