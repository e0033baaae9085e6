"""Many keys in little memory: a dict of 10,000 names takes 2.5 MB, this a fifth of it.

An inspection holds the names of all files and the ids of all documents; with these its memory
hardly grows with the number of documents.
"""

from array import array
from collections.abc import Collection, Iterator

_FIRST_SLOTS = 64
_FREE = -1


class KeyTable:
    """Byte strings, each once, numbered in the order of adding.

    The keys stand one after the other; a table of slots, at most two thirds full, leads from the
    hash of a key to its number. A lookup compares the key itself, so nothing hangs on the hash.
    `expected` keys are added faster.
    """

    def __init__(self, expected: int = 0) -> None:
        self._keys = bytearray()
        self._ends = array("Q", [0])
        size = max(_FIRST_SLOTS, 3 * expected // 2)
        self._slots = array("i", [_FREE]) * (1 << size.bit_length())

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __getitem__(self, number: int) -> bytes:
        return bytes(self._keys[self._ends[number] : self._ends[number + 1]])

    def find(self, key: bytes) -> int:
        """The number of `key`, below zero where it is not there."""
        slots, keys, ends = self._slots, self._keys, self._ends
        mask = len(slots) - 1
        slot = hash(key) & mask
        while (number := slots[slot]) >= 0 and keys[ends[number] : ends[number + 1]] != key:
            slot = (slot + 1) & mask
        return number

    def add(self, key: bytes) -> int:
        """The number of `key`, which is the last one where it is new."""
        slots, keys, ends = self._slots, self._keys, self._ends
        mask = len(slots) - 1
        slot = hash(key) & mask
        while (number := slots[slot]) >= 0:
            if keys[ends[number] : ends[number + 1]] == key:
                return number
            slot = (slot + 1) & mask
        number = slots[slot] = len(ends) - 1
        keys += key
        ends.append(len(keys))
        if 3 * number > 2 * mask:
            self._grow()
        return number

    def _grow(self) -> None:
        slots = array("i", [_FREE]) * (2 * len(self._slots))
        mask = len(slots) - 1
        for number in range(len(self)):
            slot = hash(self[number]) & mask
            while slots[slot] >= 0:
                slot = (slot + 1) & mask
            slots[slot] = number
        self._slots = slots


class Names(Collection[str]):
    """Names, each once, numbered in the order of adding; lone surrogates are as good as others."""

    def __init__(self, expected: int = 0) -> None:
        self._keys = KeyTable(expected)

    def __len__(self) -> int:
        return len(self._keys)

    def __iter__(self) -> Iterator[str]:
        for number in range(len(self)):
            yield self[number]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.find(name) >= 0

    def __getitem__(self, number: int) -> str:
        return self._keys[number].decode("utf-8", "surrogatepass")

    def find(self, name: str) -> int:
        """The number of `name`, below zero where it is not there."""
        return self._keys.find(_encoded(name))

    def add(self, name: str) -> int:
        """The number of `name`, which is the last one where it is new."""
        return self._keys.add(_encoded(name))


def _encoded(name: str) -> bytes:
    try:
        return name.encode()  # naming an error handler takes as long again
    except UnicodeEncodeError:
        return name.encode("utf-8", "surrogatepass")
