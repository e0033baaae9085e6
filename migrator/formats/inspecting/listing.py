"""documents.json against the ground truths: who is missing, who is there twice."""

from array import array
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

import msgspec

from migrator.formats.corpus import Corpus, LeanDocument, ground_truth_id
from migrator.formats.errors import FormatError
from migrator.formats.inspecting.documents import annotation_digest
from migrator.formats.inspecting.facts import DocumentFacts
from migrator.formats.inspecting.lean import read_lean
from migrator.formats.inspecting.tally import Tally
from migrator.formats.inspecting.texts import text_digest
from migrator.formats.json_decoding import OtherShape, decode_with
from migrator.formats.key_table import KeyTable, Names

MAX_CHARACTERS = 40_000
MAX_DOCUMENTS = 10_000
TRAINABLE = 10  # annotated documents that training needs
_LEAN = msgspec.json.Decoder(LeanDocument)
_OBSCURED = "obscured_document"


class Rows:
    """What is remembered of each document, by a number: 100 bytes in all, with its name.

    A document that has a ground truth has the number of its file among those of the corpus, so
    that no id is held twice; the others follow. `texts` are the digests of the texts, each once;
    `text` is the number of a document's text there. `annotation_sets` and `learning_sets` count
    the sets that hold a document: of annotators; for training and testing.
    """

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._others = Names()
        self._files = len(corpus.members.names)
        self.texts = KeyTable(self._files)
        self.is_listed = bytearray(self._files)
        self.has_ground_truth = bytearray(self._files)
        self.text, self.mentions, self.relations, self.coreferences = self._zeros(4)
        self.annotation_sets, self.learning_sets = self._zeros(2)

    def _zeros(self, times: int) -> Iterator["array[int]"]:
        for _ in range(times):
            yield array("I", [0]) * self._files

    def __len__(self) -> int:
        return len(self.is_listed)

    def find(self, document: str) -> int:
        """The number of a document that is listed, else below zero."""
        number = self._corpus.number(document)
        if number < 0:
            other = self._others.find(document)
            return self._files + other if other >= 0 else -1
        return number if self.is_listed[number] else -1

    def id(self, number: int) -> str:
        """The id of a document."""
        if number >= self._files:
            return self._others[number - self._files]
        return ground_truth_id(self._corpus.members.names[number], self._corpus.prefix) or ""

    def add(self, document: str, text: bytes) -> int:
        """List a document whose text has this digest; its number, below zero where it is known."""
        number = self._number(document)
        if number >= 0 and self.is_listed[number]:
            return -1
        if number < 0:
            number = self._files + self._others.add(document)
            self.is_listed.append(0)
            self.has_ground_truth.append(0)
            for counts in (self.text, self.mentions, self.relations, self.coreferences):
                counts.append(0)
            self.annotation_sets.append(0)
            self.learning_sets.append(0)
        self.is_listed[number] = True
        self.text[number] = self.texts.add(text)
        return number

    def _number(self, document: str) -> int:
        if (number := self._corpus.number(document)) >= 0:
            return number
        other = self._others.find(document)
        return self._files + other if other >= 0 else -1


