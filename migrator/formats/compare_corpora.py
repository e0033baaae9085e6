"""Compares the corpora of two bundles, document by document; neither side is held whole.

First every ground truth is read once and reduced to a digest; the documents are matched by those;
only pairs whose digests differ are read again, two at a time.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self, TypeAlias

from migrator.formats.compare_content import ABSENT, COUNT_NAMES, Digest
from migrator.formats.compare_digests import digest_corpus
from migrator.formats.compare_documents import compare_ground_truths
from migrator.formats.compare_matching import Listed, Matched, match_documents
from migrator.formats.compare_sets import compare_sets, memberships
from migrator.formats.compare_text import splitting_by_digest
from migrator.formats.compare_work import DIGESTER
from migrator.formats.corpus import Corpus, DocumentSet, LeanDocument, open_corpus
from migrator.formats.differences import Difference, Ledger
from migrator.formats.inspecting.pool import Pool

OTHER_LISTED_TEXT = "text in documents.json, which is not that of the ground truth"

# An upload splits nearly every text anew. In so many documents it is said where; beyond that only
# that it was, since reading them all again takes as long as the comparison.
SPLIT_LOOKED_AT = 300
NOT_LISTED = "not in documents.json"

Progress: TypeAlias = Callable[[int, int | None], None]  # documents read, of both sides
Done: TypeAlias = Callable[[int], None]  # called with the number of documents done since last time


class CorpusSide:
    """The corpora of one side, open, with their documents in short."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._stack = ExitStack()
        with ExitStack() as stack:
            self.corpora: list[Corpus] = [stack.enter_context(open_corpus(path)) for path in paths]
            self._stack = stack.pop_all()
        self.sets: list[list[DocumentSet]] = []
        self.documents: list[Listed] = []
        # Mentions by type.
        self.labels: Counter[str] = Counter()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    @property
    def size(self) -> int:
        """How many ground truths there are to read."""
        return sum(corpus.ground_truth_count for corpus in self.corpora)

    def read(self, done: Done, pool: Pool) -> None:
        """Read everything once, shared with the processes of `pool`."""
        for number, corpus in enumerate(self.corpora):
            digested = digest_corpus(corpus, pool, self.labels)
            sets, items = corpus.sets(), [_item(one) for one in corpus.lean_documents()]
            self.sets.append(sets)
            digests: dict[str, Digest] = {}
            for some in digested:
                digests.update(some)
                done(len(some))
            self.documents += _listed(items, number, sets, digests)

    def counts(self) -> dict[str, int]:
        """What was compared, in the names of an inspection."""
        sets = {one.id for listed in self.sets for one in listed}
        counts = {"documents": len(self.documents), "document_sets": len(sets)}
        for name in COUNT_NAMES:
            counts[name] = sum(one.digest.count(name) for one in self.documents)
        counts["characters"] = sum(one.characters for one in self.documents)
        return counts

    def ground_truth(self, document: Listed) -> bytes | None:
        """The file of one document, None where it has none."""
        corpus = self.corpora[document.source]
        if not corpus.has_ground_truth(document.id):
            return None
        return corpus.ground_truth(document.id)


def read_sides(sides: Sequence[CorpusSide], progress: Progress | None) -> None:
    """Read every document of `sides` once; `progress` gets (documents read, documents of all)."""
    total = sum(side.size for side in sides)
    done = 0

    def report(count: int) -> None:
        nonlocal done
        done += count
        if progress is not None:
            progress(done, total)

    with Pool(DIGESTER) as pool:
        for side in sides:
            side.read(report, pool)


def compare_corpora(left: CorpusSide, right: CorpusSide, ledger: Ledger) -> None:
    """Record every difference of two sides that were read."""
    for number, side in enumerate((left, right)):
        ledger.count(number, side.counts())
        ledger.outcome.mentions_by_type[number].update(side.labels)
    matched = match_documents(left.documents, right.documents)
    for difference in _document_differences(left, right, matched):
        ledger.add(difference)
    for difference in _set_differences(left, right, matched):
        ledger.add(difference)


def _document_differences(
    left: CorpusSide, right: CorpusSide, matched: Matched
) -> Iterator[Difference]:
    split_anew = 0
    for one, other in matched.pairs:
        yield from _listing_differences(one, other)
        if one.digest.whole == other.digest.whole:
            continue
        if one.digest.says_the_same(other.digest):
            split_anew += 1
            if split_anew > SPLIT_LOOKED_AT:
                yield from splitting_by_digest(one.digest, other.digest, one.subject)
                continue
        files = left.ground_truth(one), right.ground_truth(other)
        yield from compare_ground_truths(*files, one.subject)
    for one in matched.missing:
        yield Difference("missing_document", "documents", one.subject, left=one.name)
    for one in matched.extra:
        yield Difference("extra_document", "documents", one.subject, right=one.name)


def _listing_differences(one: Listed, other: Listed) -> Iterator[Difference]:
    """What documents.json says; a text that differs in the ground truth too is told there."""
    if one.name != other.name:
        names = one.name, other.name
        yield Difference("changed_name", "documents", one.subject, "name", "", *names)
    if one.text != other.text and one.digest.text == other.digest.text:
        yield Difference("changed_text", "documents", one.subject, OTHER_LISTED_TEXT)


def _set_differences(left: CorpusSide, right: CorpusSide, matched: Matched) -> Iterator[Difference]:
    numbers: tuple[list[dict[str, int]], ...] = tuple(
        [{} for _ in side.corpora] for side in (left, right)
    )
    names = {}
    for number, (one, other) in enumerate(matched.pairs):
        numbers[0][one.source][one.id] = numbers[1][other.source][other.id] = number
        names[number] = one.subject
    sides = [
        memberships(zip(side.sets, known, strict=True))
        for side, known in zip((left, right), numbers, strict=True)
    ]
    yield from compare_sets(sides[0], sides[1], names)


class Item(NamedTuple):
    """A document as documents.json has it, in short."""

    id: str
    name: str
    text: bytes
    characters: int


def _item(document: LeanDocument) -> Item:
    return Item(document.id, document.name, _hash(document.text), len(document.text))


def _listed(
    items: Iterable[Item], source: int, sets: Iterable[DocumentSet], digests: dict[str, Digest]
) -> Iterator[Listed]:
    """The documents of documents.json, then those that have a ground truth only."""
    places = _places(sets)
    unlisted = dict(digests)
    for item in items:
        unlisted.pop(item.id, None)
        digest = digests.get(item.id, ABSENT)
        place = places[item.id]
        yield Listed(source, item.id, item.name, item.text, place, digest, item.characters)
    for document_id, digest in unlisted.items():
        yield Listed(source, document_id, NOT_LISTED, b"", places[document_id], digest)


def _places(sets: Iterable[DocumentSet]) -> dict[str, bytes]:
    """For each document id a digest of the names of the sets that hold it."""
    held: dict[str, bytes] = defaultdict(bytes)
    for one in sorted(sets, key=lambda one: (one.type, one.name)):
        if one.type != "ALL":
            mark = _hash(f"{one.type}\n{one.name}\n{one.annotator}")
            for member in one.documents:
                held[member] = hashlib.blake2b(held[member] + mark, digest_size=8).digest()
    return held


def _hash(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
