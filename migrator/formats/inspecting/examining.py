"""Chunks of ground truths into facts: what the inspection asks of each process."""

from collections.abc import Callable

from migrator.formats.ground_truth import MAX_GROUND_TRUTH
from migrator.formats.inspecting.chunks import Chunk, Wanted
from migrator.formats.inspecting.documents import examine
from migrator.formats.inspecting.facts import ChunkFacts, DocumentFacts, Seen, Sums
from migrator.formats.inspecting.rules import TypeRules
from migrator.formats.inspection import Occurrence
from migrator.formats.zip_reader import DamagedEntry, EntryReader

EXAMINER = f"{__name__}:examiner"


def examiner(rules: TypeRules | None) -> Callable[[EntryReader, Chunk], ChunkFacts]:
    """What turns a chunk into facts; a damaged entry is a finding, not the end."""
    seen = Seen(rules)

    def examine_chunk(reader: EntryReader, chunk: Chunk) -> ChunkFacts:
        sums = Sums()
        if chunk:
            reader.read_ahead(chunk[0].entry, chunk[-1].entry)
        documents = [_examine(reader, wanted, seen, sums) for wanted in chunk]
        return sums.of(documents, seen.take_signatures())

    return examine_chunk


def _examine(reader: EntryReader, wanted: Wanted, seen: Seen, sums: Sums) -> DocumentFacts:
    document, entry = wanted.document, wanted.entry
    if entry.size > MAX_GROUND_TRUTH:
        found = Occurrence("ground_truth_malformed", document, "larger than any document can be")
        return DocumentFacts(document, found=[found])
    try:
        payload = reader.read(entry)
    except DamagedEntry:
        return DocumentFacts(document, found=[Occurrence("damaged_entry", document)])
    return examine(document, payload, seen, sums, is_copy=wanted.is_copy)
