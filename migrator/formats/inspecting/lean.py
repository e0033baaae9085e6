"""The leanest reading of a ground truth: only what a rule of the inspection looks at.

Every field left out saves a hundredth of the time; `gc=False` keeps four million small objects
out of the cycle collector, and none of them can be in a cycle.
"""

from typing import Any

import msgspec

from migrator.formats.ground_truth import SentenceSpan
from migrator.formats.json_decoding import decode_with


class LeanProperties(msgspec.Struct, gc=False):
    """What a mention says beyond its type; None where the file does not say it."""

    role: str | None = msgspec.field(default=None, name="SIRE_MENTION_ROLE")
    subtype: str | None = msgspec.field(default=None, name="SIRE_ENTITY_SUBTYPE")
    mention_type: str | None = msgspec.field(default=None, name="SIRE_MENTION_TYPE")


class LeanMention(msgspec.Struct, rename="camel", gc=False):
    """A mention."""

    id: str
    type: str
    begin: int
    end: int
    in_coref: bool = False
    properties: LeanProperties = msgspec.field(default_factory=LeanProperties)


class LeanRelation(msgspec.Struct, gc=False):
    """A relation; `args` are mention ids."""

    id: str
    type: str
    args: list[str] = []


class LeanChain(msgspec.Struct, gc=False):
    """A coreference chain; `mentions` are mention ids."""

    id: str
    mentions: list[str] = []


class LeanAnnotations(msgspec.Struct, gc=False):
    """One ground truth. A missing list or text reads as empty, so that a rule can say so."""

    id: str = ""
    text: str = ""
    language: Any = None
    sentences: list[SentenceSpan] = []
    mentions: list[LeanMention] = []
    relations: list[LeanRelation] = []
    corefs: list[LeanChain] = []


_DECODER = msgspec.json.Decoder(LeanAnnotations)


def read_lean(payload: bytes) -> LeanAnnotations:
    """NotJson or OtherShape (both FormatError) when `payload` is no ground truth."""
    return decode_with(_DECODER, payload, what="The ground truth")
