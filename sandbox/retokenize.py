"""What an upload does to a ground truth: new sentences and tokens, crossing mentions dropped."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

import msgspec

from migrator.formats.errors import FormatError
from migrator.formats.jackson import pretty, quoted
from sandbox.tokenizing import Sentence, sentences

Offset = Callable[[int], int]

ANNOTATIONS = ("mentions", "relations", "corefs")
FACTS = ("name", "createdDate", "status", "modifiedDate")
_fields_of = msgspec.json.Decoder(dict[str, msgspec.Raw])
_list_of = msgspec.json.Decoder(list[dict[str, Any]])

_SENTENCE = """{{
    "id" : "s{number}",
    "begin" : {begin},
    "end" : {end},
    "text" : {text},
    "tokens" : {tokens}
  }}"""


@dataclass
class Annotations:
    """The parts of a ground truth that people made; offsets in the unit of the file."""

    mentions: list[dict[str, Any]] = field(default_factory=list)
    relations: list[dict[str, Any]] = field(default_factory=list)
    corefs: list[dict[str, Any]] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.mentions or self.relations or self.corefs)


@dataclass
class Incoming:
    """An uploaded ground truth, as far as the service looks at it."""

    text: str
    language: str
    preannotation: list[Any]
    annotations: Annotations
    utf16: bool  # whether its offsets count UTF-16 units; seen only where that makes a difference
    facts: dict[str, Any]  # those of FACTS that the upload states


def plain_text(text: str, language: str) -> Incoming:
    """A document that comes without a ground truth."""
    return Incoming(text, language.upper(), [], Annotations(), utf16=False, facts={})


def read_ground_truth(content: bytes) -> Incoming:
    """An uploaded ground truth; FormatError when it is none."""
    try:
        raw = _fields_of.decode(content)
        text = msgspec.json.decode(raw["text"], type=str)
        return Incoming(
            text=text,
            language=msgspec.json.decode(raw.get("language", b'""'), type=str),
            preannotation=msgspec.json.decode(raw.get("preannotation", b"[]"), type=list[Any]),
            annotations=Annotations(
                *(_list_of.decode(raw.get(name, b"[]")) for name in ANNOTATIONS)
            ),
            utf16=_counts_utf16(text, raw.get("sentences", msgspec.Raw(b"[]"))),
            facts={name: msgspec.json.decode(raw[name]) for name in FACTS if name in raw},
        )
    except (msgspec.DecodeError, UnicodeDecodeError, KeyError) as error:
        raise FormatError("A ground truth of the upload cannot be read.") from error


def _counts_utf16(text: str, content: msgspec.Raw) -> bool:
    """Whether the sentences of the upload fit its text only when counted in UTF-16 units."""
    if not text or max(text) <= "\uffff":
        return False
    found = _list_of.decode(content)
    return any(text[each["begin"] : each["end"]] != each["text"] for each in found)


def retokenized(incoming: Incoming, head: dict[str, Any], tokenizer: str) -> tuple[bytes, bool]:
    """The ground truth that the service keeps, and whether it holds any annotation.

    `head` gives `id`, `name`, `createdDate`, `status` and `modifiedDate` for an upload that does
    not state them; the id is always that of `head`. What crosses a sentence is gone afterwards,
    and nothing tells.
    """
    head = head | incoming.facts
    made = sentences(incoming.text, tokenizer)
    offset = _utf16_offsets(incoming.text) if incoming.utf16 else _same
    kept = _within(incoming.annotations, [(offset(s.begin), offset(s.end)) for s in made])
    lines = {
        "id": pretty(head["id"]),
        "name": pretty(head["name"]),
        "createdDate": pretty(head["createdDate"]),
        "version": "3",
        "text": pretty(incoming.text),
        "docLength": "0",
        "language": pretty(incoming.language),
        "status": pretty(head["status"]),
        "modifiedDate": pretty(head["modifiedDate"]),
        "documentSet": "[ ]",
        "preannotation": pretty(incoming.preannotation),
        "sentences": _sentences_json(incoming.text, made, offset),
        **{name: pretty(getattr(kept, name), 1) for name in ANNOTATIONS},
        "typeResolved": "true",
        "userResolved": "false",
    }
    inside = ",\n  ".join(f'"{name}" : {value}' for name, value in lines.items())
    return f"{{\n  {inside}\n}}".encode(), bool(kept)


def _same(offset: int) -> int:
    return offset


def _utf16_offsets(text: str) -> Offset:
    table = [0, *accumulate(2 if character > "\uffff" else 1 for character in text)]
    return table.__getitem__


def _within(annotations: Annotations, spans: Sequence[tuple[int, int]]) -> Annotations:
    """Only mentions inside one sentence, without the relations and chain links of the others."""
    begins = [begin for begin, _ in spans]

    def inside(mention: dict[str, Any]) -> bool:
        number = bisect_right(begins, mention["begin"]) - 1
        return number >= 0 and mention["end"] <= spans[number][1]

    dropped = {mention["id"] for mention in annotations.mentions if not inside(mention)}
    if not dropped:
        return annotations
    return Annotations(
        [mention for mention in annotations.mentions if mention["id"] not in dropped],
        [each for each in annotations.relations if dropped.isdisjoint(each["args"])],
        [chain for each in annotations.corefs if (chain := _without(each, dropped))["mentions"]],
    )


def _without(chain: dict[str, Any], dropped: set[str]) -> dict[str, Any]:
    return {**chain, "mentions": [each for each in chain["mentions"] if each not in dropped]}


def _sentences_json(text: str, made: Sequence[Sentence], offset: Offset) -> str:
    if not made:
        return "[ ]"
    parts = [
        _SENTENCE.format(
            number=number,
            begin=offset(each.begin),
            end=offset(each.end),
            text=quoted(text[each.begin : each.end]),
            tokens=_tokens_json(text, number, each, offset),
        )
        for number, each in enumerate(made)
    ]
    return "[ " + ", ".join(parts) + " ]"


def _tokens_json(text: str, sentence: int, made: Sentence, offset: Offset) -> str:
    """Written by hand: a document has hundreds of tokens, and they are most of its bytes."""
    parts = [
        f'{{\n      "id" : "s{sentence}-t{number}",\n      "begin" : {offset(begin)},\n'
        f'      "end" : {offset(end)},\n      "text" : {_quoted_token(text[begin:end])},\n'
        '      "whiteSpace" : false\n    }'
        for number, (begin, end) in enumerate(made.tokens)
    ]
    return "[ " + ", ".join(parts) + " ]" if parts else "[ ]"


def _quoted_token(token: str) -> str:
    """Most tokens are words, which need no escaping; to look first halves the time."""
    return f'"{token}"' if token.isalnum() else quoted(token)
