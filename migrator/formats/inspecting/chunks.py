"""Ground truths in portions: large enough to be worth a message, small enough to be held."""

from collections.abc import Iterable, Iterator
from typing import TypeAlias

import msgspec

from migrator.formats.zip_directory import ZipEntry

CHUNK_SIZE = 1_000_000  # bytes of JSON, some 15 documents: a hundredth of a second
CHUNK_LENGTH = 200  # documents, where they are tiny


class Wanted(msgspec.Struct, array_like=True, gc=False):
    """A ground truth to be examined. `is_copy`: its annotations are to be compared with others."""

    document: str
    entry: ZipEntry
    is_copy: bool = False


NO_ENTRY = ZipEntry("", 0, 0, 0, 0, 0, 0)  # of a file that lies in a folder

Chunk: TypeAlias = list[Wanted]


def in_chunks(wanted: Iterable[Wanted]) -> Iterator[Chunk]:
    """Portions of about CHUNK_SIZE."""
    chunk: Chunk = []
    size = 0
    for one in wanted:
        chunk.append(one)
        size += one.entry.size
        if size >= CHUNK_SIZE or len(chunk) == CHUNK_LENGTH:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk
