"""Sentences and tokens, made anew for every uploaded document as the service does.

The service's own rules are unpublished; these were fitted to public exports and agree with most of
their sentences. The same text always gives the same answer.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

Span = tuple[int, int]  # begin and end (exclusive) in code points

# Words before a full stop that rarely ends a sentence.
ABBREVIATIONS = frozenset(
    """
    mr mrs ms dr prof st vs etc inc ltd co corp no nos fig al approx dept est min max oz lb lbs rs
    jan feb mar apr jun jul aug sep sept oct nov dec bzw ca evtl ggf nr usw sr sra av ud uds
    """.split()  # noqa: SIM905 - reads better than sixty quoted words
)
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n\s*")
_STOP = r"(?<![.!?\s])[.!?]['\"”’)\]]*"
_BEFORE_CAPITAL = re.compile(rf"{_STOP}(?=\s+[\"'“(\[]?[A-ZÀ-ÖØ-Þ]|<)|[。！？]+")
_BEFORE_ANYTHING = re.compile(rf"{_STOP}(?=\s)|[。！？]+")
_LAST_WORD = re.compile(r"(\w+)\.$")

_COMMON = r"</?\w+|/>|&\w+;|https?://\S+|[\u3040-\u30ff\u4e00-\u9fff]|\d+(?:[.,]\d+)+"
_ML = re.compile(rf"{_COMMON}|\w+(?:[-&]\w+)*|['’]\w+|([^\w\s])\1*")
_DICTIONARY = re.compile(rf"{_COMMON}|\w+|([^\w\s])")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence with its tokens."""

    begin: int
    end: int
    tokens: list[Span]


def sentences(text: str, tokenizer: str) -> list[Sentence]:
    """The sentences of `text`: ordered, disjoint, only whitespace between them.

    `tokenizer` is `ml` or `dictionary`; the latter also ends a sentence before a small letter and
    parts words at hyphens.
    """
    tokens = _ML if tokenizer == "ml" else _DICTIONARY
    found = []
    for begin, end in _sentence_spans(text, tokenizer):
        spans = [match.span() for match in tokens.finditer(text, begin, end)]
        found.append(Sentence(begin, end, spans))
    return found


def _sentence_spans(text: str, tokenizer: str) -> Iterator[Span]:
    stop = _BEFORE_CAPITAL if tokenizer == "ml" else _BEFORE_ANYTHING
    for begin, end in _paragraphs(text):
        at = begin
        for match in stop.finditer(text, begin, end):
            if not _is_abbreviation(text, match.start()):
                yield from _trimmed(text, at, match.end())
                at = match.end()
        yield from _trimmed(text, at, end)


def _paragraphs(text: str) -> Iterator[Span]:
    at = 0
    for match in _BLANK_LINE.finditer(text):
        yield at, match.start()
        at = match.end()
    yield at, len(text)


def _is_abbreviation(text: str, stop: int) -> bool:
    """Whether the full stop at `stop` belongs to an abbreviation or an initial."""
    word = _LAST_WORD.search(text, max(0, stop - 12), stop + 1)
    if word is None:
        return False
    return word[1].lower() in ABBREVIATIONS or (len(word[1]) == 1 and word[1].isupper())


def _trimmed(text: str, begin: int, end: int) -> Iterator[Span]:
    """The span without whitespace at its edges, if anything is left."""
    part = text[begin:end]
    if stripped := part.strip():
        begin += part.index(stripped[0])
        yield begin, begin + len(stripped)