class Listing:
    """The documents of one corpus, by id. `copies` are those whose text stands there twice."""

    def __init__(self, corpus: Corpus) -> None:
        self.rows = Rows(corpus)
        self.count = 0
        self.characters = 0
        self.statuses: Counter[str] = Counter()
        self.copies: set[str] = set()
        self._corpus = corpus
        self._copies: dict[str, list[str]] = {}  # first document with a text -> the others
        self._annotations: dict[str, bytes] = {}  # of those, the digest of the annotations

    def read(self, tally: Tally) -> None:
        """Read documents.json; FormatError where it is cut off or no list."""
        names, order = array("q"), array("I")  # hashes of the names; numbers of the documents
        firsts = array("I")  # by text, its first document
        for item in self._corpus.document_items():
            try:
                document = decode_with(_LEAN, item, what="A document in documents.json")
            except OtherShape as exc:
                tally.add("malformed_document", detail=exc.happened.rpartition("`")[0][-40:])
                continue
            if (number := self._add(document, tally)) >= 0:
                names.append(hash(document.name))
                order.append(number)
                self._find_text(document.id, number, firsts, tally)
        self._find_names(names, order, tally)
        if self.count > MAX_DOCUMENTS:
            tally.add("limit_documents", detail=f"{self.count:,} of 10,000", count=self.count)

    def _add(self, document: LeanDocument, tally: Tally) -> int:
        """The number of the row for it, below zero where its id stood there before."""
        self.count += 1
        self.characters += len(document.text)
        if document.status:
            self.statuses[document.status] += 1
        if document.status == "IN_PROGRESS":
            tally.add("document_in_progress", document.id)
        if len(document.text) > MAX_CHARACTERS:
            tally.add("limit_characters", document.id, f"{len(document.text):,} characters")
        number = self.rows.add(document.id, text_digest(document.text))
        if number < 0:
            tally.add("duplicate_document_id", document.id)
        elif not document.text:
            tally.add("empty_text", document.id)
        return number

    def _find_text(self, document: str, number: int, firsts: "array[int]", tally: Tally) -> None:
        """Whether the text of the last document stood there before."""
        text = self.rows.text[number]
        if text == len(firsts):
            firsts.append(number)
            return
        first = self.rows.id(firsts[text])
        self._copies.setdefault(first, []).append(document)
        self.copies.update((first, document))
        tally.add("duplicate_text", document, f"as {first}")

    def _find_names(self, names: "array[int]", order: "array[int]", tally: Tally) -> None:
        """The documents whose names stood there before."""
        repeated = {one for one, other in pairwise(sorted(names)) if one == other}
        seen: set[int] = set()
        for name, number in zip(names, order, strict=True):
            if name in repeated:
                if name in seen:
                    tally.add("duplicate_name", self.rows.id(number))
                seen.add(name)

    def meet(self, facts: DocumentFacts, tally: Tally) -> None:
        """Hold a ground truth against its document."""
        tally.take(facts.found)
        rows = self.rows
        number = rows.find(facts.id)
        if number < 0:
            tally.add("ground_truth_without_document", facts.id)
            return
        rows.has_ground_truth[number] = True
        rows.mentions[number] = facts.mentions
        rows.relations[number] = facts.relations
        rows.coreferences[number] = facts.coreferences
        if facts.annotation_digest:
            self._annotations[facts.id] = facts.annotation_digest
        if facts.text_digest and facts.text_digest != rows.texts[rows.text[number]]:
            self._note_other_text(facts, tally)

    def _note_other_text(self, facts: DocumentFacts, tally: Tally) -> None:
        if all(found.code != _OBSCURED for found in facts.found):
            tally.add("text_differs", facts.id)

    def finish(self, tally: Tally) -> None:
        """What can be said once all were met."""
        rows = self.rows
        for number, is_listed in enumerate(rows.is_listed):
            if is_listed and not rows.has_ground_truth[number]:
                tally.add("document_without_ground_truth", rows.id(number))
        annotated = len(rows.mentions) - rows.mentions.count(0)
        if self.count > 0 and annotated < TRAINABLE:
            tally.add("too_few_to_train", detail=f"{annotated} of 10", count=TRAINABLE - annotated)

    def compare_copies(self, tally: Tally) -> None:
        """Whether copies of a text were annotated alike, once all ground truths were met."""
        for first, others in self._copies.items():
            expected = self._digest(first)
            for document in others:
                digest = self._digest(document)
                if expected and digest and digest != expected:
                    tally.add("duplicate_text_differently", document, f"as {first}")

    def _digest(self, document: str) -> bytes:
        """Read again where the ground truth was examined before its text was known as a copy."""
        if document in self._annotations or not self._corpus.has_ground_truth(document):
            return self._annotations.get(document, b"")
        try:
            return annotation_digest(read_lean(self._corpus.ground_truth(document)))
        except FormatError:  # already reported
            return b""
