"""One document's ground truth reduced to its meaning: what a comparison looks at.

Left out on purpose, because the service issues or derives it anew: all ids, dates, status,
pre-annotation codes, `inCoref` (the chains say it), `source` and `originUser` of a mention, which
sentence lists a token (its offsets say it).
A property NONE equals one that is not there: versions differ in writing it.
"""

import hashlib
from collections import Counter
from functools import lru_cache
from itertools import chain
from typing import Any, TypeAlias

import msgspec

from migrator.formats.ground_truth import (
    Annotations,
    Chain,
    MentionProperties,
    MentionSpan,
    RelationLink,
    read_annotations,
)
from migrator.formats.json_decoding import NotJson, OtherShape
from migrator.formats.offsets import count_code_points

Properties: TypeAlias = tuple[tuple[str, str], ...]
# begin, end, type, and what PROPERTY_NAMES list
MentionKey: TypeAlias = tuple[int, int, str, tuple[str, ...]]

COUNT_NAMES = ("characters", "sentences", "tokens", "mentions", "relations", "coreferences")
PROPERTY_NAMES = ("role", "subtype", "mention type", "class", "entity level", "entity class")

_NOTHING = "NONE"
_encoder = msgspec.msgpack.Encoder()


class Digest(msgspec.Struct, frozen=True, gc=False):
    """A document in 64 bytes: equal digests mean equal meaning. `counts` is as COUNT_NAMES.

    `readable` is False when the ground truth is none that can be read; then the digests are
    those of its bytes.
    """

    text: bytes
    sentences: bytes
    tokens: bytes
    annotations: bytes
    counts: tuple[int, int, int, int, int, int] = (0, 0, 0, 0, 0, 0)
    readable: bool = True

    @property
    def whole(self) -> bytes:
        """All in one."""
        return self.text + self.sentences + self.tokens + self.annotations

    def says_the_same(self, other: "Digest") -> bool:
        """Whether texts and annotations are equal, however the texts are split."""
        return self.text == other.text and self.annotations == other.annotations

    def count(self, name: str) -> int:
        """One of the counts."""
        return self.counts[COUNT_NAMES.index(name)]


ABSENT = Digest(b"", b"", b"", b"", readable=False)


def read_content(payload: bytes) -> Annotations | None:
    """What one gt/<docId>.json says, offsets in code points; None where it cannot be read."""
    try:
        content = read_annotations(payload)
    except (NotJson, OtherShape):
        return None
    count_code_points(content)
    return content


def digest(payload: bytes, labels: Counter[str]) -> Digest:
    """The digest of one gt/<docId>.json; its mentions are added to `labels` by type."""
    content = read_content(payload)
    if content is None:
        whole = _hash(payload)
        return Digest(whole, whole, whole, whole, readable=False)
    labels.update([one.type for one in content.mentions])
    tokens = list(chain.from_iterable([one.tokens for one in content.sentences]))
    sentences = [(one.begin, one.end, one.text) for one in content.sentences]
    counts = (
        len(content.text),
        len(content.sentences),
        len(tokens),
        len(content.mentions),
        len(content.relations),
        len(content.corefs),
    )
    heading = f"{content.language}\n{content.text}".encode("utf-8", "surrogatepass")
    return Digest(
        _hash(heading),
        _hash(_packed(sentences)),
        _hash(_packed(tokens)),
        _hash(_packed(_annotations(content))),
        counts,
    )


def mention_key(mention: MentionSpan) -> MentionKey:
    """Span, type and properties: equal for equal mentions whatever their ids."""
    return mention.begin, mention.end, mention.type, _said(mention.properties)


@lru_cache(maxsize=4096)  # few combinations occur, in very many mentions
def _said(properties: MentionProperties) -> tuple[str, ...]:
    values = msgspec.structs.astuple(properties)
    return tuple("" if one is None or one == _NOTHING else one for one in values)


def told(item: RelationLink | Chain) -> Properties:
    """The properties that say something, in order of their names."""
    if not item.properties:
        return ()
    said = ((name, str(value)) for name, value in item.properties.items() if value is not None)
    return tuple(sorted((name, value) for name, value in said if value != _NOTHING))


def _annotations(content: Annotations) -> tuple[Any, ...]:
    """Mentions in order of their keys; relations and chains name them by their place in it."""
    keys = [(one.begin, one.end, one.type, _said(one.properties)) for one in content.mentions]
    ordered, known = _places(keys, [one.id for one in content.mentions])
    relations = sorted(
        [
            (
                one.type,
                told(one) if one.properties else (),
                [known.get(arg, -1) for arg in one.args],
            )
            for one in content.relations
        ]
    )
    chains = sorted(
        [
            (told(one), sorted([known.get(id_, -1) for id_ in one.mentions]))
            for one in content.corefs
        ]
    )
    return ordered, relations, chains


def _places(keys: list[MentionKey], ids: list[str]) -> tuple[list[MentionKey], dict[str, int]]:
    """The keys in order, and for each id the place of its key; equal keys share the first."""
    known: dict[str, int] = {}
    ordered: list[MentionKey] = []
    last = None
    place = 0
    for number in sorted(range(len(keys)), key=keys.__getitem__):
        key = keys[number]
        if key != last:
            place, last = len(ordered), key
        ordered.append(key)
        known[ids[number]] = place
    return ordered, known


def _packed(value: Any) -> bytes:
    try:
        return _encoder.encode(value)
    except (UnicodeEncodeError, OverflowError):  # a lone surrogate, an offset beyond 64 bits
        return repr(msgspec.to_builtins(value)).encode("utf-8", "surrogatepass")


def _hash(payload: bytes) -> bytes:
    return hashlib.blake2b(payload, digest_size=16).digest()
