"""One corpus: every ground truth examined, and all of them held against documents and sets."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from typing import Any

import msgspec

from migrator.formats.corpus import Corpus
from migrator.formats.inspecting.chunks import ZippedChunks
from migrator.formats.inspecting.documents import examine
from migrator.formats.inspecting.facts import ChunkFacts, Seen, Sums
from migrator.formats.inspecting.listing import Listing
from migrator.formats.inspecting.pool import Pool, processes
from migrator.formats.inspecting.rules import TypeRules
from migrator.formats.inspecting.sets import SetTable
from migrator.formats.inspecting.tally import Tally
from migrator.formats.members import ZipMembers

Progress = Callable[[int, int | None], None]
LARGE = 24_000_000  # bytes of JSON; below that a second process costs more than it saves


class CorpusSums(msgspec.Struct):
    """What one corpus adds up to; the Counters are by label or language, that of
    signatures by relation label, source type and target type."""

    counts: Counter[str] = msgspec.field(default_factory=Counter)
    mention_labels: Counter[str] = msgspec.field(default_factory=Counter)
    relation_labels: Counter[str] = msgspec.field(default_factory=Counter)
    languages: Counter[str] = msgspec.field(default_factory=Counter)
    statuses: Counter[str] = msgspec.field(default_factory=Counter)
    signatures: Counter[tuple[str, str, str]] = msgspec.field(default_factory=Counter)
    sets: dict[str, dict[str, Any]] = {}


def inspect_corpus(
    corpus: Corpus,
    rules: TypeRules | None,
    tally: Tally,
    pool: Pool,
    progress: Progress | None = None,
) -> CorpusSums:
    """Count and check all of `corpus`. FormatError where documents.json cannot be read."""
    sums, listing = CorpusSums(), Listing(corpus)
    for name in corpus.members.duplicates:
        tally.add("duplicate_entry", detail=name)
    for name in corpus.strangers:
        tally.add("stray_file", detail=name)
    table = SetTable(listing)
    batches = _examined(corpus, rules, pool, listing.copies)
    # The processes have begun; meanwhile we read the lists.
    listing.read(tally)
    table.read(corpus, tally)
    done = 0
    for batch in batches:
        _add(sums, batch, rules)
        for facts in batch.documents:
            listing.meet(facts, tally)
        done += len(batch.documents)
        if progress:
            progress(done, corpus.ground_truth_count)
    listing.compare_copies(tally)
    _finish(sums, listing, table, tally)
    return sums


def is_large(members: ZipMembers) -> bool:
    """Whether it is worth several processes."""
    return members.total_size > LARGE and processes() > 1


def _examined(
    corpus: Corpus, rules: TypeRules | None, pool: Pool, copies: Collection[str]
) -> Iterator[ChunkFacts]:
    """The facts in the order of the ZIP. `copies` is filled before the first one is taken."""
    members = corpus.members
    if not isinstance(members, ZipMembers):
        return _examined_files(corpus, rules, copies)
    if is_large(members):
        pool.start()
    chunks = ZippedChunks(members, corpus.prefix, copies)
    return pool.share(members.reader, chunks, ChunkFacts, rules)


def _examined_files(
    corpus: Corpus, rules: TypeRules | None, copies: Collection[str]
) -> Iterator[ChunkFacts]:
    """The facts of the files of a folder."""
    seen = Seen(rules)
    for document, payload in corpus.ground_truths():
        sums = Sums()
        facts = examine(document, payload, seen, sums, is_copy=document in copies)
        yield sums.of([facts], seen.take_signatures())


def _add(sums: CorpusSums, batch: ChunkFacts, rules: TypeRules | None) -> None:
    counts = sums.counts
    counts["sentences"] += batch.sentences
    counts["tokens"] += batch.tokens
    for facts in batch.documents:
        counts["mentions"] += facts.mentions
        counts["relations"] += facts.relations
        counts["coreferences"] += facts.coreferences
    sums.mention_labels.update(batch.mention_labels)
    sums.relation_labels.update(batch.relation_labels)
    sums.languages.update(batch.languages)
    for label, source, source_role, target, target_role, count in batch.signatures:
        ends = (source, target)
        if rules:
            ends = rules.ends(label, (source, source_role), (target, target_role)) or ends
        sums.signatures[label, *ends] += count


def _finish(sums: CorpusSums, listing: Listing, table: SetTable, tally: Tally) -> None:
    listing.finish(tally)
    table.finish(tally)
    table.add_up()
    sums.counts["documents"] = listing.count
    sums.counts["characters"] = listing.characters
    sums.counts["document_sets"] = len(table.sets)
    sums.statuses = listing.statuses
    sums.sets = table.sets
