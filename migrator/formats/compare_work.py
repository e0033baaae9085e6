"""Chunks of ground truths into digests: what the comparison asks of each process."""

from collections import Counter
from collections.abc import Callable

import msgspec

from migrator.formats.compare_content import Digest, digest
from migrator.formats.inspecting.chunks import Chunk
from migrator.formats.inspecting.rules import TypeRules
from migrator.formats.zip_directory import ZipEntry
from migrator.formats.zip_reader import DamagedEntry, EntryReader

DIGESTER = f"{__name__}:digester"


class DigestedChunk(msgspec.Struct, array_like=True):
    """One chunk: a digest for each document, and its mentions by type."""

    digests: list[Digest | None]
    mentions: dict[str, int]


def digester(_rules: TypeRules | None) -> Callable[[EntryReader, Chunk], DigestedChunk]:
    """What digests each document of a chunk, None for a damaged entry: an error cannot travel."""

    def digest_chunk(reader: EntryReader, chunk: Chunk) -> DigestedChunk:
        if chunk:
            reader.read_ahead(chunk[0].entry, chunk[-1].entry)
        labels: Counter[str] = Counter()
        digests = [_digest(reader, wanted.entry, labels) for wanted in chunk]
        return DigestedChunk(digests, labels)

    return digest_chunk


def _digest(reader: EntryReader, entry: ZipEntry, labels: Counter[str]) -> Digest | None:
    try:
        return digest(reader.read(entry), labels)
    except DamagedEntry:
        return None
