"""What documents come to, small enough to be sent between processes."""

from collections import Counter

import msgspec

from migrator.formats.inspecting.lean import LeanAnnotations
from migrator.formats.inspecting.rules import TypeRules
from migrator.formats.inspecting.texts import is_plain
from migrator.formats.inspection import Occurrence

# Words of mentions and relations that are remembered as right. Real corpora have a few hundred.
MOST_REMEMBERED = 20_000


# Relation label, type and role of the source, type and role of the target, number of relations.
Signature = tuple[str, str, str | None, str, str | None, int]


class DocumentFacts(msgspec.Struct, array_like=True, gc=False):
    """One document. The digests are those of the ground truth's text and of its annotations.

    `text_digest` is empty where the file cannot be read, `annotation_digest` where nobody asked.
    """

    id: str
    text_digest: bytes = b""
    annotation_digest: bytes = b""
    mentions: int = 0
    relations: int = 0
    coreferences: int = 0
    found: list[Occurrence] = []


class ChunkFacts(msgspec.Struct, array_like=True):
    """The documents of one chunk, and what they add up to by label and language."""

    documents: list[DocumentFacts] = []
    sentences: int = 0
    tokens: int = 0
    mention_labels: dict[str, int] = {}
    relation_labels: dict[str, int] = {}
    languages: dict[str, int] = {}
    signatures: list[Signature] = []


class Sums:
    """What the documents of a chunk add up to so far."""

    def __init__(self) -> None:
        self.sentences = self.tokens = 0
        self.mention_labels: Counter[str] = Counter()
        self.relation_labels: Counter[str] = Counter()
        self.languages: Counter[str] = Counter()

    def add(self, annotations: LeanAnnotations) -> None:
        """Count what one document holds."""
        self.sentences += len(annotations.sentences)
        self.tokens += sum([len(sentence.tokens) for sentence in annotations.sentences])
        self.mention_labels.update([mention.type for mention in annotations.mentions])
        self.relation_labels.update([relation.type for relation in annotations.relations])
        if isinstance(annotations.language, str) and annotations.language:
            self.languages[annotations.language] += 1

    def of(
        self, documents: list[DocumentFacts], signatures: list[Signature] | None = None
    ) -> ChunkFacts:
        """The chunk that consists of `documents`."""
        return ChunkFacts(
            documents,
            self.sentences,
            self.tokens,
            self.mention_labels,
            self.relation_labels,
            self.languages,
            signatures or [],
        )


Words = tuple[str, str | None, str | None, str | None]


class Seen:
    """What was found right once and need not be checked again, for one set of rules.

    `words` maps (type, role, subtype, mention type) to the number of its *kind*, which is one for
    each (type, role): all that a relation looks at. `links` counts relations by (label, kinds of
    both ends). A corpus has a few dozen of either and a hundred thousand mentions.
    """

    def __init__(self, rules: TypeRules | None) -> None:
        self.rules = rules
        self.words: dict[Words, int] = {}
        self.links: dict[tuple[str, int, int], int] = {}
        self._kinds: dict[tuple[str, str | None], int] = {}

    def kind(self, label: str, role: str | None) -> int:
        """The number of a type in a role."""
        return self._kinds.setdefault((label, role), len(self._kinds))

    def take_signatures(self) -> list[Signature]:
        """The relations counted since the last time; forgets all where memory would grow."""
        kinds = list(self._kinds)
        taken = [
            (label, *kinds[source], *kinds[target], count)
            for (label, source, target), count in self.links.items()
            if count
        ]
        if len(self._kinds) + len(self.words) + len(self.links) > MOST_REMEMBERED:
            self._kinds.clear()
            self.words.clear()
            self.links.clear()
        self.links = dict.fromkeys(self.links, 0)
        return taken


class Examined:
    """One document under examination: its annotations, the rules, and what was found so far.

    `is_plain` says that its text holds nothing but printable ASCII and line feeds.
    """

    def __init__(self, annotations: LeanAnnotations, seen: Seen, document: str) -> None:
        self.annotations = annotations
        self.seen = seen
        self.rules = seen.rules
        self.document = document
        self.is_plain = is_plain(annotations.text)
        self.found: list[Occurrence] = []

    def note(self, code: str, detail: str = "") -> None:
        """Record an occurrence; its level is in the catalogue."""
        self.found.append(Occurrence(code, self.document, detail))
