"""What one document comes to, small enough to be sent between processes."""

import msgspec

from migrator.formats.ground_truth import Annotations
from migrator.formats.inspecting.rules import TypeRules
from migrator.formats.inspection import Occurrence


class DocumentFacts(msgspec.Struct):
    """One document. `mention_labels` and `relation_labels` count by label.

    `text_digest` is that of the ground truth's text, empty where it cannot be read;
    `annotation_digest` is equal for equal annotations of equal texts.
    """

    id: str
    text_digest: bytes = b""
    annotation_digest: bytes = b""
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


class Examined:
    """One document under examination: its annotations, the rules, and what was found so far."""

    def __init__(self, annotations: Annotations, rules: TypeRules | None, document: str) -> None:
        self.annotations = annotations
        self.rules = rules
        self.document = document
        self.found: list[Occurrence] = []

    def note(self, code: str, detail: str = "", count: int = 1) -> None:
        """Record an occurrence; its level is in the catalogue."""
        self.found.append(Occurrence(code, self.document, detail, count))
