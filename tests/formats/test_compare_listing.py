"""Each single edit of documents.json, sets.json or a whole file is found and nothing else is."""

from collections.abc import Callable
from pathlib import Path

import pytest

from migrator.formats.compare import Comparison, compare
from sandbox.generator import GeneratedExport, generate
from tests.formats.plain_exports import Plain, PlainCorpus, read_plain, with_new_ids


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> GeneratedExport:
    return generate(
        tmp_path_factory.mktemp("generated"), seed=31, documents=56, tokens_per_document=40
    )


@pytest.fixture(scope="module")
def corpus(export: GeneratedExport) -> PlainCorpus:
    return read_plain(export.corpus)


def outcome(export: GeneratedExport, edited: PlainCorpus, folder: Path) -> Comparison:
    return compare([export.corpus], [edited.write(folder / "edited.zip")])


@pytest.mark.parametrize("reissued", [False, True])
def test_a_document_dropped(
    export: GeneratedExport, corpus: PlainCorpus, tmp_path: Path, reissued: bool
) -> None:
    edited = corpus.copy()
    gone = edited.documents.pop(7)["id"]
    del edited.ground_truths[gone]
    for one in edited.sets:
        one["documents"] = [member for member in one["documents"] if member != gone]
    edited = with_new_ids(edited) if reissued else edited
    found = outcome(export, edited, tmp_path)
    assert found.totals == {"missing_document": 1}
    assert gone in found.examples[0].subject


def test_a_document_renamed(export: GeneratedExport, corpus: PlainCorpus, tmp_path: Path) -> None:
    edited = corpus.copy()
    edited.documents[2]["name"] = "other.txt"
    assert outcome(export, edited, tmp_path).totals == {"changed_name": 1}
    reissued = with_new_ids(edited)
    assert outcome(export, reissued, tmp_path).totals == {"changed_name": 1}


def test_a_text_changed_in_the_list_only(
    export: GeneratedExport, corpus: PlainCorpus, tmp_path: Path
) -> None:
    edited = corpus.copy()
    edited.documents[2]["text"] += "!"
    assert outcome(export, edited, tmp_path).totals == {"changed_text": 1}


def test_a_ground_truth_lost_or_unreadable(
    export: GeneratedExport, corpus: PlainCorpus, tmp_path: Path
) -> None:
    edited = corpus.copy()
    gone = edited.documents[2]["id"]
    truth = edited.ground_truths.pop(gone)
    assert outcome(export, edited, tmp_path).totals == {"missing_ground_truth": 1}
    edited.ground_truths[gone] = truth | {"sentences": "obscured"}
    assert outcome(export, edited, tmp_path).totals == {"changed_ground_truth": 1}


def members(corpus: PlainCorpus, kind: str) -> Plain:
    found: Plain = next(one for one in corpus.sets if one["type"] == kind)
    return found


def drop_member(corpus: PlainCorpus) -> None:
    members(corpus, "TRAINING")["documents"].pop()


def other_annotator(corpus: PlainCorpus) -> None:
    members(corpus, "ASSIGNMENT")["annotator"] = "annotator-9@example.com"


def rename_set(corpus: PlainCorpus) -> None:
    members(corpus, "SOURCE")["name"] = "Renamed"


def drop_set(corpus: PlainCorpus) -> None:
    corpus.sets.remove(members(corpus, "BLIND"))


def add_set(corpus: PlainCorpus) -> None:
    corpus.sets.append(members(corpus, "SOURCE") | {"id": "new", "name": "New"})


SET_EDITS: dict[Callable[[PlainCorpus], None], str] = {
    drop_member: "changed_document_set",
    other_annotator: "changed_document_set",
    rename_set: "changed_document_set",
    drop_set: "missing_document_set",
    add_set: "extra_document_set",
}


@pytest.mark.parametrize("edit", SET_EDITS)
@pytest.mark.parametrize("reissued", [False, True])
def test_an_edit_of_one_document_set(
    export: GeneratedExport,
    corpus: PlainCorpus,
    tmp_path: Path,
    edit: Callable[[PlainCorpus], None],
    reissued: bool,
) -> None:
    edited = corpus.copy()
    edit(edited)
    edited = with_new_ids(edited) if reissued else edited
    assert outcome(export, edited, tmp_path).totals == {SET_EDITS[edit]: 1}
