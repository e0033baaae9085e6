"""What one document comes to, small enough to be sent between processes."""

import msgspec

from migrator.formats.inspecting.lean import LeanAnnotations
from migrator.formats.inspecting.rules import TypeRules
from migrator.formats.inspection import Occurrence


class DocumentFacts(msgspec.Struct, array_like=True, gc=False):
    """One document. `mention_labels` and `relation_labels` count by label.

    `text_digest` is that of the ground truth's text, empty where it cannot be read.
    """

    id: str
    text_digest: bytes = b""
    language: str = ""
    characters: int = 0
    sentences: int = 0
    tokens: int = 0
    mentions: int = 0
    relations: int = 0
    coreferences: int = 0
    mention_labels: dict[str, int] = {}
    relation_labels: dict[str, int] = {}
    found: list[Occurrence] = []


class Seen:
    """What was found right once and need not be checked again, for one set of rules.

    `mentions` holds (type, role, subtype, mention type), `links` (label, types and roles of both
    ends). A corpus has a few dozen of either and a hundred thousand mentions.
    """

    def __init__(self, rules: TypeRules | None) -> None:
        self.rules = rules
        self.mentions: set[tuple[str, str | None, str | None, str | None]] = set()
        self.links: set[tuple[str, str, str, str | None, str | None]] = set()


class Examined:
    """One document under examination: its annotations, the rules, and what was found so far."""

    def __init__(self, annotations: LeanAnnotations, seen: Seen, document: str) -> None:
        self.annotations = annotations
        self.rules = seen.rules
        self.accepted = seen.mentions
        self.linked = seen.links
        self.document = document
        self.found: list[Occurrence] = []

    def note(self, code: str, detail: str = "") -> None:
        """Record an occurrence; its level is in the catalogue."""
        self.found.append(Occurrence(code, self.document, detail))
