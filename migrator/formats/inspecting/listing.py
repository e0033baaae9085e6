"""documents.json against the ground truths: who is missing, who is there twice."""

from collections import Counter

import msgspec

from migrator.formats.corpus import Corpus, LeanDocument
from migrator.formats.errors import FormatError
from migrator.formats.inspecting.documents import annotation_digest
from migrator.formats.inspecting.facts import DocumentFacts
from migrator.formats.inspecting.lean import read_lean
from migrator.formats.inspecting.tally import Tally
from migrator.formats.inspecting.texts import text_digest
from migrator.formats.json_decoding import OtherShape, decode_with

MAX_CHARACTERS = 40_000
MAX_DOCUMENTS = 10_000
TRAINABLE = 10  # annotated documents that training needs
_LEAN = msgspec.json.Decoder(LeanDocument)
_OBSCURED = "obscured_document"


class Row(msgspec.Struct, gc=False):
    """What is remembered of a document: digests and counts, so that 10,000 cost a few MB.

    `annotation_sets` and `learning_sets` count the sets that hold it: of annotators; for training
    and testing.
    """

    text_digest: bytes
    name_hash: int
    has_ground_truth: bool = False
    mentions: int = 0
    relations: int = 0
    coreferences: int = 0
    annotation_sets: int = 0
    learning_sets: int = 0


class Listing:
    """The documents of one corpus, by id."""

    def __init__(self) -> None:
        self.rows: dict[str, Row] = {}
        self.count = 0
        self.characters = 0
        self.statuses: Counter[str] = Counter()
        self._copies: dict[str, list[str]] = {}  # first document with a text -> the others
        self._annotations: dict[str, bytes] = {}  # of those, the digest of the annotations

    def read(self, corpus: Corpus, tally: Tally) -> None:
        """Read documents.json; FormatError where it is cut off or no list."""
        for item in corpus.document_items():
            try:
                document = decode_with(_LEAN, item, what="A document in documents.json")
            except OtherShape as exc:
                tally.add("malformed_document", detail=exc.happened.rpartition("`")[0][-40:])
                continue
            self._add(document, tally)
        if self.count > MAX_DOCUMENTS:
            tally.add("limit_documents", detail=f"{self.count:,} of 10,000", count=self.count)

    def _add(self, document: LeanDocument, tally: Tally) -> None:
        self.count += 1
        self.characters += len(document.text)
        if document.status:
            self.statuses[document.status] += 1
        if document.status == "IN_PROGRESS":
            tally.add("document_in_progress", document.id)
        if len(document.text) > MAX_CHARACTERS:
            tally.add("limit_characters", document.id, f"{len(document.text):,} characters")
        if document.id in self.rows:
            tally.add("duplicate_document_id", document.id)
            return
        self.rows[document.id] = Row(text_digest(document.text), hash(document.name))
        if not document.text:
            tally.add("empty_text", document.id)

    def meet(self, facts: DocumentFacts, tally: Tally) -> None:
        """Hold a ground truth against its document."""
        tally.take(facts.found)
        row = self.rows.get(facts.id)
        if row is None:
            tally.add("ground_truth_without_document", facts.id)
            return
        row.has_ground_truth = True
        row.mentions, row.relations = facts.mentions, facts.relations
        row.coreferences = facts.coreferences
        if facts.annotation_digest:
            self._annotations[facts.id] = facts.annotation_digest
        is_readable = facts.text_digest and all(found.code != _OBSCURED for found in facts.found)
        if is_readable and facts.text_digest != row.text_digest:
            tally.add("text_differs", facts.id)

    def finish(self, tally: Tally) -> None:
        """What can be said once all were met."""
        for document, row in self.rows.items():
            if not row.has_ground_truth:
                tally.add("document_without_ground_truth", document)
        annotated = sum(1 for row in self.rows.values() if row.mentions)
        if self.count > 0 and annotated < TRAINABLE:
            tally.add("too_few_to_train", detail=f"{annotated} of 10", count=TRAINABLE - annotated)

    def find_duplicates(self, tally: Tally) -> set[str]:
        """Names and texts that stand there twice; the documents whose texts do, first ones too."""
        names: set[int] = set()
        texts: dict[bytes, str] = {}
        for document, row in self.rows.items():
            if row.name_hash in names:
                tally.add("duplicate_name", document)
            names.add(row.name_hash)
            first = texts.setdefault(row.text_digest, document)
            if first != document:
                self._copies.setdefault(first, []).append(document)
                tally.add("duplicate_text", document, f"as {first}")
        return self._copies.keys() | {one for others in self._copies.values() for one in others}

    def compare_copies(self, corpus: Corpus, tally: Tally) -> None:
        """Whether copies of a text were annotated alike, once all ground truths were met."""
        for first, others in self._copies.items():
            expected = self._digest(corpus, first)
            for document in others:
                digest = self._digest(corpus, document)
                if expected and digest and digest != expected:
                    tally.add("duplicate_text_differently", document, f"as {first}")

    def _digest(self, corpus: Corpus, document: str) -> bytes:
        """Read again where the ground truth was examined before its text was known as a copy."""
        if document in self._annotations or document not in corpus.ground_truth_names:
            return self._annotations.get(document, b"")
        try:
            return annotation_digest(read_lean(corpus.ground_truth(document)))
        except FormatError:  # already reported
            return b""
