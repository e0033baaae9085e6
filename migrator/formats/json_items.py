"""The items of a long JSON list one at a time, whatever the size of the list.

`documents.json` may be a gigabyte; only one item and one piece of the file are in memory.
"""

import re
from collections.abc import Iterable, Iterator

from migrator.formats.json_decoding import UTF8_BOM, NotJson, OtherShape

MAX_ITEM = 16_000_000  # bytes; 40,000 characters need at most 240,000, a set's ids 500,000
_JACKSON_START = b"[ {\n"
_JACKSON_ITEM = b'{\n  "'
# A raw line feed cannot stand inside a JSON string, and what is inside of an item is indented.
_JACKSON_END = b"\n}"
_JACKSON_COMMA = _JACKSON_END + b", "
_JACKSON_BETWEEN = _JACKSON_COMMA + b"{"
_LARGE = 100_000  # bytes; an item of that size is given away with the buffer, not copied
_STRUCTURE = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[\[\]{}"]', re.DOTALL)
_DEPTH = {b"{": 1, b"[": 1, b"}": -1, b"]": -1}
_BETWEEN = re.compile(rb"[\s,]*")
_BLANK = b" \t\r\n"


def iter_items(chunks: Iterable[bytes], *, what: str) -> Iterator[bytes | bytearray]:
    """The JSON text of each object in the list that `chunks` hold together.

    Raises NotJson when the list is cut off or followed by more, OtherShape when it is no list
    of objects. The items themselves are not checked.
    """
    return _Items(chunks, what).walk()


class _Items:
    """A buffer over the pieces, changed in place; everything before `_at` is used up."""

    def __init__(self, chunks: Iterable[bytes], what: str) -> None:
        self._chunks = iter(chunks)
        self._what = what
        self._buffer = bytearray()
        self._at = 0

    def walk(self) -> Iterator[bytes | bytearray]:
        self._open_list()
        if self._buffer.startswith(_JACKSON_START):
            yield from self._fast_items()
        else:
            self._at = 1
        yield from self._exact_items()
        self._expect_end()

    def _more(self) -> bool:
        """Take the next piece; False at the end of the file."""
        chunk = next(self._chunks, b"")
        del self._buffer[: self._at]
        self._buffer += chunk
        self._at = 0
        if len(self._buffer) > MAX_ITEM + len(chunk):
            raise OtherShape(f"{self._what} holds an item larger than any document can be.")
        return bool(chunk)

    def _open_list(self) -> None:
        while len(self._buffer) < 4096 and self._more():
            pass
        self._buffer = self._buffer.removeprefix(UTF8_BOM).lstrip(_BLANK)
        if not self._buffer.startswith(b"["):
            raise OtherShape(f"{self._what} is not a list.")

    def _fast_items(self) -> Iterator[bytes | bytearray]:
        """Items as the service prints them; leaves the last one for `_exact_items`.

        It leaves everything from an item on that begins in another way.
        """
        self._at = 2
        scanned = 0  # bytes of the item
        while self._begins_with(_JACKSON_ITEM):
            end = self._buffer.find(_JACKSON_BETWEEN, self._at + scanned)
            if end >= 0:
                yield self._take(end + len(_JACKSON_END), end + len(_JACKSON_COMMA))
                scanned = 0
                continue
            scanned = max(0, len(self._buffer) - self._at - len(_JACKSON_BETWEEN))
            if not self._more():
                return

    def _begins_with(self, start: bytes) -> bool:
        while len(self._buffer) - self._at < len(start) and self._more():
            pass
        return self._buffer.startswith(start, self._at)

    def _exact_items(self) -> Iterator[bytes | bytearray]:
        """Items however they are printed, by counting brackets outside of strings."""
        while self._next_item_begins():
            end = self._item_end()
            yield self._take(end, end)

    def _take(self, end: int, after: int) -> bytes | bytearray:
        """The item up to `end`; what comes next begins at `after`."""
        if end - self._at < _LARGE:
            item = bytes(memoryview(self._buffer)[self._at : end])
            self._at = after
            return item
        large, self._buffer = self._buffer, self._buffer[after:]
        del large[end:], large[: self._at]
        self._at = 0
        return large

    def _next_item_begins(self) -> bool:
        while True:
            if gap := _BETWEEN.match(self._buffer, self._at):
                self._at = gap.end()
            if self._at < len(self._buffer) or not self._more():
                break
        ahead = self._buffer[self._at : self._at + 1]
        if ahead == b"]":
            return False
        if not ahead:
            raise NotJson(f"{self._what} is cut off.")
        if ahead != b"{":
            raise OtherShape(f"{self._what} is not a list of objects.")
        return True

    def _item_end(self) -> int:
        """Where the item that begins at `_at` ends."""
        depth, scanned = 0, 0  # `scanned` counts from the start of the item
        while True:
            for found in _STRUCTURE.finditer(self._buffer, self._at + scanned):
                token = found.group()
                if token == b'"':
                    scanned = found.start() - self._at  # a string that goes on in the next piece
                    break
                depth += _DEPTH.get(token, 0)
                scanned = found.end() - self._at
                if depth == 0:
                    return found.end()
            if not self._more():
                raise NotJson(f"{self._what} is cut off.")

    def _expect_end(self) -> None:
        self._at += 1
        while True:
            if self._buffer[self._at :].strip(_BLANK):
                raise NotJson(f"{self._what} goes on after its end.")
            self._at = len(self._buffer)
            if not self._more():
                return
