"""Chunks of ground truths into digests: what the comparison asks of each process."""

from collections.abc import Callable

from migrator.formats.compare_content import Digest, digest
from migrator.formats.inspecting.chunks import Chunk
from migrator.formats.inspecting.rules import TypeRules
from migrator.formats.zip_directory import ZipEntry
from migrator.formats.zip_reader import DamagedEntry, EntryReader

DIGESTER = f"{__name__}:digester"


def digester(_rules: TypeRules | None) -> Callable[[EntryReader, Chunk], list[Digest | None]]:
    """What digests each document of a chunk, None for a damaged entry: an error cannot travel."""

    def digest_chunk(reader: EntryReader, chunk: Chunk) -> list[Digest | None]:
        if chunk:
            reader.read_ahead(chunk[0].entry, chunk[-1].entry)
        return [_digest(reader, wanted.entry) for wanted in chunk]

    return digest_chunk


def _digest(reader: EntryReader, entry: ZipEntry) -> Digest | None:
    try:
        return digest(reader.read(entry))
    except DamagedEntry:
        return None
