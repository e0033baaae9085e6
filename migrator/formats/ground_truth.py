"""`gt/<docId>.json`: one document with its sentences, tokens and annotations.

Two readings of the same file. `GroundTruth` has every field and keeps unknown ones, for whoever
writes it back. `Annotations` is lean, for counting and comparing many documents: it leaves out
what no rule looks at, and a missing field reads as empty so that inspection can say so.
Offsets are as in the file: see `offsets` for their unit. `end` is exclusive.
"""

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from migrator.formats.jackson import pretty
from migrator.formats.json_decoding import decode, decode_with
from migrator.formats.open_structs import OpenStruct, from_plain, to_plain

MENTION_TYPES = ("NAM", "NOM", "PRO", "NONE")
NO_SUBTYPE = "NONE"
# Bytes of one file; 40,000 characters of one-letter tokens need about 10 MB. Read, the densest
# JSON takes six times as much.
MAX_GROUND_TRUTH = 24_000_000


class Token(OpenStruct, kw_only=True, rename="camel"):
    """`id` is `s0-t0`; the last three fields exist in 2016 only."""

    id: str
    begin: int
    end: int
    text: str
    white_space: bool | UnsetType = UNSET
    token_type: Any = UNSET
    part_of_speech: Any = UNSET
    lemma: Any = UNSET


class Sentence(OpenStruct, kw_only=True):
    """Sentences are ordered and disjoint, with white space between them."""

    id: str
    begin: int
    end: int
    text: str
    tokens: list[Token]


class Mention(OpenStruct, kw_only=True, rename="camel"):
    """`type`, role and subtype are labels, not ids. `id` is unique in its document only."""

    id: str
    source: str | UnsetType | None = UNSET
    origin_user: Any = UNSET
    properties: dict[str, Any]
    type: str
    begin: int
    end: int
    in_coref: bool | UnsetType = UNSET


class Relation(OpenStruct, kw_only=True, rename="camel"):
    """`args` are two mention ids, source and target."""

    id: str
    source: str | UnsetType | None = UNSET
    origin_user: Any = UNSET
    properties: dict[str, Any] | UnsetType = UNSET
    type: str
    args: list[str]


class Coreference(OpenStruct, kw_only=True, rename="camel"):
    """A chain of mention ids."""

    id: str
    source: str | UnsetType | None = UNSET
    origin_user: Any = UNSET
    properties: dict[str, Any] | UnsetType = UNSET
    mentions: list[str]


class GroundTruth(OpenStruct, kw_only=True, rename="camel"):
    """The whole file. `version` is 3, in 2016 it was 2."""

    id: str
    name: str
    created_date: int | UnsetType = UNSET
    version: int | UnsetType = UNSET
    text: str
    doc_length: int | UnsetType = UNSET
    language: str | UnsetType = UNSET
    status: str | UnsetType = UNSET
    modified_date: int | UnsetType = UNSET
    document_set: Any = UNSET
    preannotation: Any = UNSET
    sentences: list[Sentence]
    mentions: list[Mention]
    relations: list[Relation]
    corefs: list[Coreference]
    type_resolved: Any = UNSET
    user_resolved: Any = UNSET


def read_ground_truth(payload: bytes) -> GroundTruth:
    """The whole file; FormatError when it is no ground truth."""
    what = "The ground truth"
    return from_plain(decode(payload, dict[str, Any], what=what), GroundTruth, what=what)


def write_ground_truth(ground_truth: GroundTruth) -> bytes:
    """The file as the service prints it."""
    return pretty(to_plain(ground_truth)).encode()


class TokenSpan(msgspec.Struct, gc=False):
    """A token, lean."""

    begin: int
    end: int
    text: str


class SentenceSpan(msgspec.Struct, gc=False):
    """A sentence, lean."""

    begin: int
    end: int
    text: str
    tokens: list[TokenSpan] = []


class MentionProperties(msgspec.Struct, gc=False, frozen=True):
    """What a mention says beyond its type; None where the file does not say it."""

    role: str | None = msgspec.field(default=None, name="SIRE_MENTION_ROLE")
    subtype: str | None = msgspec.field(default=None, name="SIRE_ENTITY_SUBTYPE")
    mention_type: str | None = msgspec.field(default=None, name="SIRE_MENTION_TYPE")
    mention_class: str | None = msgspec.field(default=None, name="SIRE_MENTION_CLASS")
    entity_level: str | None = msgspec.field(default=None, name="SIRE_ENTITY_LEVEL")
    entity_class: str | None = msgspec.field(default=None, name="SIRE_ENTITY_CLASS")


class MentionSpan(msgspec.Struct, rename="camel", gc=False):
    """A mention, lean."""

    id: str
    type: str
    begin: int
    end: int
    in_coref: bool = False
    properties: MentionProperties = msgspec.field(default_factory=MentionProperties)


class RelationLink(msgspec.Struct, gc=False):
    """A relation, lean; `properties` holds tense, modality, subtype, class where set."""

    id: str
    type: str
    args: list[str] = []
    properties: dict[str, Any] = {}


class Chain(msgspec.Struct, gc=False):
    """A coreference chain, lean."""

    id: str
    mentions: list[str] = []
    properties: dict[str, Any] = {}


class Annotations(msgspec.Struct):
    """One ground truth, lean."""

    id: str = ""
    name: str = ""
    text: str = ""
    language: str | None = None
    status: str | None = None
    sentences: list[SentenceSpan] = []
    mentions: list[MentionSpan] = []
    relations: list[RelationLink] = []
    corefs: list[Chain] = []


_LEAN = msgspec.json.Decoder(Annotations)


def read_annotations(payload: bytes) -> Annotations:
    """The lean reading; NotJson or OtherShape (both FormatError) when it is no ground truth."""
    return decode_with(_LEAN, payload, what="The ground truth")
