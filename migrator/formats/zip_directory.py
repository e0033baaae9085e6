"""The central directory of a ZIP: what is inside, read without trusting it.

Source: PKWARE APPNOTE 6.3. Local headers written by Knowledge Studio hold zero sizes, so the
directory at the end is the only place that tells them.
"""

import os
import re
import struct
from collections.abc import Iterator
from io import FileIO
from typing import BinaryIO

import msgspec

from migrator.formats.errors import FormatError

_END = struct.Struct("<4s4H2LH")
_END64_LOCATOR = struct.Struct("<4sLQL")
_END64 = struct.Struct("<4sQ2H2L4Q")
# Signature, flags, method, CRC, both sizes, lengths of name, extra and comment, offset; what is
# left out (versions, times, attributes) nobody asks for, and a corpus has 10,000 of these.
_ENTRY = struct.Struct("<4s4x2H4x3L3H8xL")
_SIGNATURE = b"PK\x01\x02"
_PIECE = 1 << 16  # bytes of the directory that are read at once, some 600 entries
_RECORD = 256  # bytes that nearly every record fits into
_LARGE = 0xFFFFFFFF  # the number stands in the zip64 extra field
_ENCRYPTED = 0x1 | 0x40
# Only these can make a name lead out of the ZIP.
_ODD_NAME = re.compile(r"^/|[\\:\0]|\.\.")
_UTF8_NAMES = 0x800
MAX_DIRECTORY = 256_000_000  # bytes; a million entries need about 100 MB


