"""Compares text, sentences and tokens of two versions of a document."""

import re
from collections.abc import Sequence
from itertools import zip_longest
from typing import TypeAlias

from migrator.formats.compare_content import Digest
from migrator.formats.differences import Difference
from migrator.formats.ground_truth import Annotations

SPLIT_ANEW = (
    "The text is the same. The upload cut it into sentences and words anew: what is shown are the "
    "first pieces that differ."
)
SPLIT_ESCAPE = (
    "The text is the same. It holds a sign in escaped form, such as “&amp;”, which one side keeps "
    "as one word and the other takes apart."
)
# A sign that HTML writes in letters, left in a text.
_ESCAPE = re.compile(r"&#?\w+;")
_AROUND = 30  # characters shown of a text, from where it differs

Span: TypeAlias = tuple[int, int, str]


def compare_text(left: Annotations, right: Annotations, subject: str) -> list[Difference]:
    """Language, text, sentences and tokens: at most one difference each."""
    found = []
    if left.language != right.language:
        sides = left.language or "", right.language or ""
        found.append(Difference("changed_language", "documents", subject, "language", "", *sides))
    if left.text != right.text:
        found.append(changed_text(subject, left.text, right.text, "text of the ground truth"))
    is_same = left.text == right.text
    for name, ours, theirs in (
        ("sentences", _sentences(left), _sentences(right)),
        ("tokens", _tokens(left), _tokens(right)),
    ):
        if ours != theirs:
            reason = _why(ours, theirs) if is_same else ""
            found.append(_changed_spans(name, subject, ours, theirs, reason))
    return found


def _why(ours: list[Span], theirs: list[Span]) -> str:
    """Why equal texts came out in other pieces, by the first that differs."""
    place = _first_difference(ours, theirs)
    pieces = [spans[place][2] for spans in (ours, theirs) if place < len(spans)]
    is_escape = any(_ESCAPE.fullmatch(piece) for piece in pieces)
    return SPLIT_ESCAPE if is_escape else SPLIT_ANEW


def splitting_by_digest(left: Digest, right: Digest, subject: str) -> list[Difference]:
    """What `compare_text` says of two equal texts, less the places: from digests alone."""
    parts = (
        ("sentences", left.sentences, right.sentences),
        ("tokens", left.tokens, right.tokens),
    )
    return [
        Difference(
            kind=f"changed_{name}",
            part=name,
            subject=subject,
            reason=SPLIT_ANEW,
            left=f"{left.count(name)} {name}",
            right=f"{right.count(name)} {name}",
        )
        for name, ours, theirs in parts
        if ours != theirs
    ]


def changed_text(subject: str, left: str, right: str, what: str) -> Difference:
    """A text that differs: from where on, and how it goes on at either side."""
    place = _first_difference(left, right)
    return Difference(
        kind="changed_text",
        part="documents",
        subject=subject,
        detail=f"{what}, from character {place}",
        left=left[place : place + _AROUND],
        right=right[place : place + _AROUND],
    )


def _first_difference(left: Sequence[object], right: Sequence[object]) -> int:
    pairs = enumerate(zip_longest(left, right))
    return next((place for place, (one, other) in pairs if one != other), len(left))


def _sentences(content: Annotations) -> list[Span]:
    return [(one.begin, one.end, one.text) for one in content.sentences]


def _tokens(content: Annotations) -> list[Span]:
    return [
        (token.begin, token.end, token.text)
        for sentence in content.sentences
        for token in sentence.tokens
    ]


def _changed_spans(
    name: str, subject: str, ours: list[Span], theirs: list[Span], reason: str
) -> Difference:
    differing = len(set(ours) ^ set(theirs))
    place = _first_difference(ours, theirs)
    return Difference(
        kind=f"changed_{name}",
        part=name,
        subject=subject,
        detail=f"{differing} spans stand on one side only; the first is number {place + 1}",
        reason=reason,
        left=_told(name, ours, place),
        right=_told(name, theirs, place),
    )


def _told(name: str, spans: list[Span], place: int) -> str:
    count = f"{len(spans)} {name}"
    if place >= len(spans):
        return count
    begin, end, text = spans[place]
    return f"{count}; number {place + 1} is “{text[:_AROUND]}”, characters {begin}–{end}"
