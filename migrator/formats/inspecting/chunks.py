"""Ground truths in portions: large enough to be worth a message, small enough to be held."""

from collections.abc import Iterable, Iterator

from migrator.formats.corpus import MAX_GROUND_TRUTH
from migrator.formats.inspecting.documents import examine
from migrator.formats.inspecting.facts import DocumentFacts, Seen
from migrator.formats.inspection import Occurrence
from migrator.formats.zip_directory import ZipEntry
from migrator.formats.zip_reader import DamagedEntry, EntryReader

Chunk = list[tuple[str, ZipEntry]]
CHUNK_SIZE = 4_000_000  # bytes of JSON, some 60 documents


def in_chunks(entries: Iterable[tuple[str, ZipEntry]]) -> Iterator[Chunk]:
    """(document id, entry) pairs in portions of about CHUNK_SIZE."""
    chunk: Chunk = []
    size = 0
    for document, entry in entries:
        chunk.append((document, entry))
        size += entry.size
        if size >= CHUNK_SIZE:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def examine_chunk(reader: EntryReader, chunk: Chunk, seen: Seen) -> list[DocumentFacts]:
    """The facts of each document; a damaged entry is a finding, not the end."""
    return [_examine(reader, document, entry, seen) for document, entry in chunk]


def _examine(reader: EntryReader, document: str, entry: ZipEntry, seen: Seen) -> DocumentFacts:
    if entry.size > MAX_GROUND_TRUTH:
        found = Occurrence("ground_truth_malformed", document, "larger than any document can be")
        return DocumentFacts(document, found=[found])
    try:
        payload = reader.read(entry)
    except DamagedEntry:
        return DocumentFacts(document, found=[Occurrence("damaged_entry", document)])
    return examine(document, payload, seen)