class ZipEntry(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One entry: sizes in bytes, `offset` of its local header from the start of the file."""

    name: str
    method: int
    flags: int
    crc: int
    packed_size: int
    size: int
    offset: int


class ZipDirectory:
    """Where the entries of a ZIP are described; read from the file whenever somebody asks.

    An entry is found again by its *place*, where its record begins in the file. Opening and
    reading raise FormatError where the directory cannot be read or a name leads out of the ZIP.
    """

    def __init__(self, file: BinaryIO | FileIO) -> None:
        self._file = file
        self.file_size = file.seek(0, os.SEEK_END)
        self._count, size, offset, self.end = _find_end(file, self.file_size)
        self._start = self.end - size
        if size > MAX_DIRECTORY or self._start < 0 or self._start < offset:
            raise _truncated()
        self._shift = self._start - offset  # bytes that stand before the ZIP in the file

    def __len__(self) -> int:
        """How many records there are said to be; a file has room for no more."""
        return min(self._count, (self.end - self._start) // _ENTRY.size)

    def __iter__(self) -> Iterator[tuple[int, ZipEntry]]:
        """Place and entry of all records in their order, folders included."""
        count = 0
        for records in self._pieces(self._start, self.end, _PIECE):
            count += len(records)
            yield from records
        if count != self._count:
            raise _truncated()

    def at(self, place: int) -> ZipEntry:
        """The entry at one place."""
        for records in self._pieces(place, self.end, _RECORD):
            for _, entry in records:
                return entry
        raise _truncated()

    def between(self, place: int, end: int) -> Iterator[tuple[int, ZipEntry]]:
        """Place and entry of the records from `place` to `end`, where another one begins."""
        for records in self._pieces(place, end, _PIECE):
            yield from records

    def _pieces(self, place: int, end: int, size: int) -> Iterator[list[tuple[int, ZipEntry]]]:
        """The same, some at a time: those that `size` bytes of the file hold."""
        rest = b""
        while place + len(rest) < end:
            self._file.seek(place + len(rest))
            more = self._file.read(min(size, end - place - len(rest)))
            if not more:
                raise _truncated()
            rest += more
            records, used = _parse(rest, place, self._shift)
            yield records
            rest = rest[used:]
            place += used
            if len(rest) >= len(_SIGNATURE) and not rest.startswith(_SIGNATURE):
                return  # a digital signature may follow the last entry
        if rest:
            raise _truncated()


def _find_end(file: BinaryIO | FileIO, file_size: int) -> tuple[int, int, int, int]:
    """(number of entries, directory size, directory offset, where the directory ends)."""
    tail_size = min(file_size, _END.size + 0xFFFF)
    file.seek(file_size - tail_size)
    tail = file.read(tail_size)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < _END.size:
        raise _truncated()
    _, disk, _, _, count, size, offset, _ = _END.unpack_from(tail, at)
    if disk not in (0, 0xFFFF):
        raise FormatError(
            "The ZIP is one part of a ZIP that was split into several files.",
            meaning="Nothing was read from it.",
            remedy="Join the parts into one ZIP first, or download it again.",
        )
    end = file_size - tail_size + at
    if count == 0xFFFF or _LARGE in (size, offset):
        return _find_end64(file, end) or (count, size, offset, end)
    return count, size, offset, end


def _find_end64(file: BinaryIO | FileIO, end: int) -> tuple[int, int, int, int] | None:
    if end < _END64_LOCATOR.size:
        return None
    file.seek(end - _END64_LOCATOR.size)
    signature, _, at, _ = _END64_LOCATOR.unpack(file.read(_END64_LOCATOR.size))
    if signature != b"PK\x06\x07":
        return None
    file.seek(min(at, end))
    record = file.read(_END64.size)
    if len(record) < _END64.size or not record.startswith(b"PK\x06\x06"):
        raise _truncated()
    *_, count, size, offset = _END64.unpack(record)
    return count, size, offset, at


def _parse(records: bytes, place: int, shift: int) -> tuple[list[tuple[int, ZipEntry]], int]:
    """Place and entry of each record that is there whole, and how many bytes these are."""
    found: list[tuple[int, ZipEntry]] = []
    at, last = 0, len(records) - _ENTRY.size
    while at <= last:
        signature, flags, method, crc, packed, size, name_size, extra_size, comment_size, offset = (
            _ENTRY.unpack_from(records, at)
        )
        name_at = at + _ENTRY.size
        extra_at = name_at + name_size
        after = extra_at + extra_size + comment_size
        if signature != _SIGNATURE or after > len(records):
            break
        if flags & _ENCRYPTED:
            raise _encrypted()
        if _LARGE in (packed, size, offset):
            extra = records[extra_at : extra_at + extra_size]
            size, packed, offset = _zip64(extra, size, packed, offset)
        name = _name(records[name_at:extra_at], flags)
        entry = ZipEntry(name, method, flags, crc, packed, size, offset + shift)
        found.append((place + at, entry))
        at = after
    return found, at


def _encrypted() -> FormatError:
    return FormatError(
        "The ZIP is encrypted.",
        meaning="Nothing was read from it.",
        remedy="Unpack it with its password and bring the unpacked files or a plain ZIP.",
    )


def _zip64(extra: bytes, *values: int) -> list[int]:
    """`values` with each 0xFFFFFFFF replaced by the 8-byte number of the zip64 extra field."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        if kind == 1:
            large = iter(struct.unpack_from(f"<{length // 8}Q", extra[: at + 4 + length], at + 4))
            return [next(large, value) if value == _LARGE else value for value in values]
        at += 4 + length
    return list(values)


def _name(raw_name: bytes, flags: int) -> str:
    """A clean relative name with forward slashes; FormatError when it leads out of the ZIP."""
    if flags & _UTF8_NAMES or raw_name.isascii():
        name = raw_name.decode("utf-8", "replace")
    else:
        name = raw_name.decode("cp437")
    if _ODD_NAME.search(name) is None:
        return name
    name = name.replace("\\", "/")
    parts = name.split("/")
    if name.startswith("/") or ".." in parts or (parts[0][1:2] == ":") or "\0" in name:
        raise FormatError(
            "The ZIP names a file outside of itself.",
            meaning="No export of Knowledge Studio does that, so nothing was read from it.",
            remedy="Download the file again from Knowledge Studio.",
        )
    return name


def _truncated() -> FormatError:
    return FormatError(
        "The ZIP is cut off or damaged: its table of contents cannot be read.",
        meaning="The file did not arrive whole, and nothing was read from it.",
        remedy="Download it again and compare its size with the one that the browser shows.",
    )
