"""A corpus is read in every shape that people give it, and written as the service writes it."""

import io
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from migrator.formats.corpus import open_corpus
from migrator.formats.corpus_writer import write_corpus
from migrator.formats.errors import FormatError
from migrator.formats.ground_truth import read_ground_truth, write_ground_truth
from migrator.formats.inspect import inspect
from migrator.formats.open_structs import to_plain
from tests.formats.small_exports import DOCUMENTS, document_id, small_corpus, write_corpus_zip
from tests.formats.zips import entries_of, zipped


def test_real_corpora_come_back_byte_for_byte(shared_data: Path) -> None:
    paths = list(shared_data.glob("*/corpus*.zip"))
    assert len(paths) == 6
    for path in paths:
        again = io.BytesIO()
        with open_corpus(path) as corpus:
            truths = [
                (name, write_ground_truth(read_ground_truth(payload)))
                for name, payload in corpus.ground_truths()
            ]
            write_corpus(again, corpus.documents(), corpus.sets(), truths)
        _assert_same(path, again)


def _assert_same(path: Path, again: io.BytesIO) -> None:
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(again) as after:
        assert before.namelist() == after.namelist()
        for ours, theirs in zip(after.infolist(), before.infolist(), strict=True):
            shape = (theirs.flag_bits, theirs.create_version, theirs.external_attr, theirs.extra)
            assert (ours.flag_bits, ours.create_version, ours.external_attr, ours.extra) == shape
            if theirs.filename == "sets.json":  # in 2017 its keys had another order
                assert json.loads(after.read(ours)) == json.loads(before.read(theirs))
            else:
                assert after.read(ours) == before.read(theirs)


def test_unknown_fields_come_back(tmp_path: Path) -> None:
    corpus = small_corpus()
    corpus.documents[0]["later"] = {"a": [1, None]}
    corpus.sets[0]["later"] = True
    truth = corpus.ground_truths[document_id(0)]
    truth["later"] = 1.5
    truth["mentions"][0]["later"] = "x"
    with open_corpus(write_corpus_zip(tmp_path, corpus)) as opened:
        assert [to_plain(one) for one in opened.documents()] == corpus.documents
        assert [to_plain(one) for one in opened.sets()] == corpus.sets
        payload = opened.ground_truth(document_id(0))
    assert json.loads(write_ground_truth(read_ground_truth(payload))) == truth


def test_the_corpus_of_2016_is_read(tmp_path: Path) -> None:
    corpus = small_corpus()
    for one in corpus.documents:
        del one["createdDate"], one["status"], one["modifiedDate"]
    corpus.sets[0]["id"] = "5b1c9c70-0000-11e9-8000-0000000000ff"
    corpus.sets[2]["annotator"] = 17
    for truth in corpus.ground_truths.values():
        truth["version"] = 2
        del truth["preannotation"]
        truth["sentences"][0]["tokens"][0] |= {
            "tokenType": "W",
            "partOfSpeech": "DT",
            "lemma": "the",
        }
    path = write_corpus_zip(tmp_path, corpus)
    assert inspect([path]).findings == []
    with open_corpus(path) as opened:
        assert [to_plain(one) for one in opened.sets()] == corpus.sets


def _below_a_folder(name: str) -> str:
    return f"corpus of mine/{name}"


VARIANTS: dict[str, Callable[[str], str]] = {
    "below a folder": _below_a_folder,
    "with backslashes": lambda name: _below_a_folder(name).replace("/", "\\"),
}


@pytest.mark.parametrize("variant", VARIANTS)
def test_names_may_be_packed_another_way(variant: str, tmp_path: Path) -> None:
    members = entries_of(write_corpus_zip(tmp_path))
    before = inspect([tmp_path]).counts
    rename = VARIANTS[variant]
    again = zipped(tmp_path / "again.zip", [(rename(name), payload) for name, payload in members])
    assert inspect([again]).counts == before


def test_order_printing_junk_and_folder_entries_do_not_matter(tmp_path: Path) -> None:
    path = write_corpus_zip(tmp_path)
    before = inspect([path])
    compact = [
        (name, json.dumps(json.loads(payload), separators=(",", ":"), sort_keys=True).encode())
        for name, payload in reversed(entries_of(path))
    ]
    junk = [("gt/", b""), ("__MACOSX/gt/._a.json", b"x"), ("gt/.DS_Store", b"x")]
    again = inspect([zipped(tmp_path / "again.zip", [*junk, *compact])])
    assert (again.counts, again.findings) == (before.counts, before.findings)


def test_an_unpacked_folder_is_read(tmp_path: Path) -> None:
    path = write_corpus_zip(tmp_path)
    folder = tmp_path / "unpacked"
    with zipfile.ZipFile(path) as opened:
        opened.extractall(folder)
    inspection = inspect([folder])
    assert (inspection.counts, inspection.findings) == (inspect([path]).counts, [])


def test_strange_files_in_a_corpus_are_noted(tmp_path: Path) -> None:
    members = [*entries_of(write_corpus_zip(tmp_path)), ("notes.txt", b"")]
    (finding,) = inspect([zipped(tmp_path / "again.zip", members)]).findings
    assert (finding.code, finding.examples) == ("stray_file", ["notes.txt"])


