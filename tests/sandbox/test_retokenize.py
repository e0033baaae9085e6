"""What new sentences and tokens do to annotations."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migrator.formats.errors import FormatError
from sandbox.obscure import obscured, revealed
from sandbox.retokenize import plain_text, read_ground_truth, retokenized
from sandbox.tokenizing import sentences

HEAD = {"id": "new-0", "name": "A", "createdDate": 0, "status": "READY", "modifiedDate": 1}
TEXTS = st.text(alphabet="aB1 .!?\n\"'-,é。\U0001f600", max_size=80)


def _mention(number: int, begin: int, end: int) -> dict[str, Any]:
    return {"id": f"m{number}", "properties": {}, "type": "T", "begin": begin, "end": end}


def _truth(text: str, mentions: list[dict[str, Any]], **parts: Any) -> bytes:
    whole = {"id": "old", "text": text, "language": "EN", "sentences": [], "mentions": mentions}
    return json.dumps({**whole, **parts}).encode()


def _kept(content: bytes, tokenizer: str = "ml") -> dict[str, Any]:
    made, _ = retokenized(read_ground_truth(content), HEAD, tokenizer)
    truth: dict[str, Any] = json.loads(made)
    return truth


def test_a_mention_that_crosses_a_sentence_goes_with_its_relations() -> None:
    mentions = [_mention(1, 0, 3), _mention(2, 4, 12), _mention(3, 10, 13)]
    relations = [
        {"id": "r1", "properties": {}, "type": "R", "args": ["m1", "m2"]},
        {"id": "r2", "properties": {}, "type": "R", "args": ["m1", "m3"]},
    ]
    chains = [
        {"id": "c1", "properties": {}, "mentions": ["m1", "m2"]},
        {"id": "c2", "properties": {}, "mentions": ["m2"]},
    ]
    kept = _kept(_truth("One two. Three.", mentions, relations=relations, corefs=chains))
    assert [each["id"] for each in kept["mentions"]] == ["m1", "m3"]
    assert [each["id"] for each in kept["relations"]] == ["r2"]
    assert [each["mentions"] for each in kept["corefs"]] == [["m1"]]


def test_links_to_mentions_that_never_were_stay_as_they_came() -> None:
    relations = [{"id": "r1", "properties": {}, "type": "R", "args": ["m1", "unknown"]}]
    kept = _kept(_truth("One two.", [_mention(1, 0, 3)], relations=relations))
    assert kept["relations"] == relations


def test_the_two_tokenizers_differ() -> None:
    text = "It ended. then it went on well-known ways."
    assert len(sentences(text, "ml")) == 1
    assert len(sentences(text, "dictionary")) == 2
    mention = _mention(1, 0, 14)
    assert _kept(_truth(text, [mention]))["mentions"]
    assert not _kept(_truth(text, [mention]), "dictionary")["mentions"]


def test_abbreviations_and_initials_end_no_sentence() -> None:
    text = "Rs. 50 at St. Mary by J. Doe. Next!"
    assert [text[s.begin : s.end] for s in sentences(text, "ml")] == [
        "Rs. 50 at St. Mary by J. Doe.",
        "Next!",
    ]


@pytest.mark.parametrize("utf16", [True, False])
def test_offsets_stay_in_the_unit_of_the_upload(utf16: bool) -> None:
    text = "\U0001f600 ok. Next one."
    shift = 1 if utf16 else 0
    sentence = {"begin": 0, "end": 5 + shift, "text": "\U0001f600 ok."}
    content = _truth(text, [_mention(1, 6 + shift, 10 + shift)], sentences=[sentence])
    kept = _kept(content)
    assert [each["begin"] for each in kept["sentences"]] == [0, 6 + shift]
    assert kept["mentions"]


@settings(max_examples=200, deadline=None)
@given(TEXTS, st.sampled_from(["ml", "dictionary"]))
def test_sentences_and_tokens_are_what_a_readable_document_has(text: str, tokenizer: str) -> None:
    made, annotated = retokenized(plain_text(text, "en"), HEAD, tokenizer)
    truth = json.loads(made)
    end = 0
    for sentence in truth["sentences"]:
        assert not text[end : sentence["begin"]].strip()
        assert text[sentence["begin"] : sentence["end"]] == sentence["text"]
        at = sentence["begin"]
        for token in sentence["tokens"]:
            assert at <= token["begin"] < token["end"] <= sentence["end"]
            assert text[token["begin"] : token["end"]] == token["text"]
            assert not text[at : token["begin"]].strip()
            at = token["end"]
        assert at == sentence["end"]
        end = sentence["end"]
    assert not text[end:].strip()
    assert not annotated


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"text": 1}', b"\xff"])
def test_what_is_no_ground_truth_is_said_so(content: bytes) -> None:
    with pytest.raises(FormatError):
        read_ground_truth(content)


@pytest.mark.parametrize("number", range(3))
def test_an_obscured_document_goes_back_in(number: int) -> None:
    content, _ = retokenized(plain_text("One. Two.", "en"), HEAD, "ml")
    hidden = obscured(content, number)
    assert hidden != content
    assert revealed(hidden) == content
    assert revealed(content) is None
