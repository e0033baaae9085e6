"""The items of a long JSON list one at a time, whatever the size of the list.

`documents.json` may be a gigabyte; only one item and one piece of the file are in memory.
"""

import re
from collections.abc import Iterable, Iterator

from migrator.formats.json_decoding import UTF8_BOM, NotJson, OtherShape

MAX_ITEM = 16_000_000  # bytes; 40,000 characters need at most 240,000, a set's ids 500,000
_JACKSON_START = b"[ {\n"
# A raw line feed cannot stand inside a JSON string, so these bytes are always structure.
_JACKSON_BETWEEN = b"\n}, {\n"
_STRUCTURE = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[\[\]{}"]', re.DOTALL)
_DEPTH = {b"{": 1, b"[": 1, b"}": -1, b"]": -1}
_BETWEEN = re.compile(rb"[\s,]*")
_BLANK = b" \t\r\n"


def iter_items(chunks: Iterable[bytes], *, what: str) -> Iterator[bytes]:
    """The JSON text of each object in the list that `chunks` hold together.

    Raises NotJson when the list is cut off or followed by more, OtherShape when it is no list
    of objects. The items themselves are not checked.
    """
    return _Items(chunks, what).walk()


class _Items:
    """A buffer over the pieces; everything before `_at` is used up."""

    def __init__(self, chunks: Iterable[bytes], what: str) -> None:
        self._chunks = iter(chunks)
        self._what = what
        self._buffer = b""
        self._at = 0

    def walk(self) -> Iterator[bytes]:
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
        self._buffer = self._buffer[self._at :] + chunk
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

    def _fast_items(self) -> Iterator[bytes]:
        """Items as the service prints them; leaves the last one for `_exact_items`."""
        self._at = 2
        while self._more():
            if _JACKSON_BETWEEN not in self._buffer:
                continue
            first, *others = self._buffer.split(_JACKSON_BETWEEN)
            last = others.pop()
            yield first + b"\n}"
            for piece in others:
                yield b"{\n" + piece + b"\n}"
            self._buffer = b"{\n" + last

    def _exact_items(self) -> Iterator[bytes]:
        """Items however they are printed, by counting brackets outside of strings."""
        while self._next_item_begins():
            end = self._item_end()
            yield self._buffer[self._at : end]
            self._at = end

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
