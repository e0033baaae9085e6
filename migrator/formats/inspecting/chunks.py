"""Ground truths in portions: large enough to be worth a message, small enough to be held."""

from collections.abc import Collection
from typing import Protocol, TypeAlias

import msgspec

from migrator.formats.corpus import ground_truth_id
from migrator.formats.members import ZipMembers
from migrator.formats.zip_directory import ZipEntry

CHUNK_SIZE = 1_000_000  # bytes of JSON, some 15 documents: a hundredth of a second
CHUNK_LENGTH = 200  # documents, where they are tiny


class Wanted(msgspec.Struct, array_like=True, gc=False):
    """A ground truth to be examined. `is_copy`: its annotations are to be compared with others."""

    document: str
    entry: ZipEntry
    is_copy: bool = False


Chunk: TypeAlias = list[Wanted]


class Chunks(Protocol):
    """Portions by their numbers."""

    def __len__(self) -> int: ...
    def __getitem__(self, number: int) -> Chunk: ...


class ZippedChunks:
    """The ground truths of a ZIP in portions of about CHUNK_SIZE, each made when asked for.

    `copies` are the documents that are copies; it may still be filled while portions are taken.
    """

    def __init__(self, members: ZipMembers, prefix: str, copies: Collection[str] = ()) -> None:
        self._members = members
        self._prefix = prefix
        self._copies = copies
        self._count = len(members.names)
        share = CHUNK_SIZE * self._count // max(members.total_size, 1)
        self._length = max(1, min(share, CHUNK_LENGTH))

    def __len__(self) -> int:
        return (self._count + self._length - 1) // self._length

    def __getitem__(self, number: int) -> Chunk:
        first = number * self._length
        after = min(first + self._length, self._count)
        found: Chunk = []
        for entry in self._members.entries(first, after):
            document = ground_truth_id(entry.name, self._prefix)
            if document is not None:
                found.append(Wanted(document, entry, document in self._copies))
        return found
