"""Composes one readable document: its text, sentences, and what annotators would mark in it."""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

from sandbox.generator import words_de, words_en, words_es

LANGUAGES = {"en": words_en, "de": words_de, "es": words_es}

_SLOT = re.compile(r"\[(\w+):(\w+)(?:/(\w+))?(?:=([^\]]+))?\]")
_PARAGRAPH = 5  # sentences
_MENTION_TYPES = {"Organization": "NAM", "Location": "NAM", "Damage": "NOM", "Part": "NOM"}


class Slot(NamedTuple):
    """A place in a sentence that becomes a mention; `fixed` is a pronoun's text, else empty."""

    key: str
    type: str
    role: str
    fixed: str


class Pattern(NamedTuple):
    """One sentence: literals and slots in order, and (label, source key, target key)."""

    parts: tuple[str | Slot, ...]
    relations: tuple[tuple[str, str, str], ...]


@dataclass(slots=True)
class Mention:
    """A span in code points, end exclusive; `extra` holds the optional properties."""

    id: str
    type: str
    role: str
    subtype: str
    begin: int
    end: int
    mention_type: str = "NONE"
    mention_class: str = "SPC"
    in_coref: bool = False
    source: str = ""
    extra: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Composed:
    """A document's content: offsets in code points, relations as (label, source id, target id)."""

    text: str = ""
    sentences: list[tuple[int, int]] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    relations: list[tuple[str, str, str]] = field(default_factory=list)
    chains: list[list[str]] = field(default_factory=list)


@cache
def patterns(language: str) -> tuple[Pattern, ...]:
    """The sentences of a language, taken apart."""
    return tuple(_pattern(line) for line in LANGUAGES[language].SENTENCES)


def _pattern(line: str) -> Pattern:
    sentence, _, relations = line.partition("|")
    triples = [relation.split() for relation in relations.split(";") if relation]
    return Pattern(tuple(_parts(sentence)), tuple((label, a, b) for a, label, b in triples))


def _parts(sentence: str) -> list[str | Slot]:
    parts: list[str | Slot] = []
    place = 0
    for found in _SLOT.finditer(sentence):
        key, kind, role, fixed = found.groups()
        parts.append(sentence[place : found.start()])
        parts.append(Slot(key, kind, role or kind, fixed or ""))
        place = found.end()
    parts.append(sentence[place:])
    return [part for part in parts if part]


class Composer:
    """Writes one document; the same `rng` state gives the same document."""

    def __init__(self, rng: random.Random, language: str, id_family: str = "s") -> None:
        self.rng = rng
        self.language = language
        self.words: Any = LANGUAGES[language]
        self.product: tuple[str, str] = rng.choice(self.words.WORDS["Product"])
        self.id_family = id_family
        self.pieces: list[str] = []
        self.length = 0
        self.made = Composed()

    def compose(self, tokens: int, remarks: tuple[str, ...] = (), line_end: str = "\n") -> Composed:
        """A text of about `tokens` tokens; `remarks` are sentences that open it."""
        words = self._sentence(self._title(), line_end * 2)
        for remark in remarks:
            words += self._sentence(_pattern(remark), " ")
        for pattern in self._endless():
            if words >= tokens and self.made.mentions:
                break
            count = len(self.made.sentences)
            gap = line_end * 2 if count % _PARAGRAPH == 0 else " "
            words += self._sentence(pattern, gap)
        self._finish()
        return self.made

    def _endless(self) -> Iterator[Pattern]:
        """Every sentence in turn, the one that names the product first, then shuffled rounds."""
        first, *others = patterns(self.language)
        while True:
            yield first
            yield from self.rng.sample(others, len(others))

    def _title(self) -> Pattern:
        number = f"{self.rng.randint(2015, 2021)}-{self.rng.randint(1, 99_999):05}"
        return Pattern((f"{self.rng.choice(self.words.TITLES)} {number}",), ())

    def _sentence(self, pattern: Pattern, gap: str) -> int:
        """Append one sentence and the white space behind it; returns about how many tokens."""
        begin = self.length
        named: dict[str, str] = {}
        for part in pattern.parts:
            if isinstance(part, str):
                self._write(part)
            else:
                named[part.key] = self._mention(part)
        self.made.sentences.append((begin, self.length))
        self.made.relations += [(label, named[a], named[b]) for label, a, b in pattern.relations]
        tokens = sum(piece.count(" ") + 1 for piece in self.pieces[-len(pattern.parts) :])
        self._write(gap)
        return tokens

    def _write(self, text: str) -> None:
        self.pieces.append(text)
        self.length += len(text)

    def _mention(self, slot: Slot) -> str:
        surface, subtype = self._surface(slot)
        is_pronoun = slot.fixed and slot.type == "Product"
        kind = "PRO" if is_pronoun else _MENTION_TYPES.get(slot.type, "NONE")
        begin = self.length
        self._write(surface)
        mention_id = self._mention_id(len(self.made.mentions) + 1)
        mention = Mention(mention_id, slot.type, slot.role, subtype, begin, self.length, kind)
        self.made.mentions.append(mention)
        return mention_id

    def _mention_id(self, number: int) -> str:
        """Real ids come in many families and are unique in their document only."""
        if self.id_family == "s":
            return f"s{len(self.made.sentences)}-m{number}"
        return f"{self.id_family}{number}"

    def _surface(self, slot: Slot) -> tuple[str, str]:
        if slot.fixed:
            return slot.fixed, self.product[1] if slot.type == "Product" else "NONE"
        if slot.type == "Product":
            return self.product
        if slot.type == "Date":
            return self._date(), "NONE"
        if slot.type == "Amount":
            return self.words.AMOUNT.format(value=self.rng.randint(2, 980) * 10), "NONE"
        word: tuple[str, str] = self.rng.choice(self.words.WORDS[slot.type])
        return word

    def _date(self) -> str:
        rng = self.rng
        filled: str = self.words.DATE.format(
            day=rng.randint(1, 28),
            month=rng.choice(self.words.MONTHS),
            year=rng.randint(2015, 2021),
        )
        return filled

    def _finish(self) -> None:
        """Join the text, drop the white space at its end, and chain the product's mentions."""
        self.made.text = "".join(self.pieces).rstrip()
        chain = [mention for mention in self.made.mentions if mention.type == "Product"]
        if len(chain) > 1:
            self.made.chains.append([mention.id for mention in chain])
            for mention in chain:
                mention.in_coref = True
