"""What a proof says beyond its number of differences."""

from pathlib import Path

import pytest

from migrator.formats.differences import Difference
from migrator.models import ProofFigures, ProofState, Verification
from migrator.models.verifications import standing_of
from migrator.services.perform.proof import Recorder
from migrator.services.proof_documents import brought_again, documents_of


@pytest.mark.parametrize(
    ("totals", "keeps"),
    [
        ({}, False),
        ({"changed_tokens": 3}, True),
        ({"changed_tokens": 3, "changed_sentences": 1}, True),
        ({"changed_tokens": 3, "missing_mention": 1}, False),
    ],
)
def test_only_texts_split_otherwise_lose_no_annotation(totals: dict[str, int], keeps: bool) -> None:
    assert Verification(totals=totals).keeps_every_annotation is keeps


def test_a_document_is_equal_or_only_split_anew_or_another_but_never_two_of_them(
    tmp_path: Path,
) -> None:
    recorder = Recorder(tmp_path / "all.jsonl")
    for kind, part, subject in (
        ("changed_tokens", "tokens", "split"),
        ("changed_sentences", "sentences", "split"),
        ("changed_sentences", "sentences", "lost a mention"),
        ("missing_mention", "mentions", "lost a mention"),
        ("missing_document", "documents", "gone"),
        ("extra_document", "documents", "the target's own"),
        ("changed_entity_type", "types", "PERSON"),
    ):
        recorder(Difference(kind, part, subject))
    recorder.close()
    assert recorder.split_anew == {"split"}
    assert recorder.differing == {"lost a mention", "gone"}


def proof_of(
    documents: int, *, differing: int = 0, split_anew: int | None = 0, **totals: int
) -> Verification:
    proof = Verification(totals=totals, compared={"documents": [documents, documents]})
    proof.figures = ProofFigures(documents_differing=differing, documents_split_anew=split_anew)
    return proof


@pytest.mark.parametrize(
    ("proof", "told"),
    [
        (proof_of(60), "All 60 documents match."),
        (proof_of(1), "The only document matches."),
        (
            proof_of(8954, differing=3, changed_mention=3),
            "8,951 of 8,954 documents match. 3 differ.",
        ),
        (
            proof_of(60, differing=1, split_anew=2, missing_mention=1, changed_tokens=2),
            "57 of 60 documents match. 1 differs. 2 are the same, only split anew by the upload.",
        ),
        (
            proof_of(12, differing=3, missing_document=2, changed_text=1, changed_entity_type=4),
            "9 of 12 documents match. 1 differs. 2 are missing. Beside them: 4 differences.",
        ),
        (
            proof_of(15, split_anew=None, changed_tokens=15),
            "15 of 15 documents kept their text and annotations.",
        ),
    ],
)
def test_a_proof_says_how_many_documents_match(proof: Verification, told: str) -> None:
    documents = documents_of(proof)
    assert documents is not None
    assert documents.told == told


def test_where_nobody_counted_documents_nothing_is_said() -> None:
    assert documents_of(Verification(compared={"documents": [3, 3]})) is None
    assert documents_of(Verification(), ProofFigures(documents_differing=0)) is None


def test_a_further_restore_brings_what_is_missing_but_replaces_no_document() -> None:
    assert brought_again(Verification(totals={"changed_text": 2, "missing_mention": 1})) == 0
    totals = {"missing_document": 2, "missing_dictionary": 1, "extra_entity_type": 5}
    assert brought_again(Verification(totals=totals)) == 3


def test_accepted_differences_are_neither_equal_nor_open() -> None:
    states = Verification.State
    assert standing_of(states.DIFFERENCES, is_accepted=True) == ProofState.ACCEPTED
    assert standing_of(states.DIFFERENCES, is_accepted=False) == ProofState.DIFFERENCES
    assert standing_of(states.VERIFIED, is_accepted=False) == ProofState.VERIFIED
    assert standing_of(states.COULD_NOT, is_accepted=True) == ProofState.COULD_NOT
