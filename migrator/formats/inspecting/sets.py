"""sets.json against the documents, and what trains against what tests."""

from collections import Counter
from typing import Any

import msgspec

from migrator.formats.corpus import SETS, Corpus
from migrator.formats.inspecting.listing import Listing, Row
from migrator.formats.inspecting.tally import Tally
from migrator.formats.inspection import shown
from migrator.formats.json_decoding import OtherShape, decode_with
from migrator.formats.json_items import iter_items

MAX_SETS = 1_000
MAX_SET_NAME = 256
TRAINING, TESTING = "TRAINING", frozenset({"TEST", "BLIND"})


class LeanSet(msgspec.Struct):
    """A document set, lean."""

    id: str = ""
    name: str = ""
    type: str = ""
    documents: list[str] = []
    count: int | None = None


_LEAN = msgspec.json.Decoder(LeanSet)


class SetTable:
    """The sets of one corpus: `sets` by id, as plain dicts of facts."""

    def __init__(self, listing: Listing) -> None:
        self._listing = listing
        self.sets: dict[str, dict[str, Any]] = {}
        self._members: dict[str, list[Row]] = {}
        self._annotated_texts: Counter[bytes] = Counter()
        self._trained: set[bytes] = set()
        self._tested: set[bytes] = set()

    def read(self, corpus: Corpus, tally: Tally) -> None:
        """Read sets.json, one set at a time."""
        if not corpus.has_sets:
            tally.add("sets_missing")
            return
        for item in iter_items(corpus.members.stream(corpus.prefix + SETS), what=SETS):
            try:
                self._add(decode_with(_LEAN, item, what="A set in sets.json"), tally)
            except OtherShape as exc:
                tally.add("malformed_document", detail=exc.happened.rpartition("`")[0][-40:])

    def add_up(self) -> None:
        """Sum up the annotations of each set, once all ground truths were met."""
        for name, members in self._members.items():
            self.sets[name] |= {
                "annotated": sum([row.mentions > 0 for row in members]),
                "mentions": sum([row.mentions for row in members]),
                "relations": sum([row.relations for row in members]),
                "coreferences": sum([row.coreferences for row in members]),
            }

    def finish(self, tally: Tally) -> None:
        """What can be said once all sets were read."""
        for document, row in self._listing.rows.items():
            if row.annotation_sets > 1:
                tally.add("document_in_several_annotation_sets", document)
        if copies := sum(1 for count in self._annotated_texts.values() if count > 1):
            tally.add("text_in_several_annotation_sets", count=copies)
        for document, row in self._listing.rows.items():
            if row.learning_sets > 1:
                tally.add("document_in_training_and_test", document)
        if shared := len(self._trained & self._tested):
            tally.add("text_in_training_and_test", count=shared)
        if len(self.sets) > MAX_SETS:
            found = f"{len(self.sets):,} of 1,000"
            tally.add("limit_document_sets", detail=found, count=len(self.sets))

    def _add(self, document_set: LeanSet, tally: Tally) -> None:
        name = document_set.id or document_set.name
        if shown(name) in self.sets:
            tally.add("duplicate_set_id", detail=name)
        if len(document_set.name) > MAX_SET_NAME:
            tally.add("limit_set_name", detail=name)
        if not document_set.documents:
            tally.add("empty_set", detail=f"{document_set.type} {name}")
        if document_set.count is not None and document_set.count != len(document_set.documents):
            found = f"{name}: says {document_set.count}, lists {len(document_set.documents)}"
            tally.add("set_count_wrong", detail=found)
        self._check_documents(document_set, name, tally)
        self._sort_in(document_set)
        self._keep(shown(name), document_set)

    def _keep(self, name: str, document_set: LeanSet) -> None:
        rows = self._listing.rows
        self._members[name] = [rows[one] for one in document_set.documents if one in rows]
        self.sets[name] = {
            "name": shown(document_set.name),
            "type": shown(document_set.type),
            "documents": len(document_set.documents),
        }

    def _check_documents(self, document_set: LeanSet, name: str, tally: Tally) -> None:
        for document in document_set.documents:
            if document not in self._listing.rows:
                tally.add("set_missing_document", document, f"in {name}")

    def _sort_in(self, document_set: LeanSet) -> None:
        """Remember who annotates, trains and tests what."""
        if document_set.type == "ASSIGNMENT":
            rows = self._rows(document_set)
            self._annotated_texts.update({row.text_digest for row in rows})
            for row in rows:
                row.annotation_sets += 1
        elif document_set.type == TRAINING or document_set.type in TESTING:
            rows = self._rows(document_set)
            learned = self._trained if document_set.type == TRAINING else self._tested
            learned.update([row.text_digest for row in rows])
            for row in rows:
                row.learning_sets += 1

    def _rows(self, document_set: LeanSet) -> list[Row]:
        """The rows of its documents, each once, in order."""
        known = self._listing.rows
        return [known[name] for name in dict.fromkeys(document_set.documents) if name in known]
