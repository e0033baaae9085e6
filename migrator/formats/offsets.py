"""The unit of offsets: code points or UTF-16 units. Nobody knows, so each document is asked.

Tokens and sentences carry their own text, which fits in one of the two units; where both fit,
they are equal. Everything behind this module counts code points.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Protocol

from migrator.formats.ground_truth import SentenceSpan

_BEYOND_BMP = 0xFFFF


class _Span(Protocol):
    begin: int
    end: int


class _Annotated(Protocol):
    @property
    def text(self) -> str: ...
    @property
    def sentences(self) -> Sequence[SentenceSpan]: ...
    @property
    def mentions(self) -> Sequence[_Span]: ...


def is_beyond_bmp(text: str) -> bool:
    """Whether the two units differ in `text`."""
    return not text.isascii() and ord(max(text)) > _BEYOND_BMP


def count_code_points(annotations: _Annotated) -> bool:
    """Convert UTF-16 offsets to code points in place; True where they were UTF-16."""
    text = annotations.text
    if not text or not is_beyond_bmp(text) or _fits(annotations):
        return False
    starts = [0, *accumulate(2 if ord(letter) > _BEYOND_BMP else 1 for letter in text)]
    before = [(span, span.begin, span.end) for span in _spans(annotations)]
    for span, begin, end in before:
        span.begin, span.end = _place(starts, begin), _place(starts, end)
    if _fits(annotations):
        return True
    for span, begin, end in before:
        span.begin, span.end = begin, end
    return False


def _fits(annotations: _Annotated) -> bool:
    text = annotations.text
    return all(
        text[sentence.begin : sentence.end] == sentence.text
        and all(text[token.begin : token.end] == token.text for token in sentence.tokens)
        for sentence in annotations.sentences
    )


def _spans(annotations: _Annotated) -> Iterable[_Span]:
    for sentence in annotations.sentences:
        yield sentence
        yield from sentence.tokens
    yield from annotations.mentions


def _place(starts: list[int], unit: int) -> int:
    """The code point that begins at a UTF-16 unit; beyond the text stays beyond it."""
    if not 0 <= unit <= starts[-1]:
        return unit
    return bisect_left(starts, unit)