def test_a_corpus_without_sets_is_an_error_but_readable(tmp_path: Path) -> None:
    members = [one for one in entries_of(write_corpus_zip(tmp_path)) if one[0] != "sets.json"]
    inspection = inspect([zipped(tmp_path / "again.zip", members)])
    assert [one.code for one in inspection.findings] == ["sets_missing"]
    assert inspection.counts["documents"] == DOCUMENTS


def test_an_empty_corpus_has_zero_counts_and_no_finding(tmp_path: Path) -> None:
    path = tmp_path / "corpus.zip"
    with path.open("wb") as file:
        write_corpus(file, [], [], [])
    inspection = inspect([path])
    assert set(inspection.counts.values()) == {0}
    assert inspection.findings == []


BAD_TRUTHS: dict[str, tuple[bytes, str]] = {
    "no JSON": (b"AAECAwQFBgc=", "obscured_document"),
    "empty": (b"", "obscured_document"),
    "NaN": (b'{"text": "a", "docLength": NaN}', "obscured_document"),
    "deep": (b'{"x": ' + b"[" * 99_999 + b"]" * 99_999 + b"}", "obscured_document"),
    "other encoding": ('{"id": "é"}'.encode("utf-16"), "obscured_document"),
    "a list": (b"[]", "ground_truth_malformed"),
    "a huge number": (
        b'{"mentions": [{"id": "a", "type": "b", "begin": 1e400, "end": 2}]}',
        "ground_truth_malformed",
    ),
    "a text as offset": (b'{"sentences": [{"begin": "0"}]}', "ground_truth_malformed"),
    "a mention without offsets": (b'{"mentions": [{"id": "a"}]}', "ground_truth_malformed"),
}


@pytest.mark.parametrize("case", BAD_TRUTHS)
def test_a_bad_ground_truth_is_a_finding_and_stops_nothing(case: str, tmp_path: Path) -> None:
    payload, code = BAD_TRUTHS[case]
    target = f"gt/{document_id(3)}.json"
    members = [
        (name, payload if name == target else before)
        for name, before in entries_of(write_corpus_zip(tmp_path))
    ]
    inspection = inspect([zipped(tmp_path / "again.zip", members)])
    assert [(one.code, one.documents) for one in inspection.findings] == [(code, 1)]
    assert inspection.counts["mentions"] == 3 * (DOCUMENTS - 1)


def test_lone_surrogates_and_huge_integers_are_read(tmp_path: Path) -> None:
    corpus = small_corpus()
    truth = corpus.ground_truths[document_id(0)]
    truth["mentions"][1]["properties"]["SIRE_MENTION_TYPE"] = "\udc00"
    truth["mentions"][2] |= {"begin": 10**30, "end": 10**31}
    inspection = inspect([write_corpus_zip(tmp_path, corpus)])
    assert {one.code for one in inspection.findings} == {
        "unknown_mention_type",
        "offset_out_of_range",
    }
    json.dumps(inspection.to_json_dict(), ensure_ascii=False).encode()


def test_documents_that_are_not_what_they_should_be_are_left_out(tmp_path: Path) -> None:
    corpus = small_corpus()
    corpus.documents[3]["text"] = 7
    inspection = inspect([write_corpus_zip(tmp_path, corpus)])
    assert inspection.counts["documents"] == DOCUMENTS - 1
    found = {one.code for one in inspection.findings}
    assert found == {
        "malformed_document",
        "ground_truth_without_document",
        "set_missing_document",
    }


@pytest.mark.parametrize("payload", [b"", b"{}", b"[{", b"<html>", b'[{"id": "a"} {]'])
def test_a_documents_json_that_is_none_is_refused(payload: bytes, tmp_path: Path) -> None:
    members = [("documents.json", payload), ("sets.json", b"[]")]
    with pytest.raises(FormatError, match=r"documents\.json|A document"):
        inspect([zipped(tmp_path / "a.zip", members)])


def test_writing_needs_no_seek_and_stamps_the_time_that_is_given() -> None:
    class Pipe:
        def __init__(self) -> None:
            self.taken = b""

        def write(self, piece: bytes, /) -> int:
            self.taken += piece
            return len(piece)

    corpus = small_corpus()
    truths = ((key, json.dumps(value).encode()) for key, value in corpus.ground_truths.items())
    pipe = Pipe()
    moment = datetime(2024, 2, 29, 13, 5, 8, tzinfo=UTC)
    write_corpus(pipe, iter(corpus.documents), iter(corpus.sets), truths, made_at=moment)
    with zipfile.ZipFile(io.BytesIO(pipe.taken)) as opened:
        assert opened.testzip() is None
        assert {one.date_time for one in opened.infolist()} == {(2024, 2, 29, 13, 5, 8)}
        assert {one.flag_bits for one in opened.infolist()} == {0x808}


def test_too_few_annotated_documents_are_counted_up_to_ten(tmp_path: Path) -> None:
    corpus = small_corpus()
    for truth in list(corpus.ground_truths.values())[:9]:
        truth |= {"mentions": [], "relations": [], "corefs": []}
    found = {one.code: one for one in inspect([write_corpus_zip(tmp_path, corpus)]).findings}
    assert found["too_few_to_train"].count == 7
    assert found["too_few_to_train"].examples == ["3 of 10"]
    assert found["document_without_mentions"].documents == 9
