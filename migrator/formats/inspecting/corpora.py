"""One corpus: every ground truth examined, and all of them held against documents and sets."""

from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import msgspec

from migrator.formats.corpus import Corpus
from migrator.formats.inspecting.chunks import examine_chunk, in_chunks
from migrator.formats.inspecting.documents import examine
from migrator.formats.inspecting.facts import DocumentFacts, Seen
from migrator.formats.inspecting.listing import Listing
from migrator.formats.inspecting.pool import Pool, processes
from migrator.formats.inspecting.rules import TypeRules
from migrator.formats.inspecting.sets import SetTable
from migrator.formats.inspecting.tally import Tally
from migrator.formats.members import ZipMembers

Progress = Callable[[int, int | None], None]
LARGE = 24_000_000  # bytes of JSON; below that a second process costs more than it saves
_SUMS = ("sentences", "tokens", "mentions", "relations", "coreferences")


class CorpusSums(msgspec.Struct):
    """What one corpus adds up to; the Counters are by label or language."""

    counts: Counter[str] = msgspec.field(default_factory=Counter)
    mention_labels: Counter[str] = msgspec.field(default_factory=Counter)
    relation_labels: Counter[str] = msgspec.field(default_factory=Counter)
    languages: Counter[str] = msgspec.field(default_factory=Counter)
    statuses: Counter[str] = msgspec.field(default_factory=Counter)
    sets: dict[str, dict[str, Any]] = {}


def inspect_corpus(
    corpus: Corpus, rules: TypeRules | None, tally: Tally, progress: Progress | None = None
) -> CorpusSums:
    """Count and check all of `corpus`. FormatError where documents.json cannot be read."""
    sums, listing = CorpusSums(), Listing()
    for name in corpus.members.duplicates:
        tally.add("duplicate_entry", detail=name)
    for name in corpus.strangers:
        tally.add("stray_file", detail=name)
    table = SetTable(listing)

    def read_lists() -> None:
        listing.read(corpus, tally)
        table.read(corpus, tally)
        listing.find_duplicates(corpus, tally)

    total = len(corpus.ground_truth_names)
    done = 0
    for batch in _examined(corpus, rules, read_lists):
        for facts in batch:
            _add(sums, facts)
            listing.meet(facts, tally)
        done += len(batch)
        if progress:
            progress(done, total)
    _finish(sums, listing, table, tally)
    return sums


def _examined(
    corpus: Corpus, rules: TypeRules | None, meanwhile: Callable[[], None]
) -> Iterator[list[DocumentFacts]]:
    """The facts in the order of the ZIP; `meanwhile` is called before the first."""
    members, names, seen = corpus.members, corpus.ground_truth_names, Seen(rules)
    if not isinstance(members, ZipMembers):
        meanwhile()
        for document, payload in corpus.ground_truths():
            yield [examine(document, payload, seen)]
        return
    chunks = list(in_chunks((document, members.by_name[name]) for document, name in names.items()))
    size = sum(members.size(name) for name in names.values())
    if size < LARGE or processes() == 1:
        meanwhile()
        yield from (examine_chunk(members.reader, chunk, seen) for chunk in chunks)
        return
    examine_all = partial(examine_chunk, seen=seen)
    with Pool(members.reader, chunks, examine_all, list[DocumentFacts]) as pool:
        meanwhile()
        yield from pool.results()


def _add(sums: CorpusSums, facts: DocumentFacts) -> None:
    for name in _SUMS:
        sums.counts[name] += getattr(facts, name)
    sums.mention_labels.update(facts.mention_labels)
    sums.relation_labels.update(facts.relation_labels)
    if facts.language:
        sums.languages[facts.language] += 1


def _finish(sums: CorpusSums, listing: Listing, table: SetTable, tally: Tally) -> None:
    listing.finish(tally)
    table.finish(tally)
    table.add_up()
    sums.counts["documents"] = listing.count
    sums.counts["characters"] = listing.characters
    sums.counts["document_sets"] = len(table.sets)
    sums.statuses = listing.statuses
    sums.sets = table.sets
