"""sets.json against the documents, and what trains against what tests."""

import re
from array import array
from collections.abc import Iterable, Iterator
from operator import and_
from typing import Any

import msgspec

from migrator.formats.corpus import SETS, Corpus
from migrator.formats.inspecting.listing import Listing
from migrator.formats.inspecting.tally import Tally
from migrator.formats.inspection import shown
from migrator.formats.json_decoding import OtherShape, decode_with
from migrator.formats.json_items import iter_items

MAX_SETS = 1_000
MAX_SET_NAME = 256
TRAINING, TESTING = "TRAINING", frozenset({"TEST", "BLIND"})


class LeanSet(msgspec.Struct):
    """A document set, lean, but for its documents."""

    id: str = ""
    name: str = ""
    type: str = ""
    count: int | None = None


class _ScannedSet(LeanSet):
    documents: msgspec.Raw = msgspec.Raw(b"[]")


class _ListedSet(LeanSet):
    documents: list[str] = []


_SCANNED = msgspec.json.Decoder(_ScannedSet)
_LISTED = msgspec.json.Decoder(_ListedSet)
# A list of strings that stand there as they are; what is wrong in it the decoder has found.
_PLAIN_IDS = re.compile(rb'\[\s*+(?:"[ !#-\[\]-~]*+"\s*+,?\s*+)*+\]')
_PLAIN_ID = re.compile(rb'"([^"]*)"')


def read_set(item: bytes | bytearray) -> tuple[LeanSet, Iterable[str]]:
    """A set and the ids of its documents, one by one: a list of all takes a megabyte.

    OtherShape or NotJson (both FormatError) where it is none.
    """
    try:
        scanned = _SCANNED.decode(item)
        if _PLAIN_IDS.fullmatch(scanned.documents):
            return scanned, (one[1].decode() for one in _PLAIN_ID.finditer(scanned.documents))
    except (msgspec.MsgspecError, RecursionError, ValueError):
        pass  # the other way reads more and says what is wrong
    listed = decode_with(_LISTED, item, what="A set in sets.json")
    return listed, listed.documents


class SetTable:
    """The sets of one corpus: `sets` by id, as plain dicts of facts."""

    def __init__(self, listing: Listing) -> None:
        self._listing = listing
        self.sets: dict[str, dict[str, Any]] = {}
        self._members: list[tuple[str, array[int]]] = []  # numbers of the documents of each set
        self._counted = array("I")  # by document, the set that counted it last
        # By the number of a text: the same; annotation sets that hold it; if it trains, tests.
        self._counted_texts = array("I")
        self._annotated_texts = array("I")
        self._trained = bytearray()
        self._tested = bytearray()

    def read(self, corpus: Corpus, tally: Tally) -> None:
        """Read sets.json, one set at a time."""
        if not corpus.has_sets:
            tally.add("sets_missing")
            return
        texts = len(self._listing.rows.texts)
        self._counted = array("I", [0]) * len(self._listing.rows)
        self._counted_texts = array("I", [0]) * texts
        self._annotated_texts = array("I", [0]) * texts
        self._trained, self._tested = bytearray(texts), bytearray(texts)
        for item in iter_items(corpus.members.stream(corpus.prefix + SETS), what=SETS):
            try:
                self._add(*read_set(item), tally)
            except OtherShape as exc:
                tally.add("malformed_document", detail=exc.happened.rpartition("`")[0][-40:])

    def add_up(self) -> None:
        """Sum up the annotations of each set, once all ground truths were met."""
        rows = self._listing.rows
        for name, members in self._members:
            mentions = [rows.mentions[number] for number in members]
            self.sets[name] |= {
                "annotated": len(mentions) - mentions.count(0),
                "mentions": sum(mentions),
                "relations": sum([rows.relations[number] for number in members]),
                "coreferences": sum([rows.coreferences[number] for number in members]),
            }

    def finish(self, tally: Tally) -> None:
        """What can be said once all sets were read."""
        rows = self._listing.rows
        for number, count in enumerate(rows.annotation_sets):
            if count > 1:
                tally.add("document_in_several_annotation_sets", rows.id(number))
        if copies := sum([count > 1 for count in self._annotated_texts]):
            tally.add("text_in_several_annotation_sets", count=copies)
        for number, count in enumerate(rows.learning_sets):
            if count > 1:
                tally.add("document_in_training_and_test", rows.id(number))
        if shared := sum(map(and_, self._trained, self._tested)):
            tally.add("text_in_training_and_test", count=shared)
        if len(self.sets) > MAX_SETS:
            found = f"{len(self.sets):,} of 1,000"
            tally.add("limit_document_sets", detail=found, count=len(self.sets))

    def _add(self, document_set: LeanSet, documents: Iterable[str], tally: Tally) -> None:
        name = document_set.id or document_set.name
        if shown(name) in self.sets:
            tally.add("duplicate_set_id", detail=name)
        if len(document_set.name) > MAX_SET_NAME:
            tally.add("limit_set_name", detail=name)
        count, members = self._numbers(documents, name, tally)
        if not count:
            tally.add("empty_set", detail=f"{document_set.type} {name}")
        if document_set.count is not None and document_set.count != count:
            found = f"{name}: says {document_set.count}, lists {count}"
            tally.add("set_count_wrong", detail=found)
        self._sort_in(document_set.type, members)
        self._members.append((shown(name), members))
        self.sets[shown(name)] = {
            "name": shown(document_set.name),
            "type": shown(document_set.type),
            "documents": count,
        }

    def _numbers(
        self, documents: Iterable[str], name: str, tally: Tally
    ) -> tuple[int, "array[int]"]:
        """How many there are, and the numbers of those that are known, in order."""
        find = self._listing.rows.find
        numbers = array("I")
        missing = 0
        for document in documents:
            if (number := find(document)) >= 0:
                numbers.append(number)
            else:
                missing += 1
                tally.add("set_missing_document", document, f"in {name}")
        return len(numbers) + missing, numbers

    def _sort_in(self, set_type: str, members: "array[int]") -> None:
        """Remember who annotates, trains and tests what; a document counts once for a set."""
        rows = self._listing.rows
        if set_type == "ASSIGNMENT":
            for number in self._once(self._counted, members):
                rows.annotation_sets[number] += 1
            for text in self._once(self._counted_texts, map(rows.text.__getitem__, members)):
                self._annotated_texts[text] += 1
        elif set_type == TRAINING or set_type in TESTING:
            learned = self._trained if set_type == TRAINING else self._tested
            for number in self._once(self._counted, members):
                rows.learning_sets[number] += 1
                learned[rows.text[number]] = True

    def _once(self, counted: "array[int]", numbers: Iterable[int]) -> Iterator[int]:
        """Each number once; `counted` keeps by number the set that it was counted in last."""
        turn = len(self._members) + 1
        for number in numbers:
            if counted[number] != turn:
                counted[number] = turn
                yield number
