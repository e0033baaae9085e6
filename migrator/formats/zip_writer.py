"""ZIP files in the service's own shape, written forwards only so that they can be streamed.

Python's zipfile sets other flags and times and cannot write data descriptors on demand. Source:
PKWARE APPNOTE 6.3 and the exports themselves: version 2.0, names flagged as UTF-8, no attributes;
corpora with data descriptors (flags 0x808), dictionaries without (flags 0x800).
"""

import struct
import zlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from types import TracebackType
from typing import Protocol, Self

from migrator.formats.errors import FormatError
from migrator.formats.inflate import RAW, crc32

_LOCAL = struct.Struct("<4s5H3L2H")
_DESCRIPTOR = struct.Struct("<4s3L")
_ENTRY = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_END64_LOCATOR = struct.Struct("<4sLQL")
_UTF8_NAMES, _DESCRIPTOR_FOLLOWS = 0x800, 0x8
_DEFLATED, _VERSION, _VERSION64 = 8, 20, 45
_MAX32, _MAX16 = 0xFFFFFFFF, 0xFFFF


class Sink(Protocol):
    """Where the bytes go; need not be seekable."""

    def write(self, piece: bytes, /) -> object:
        """Take the whole piece."""


class ZipWriter:
    """Writes entries one after the other; leaving the `with` block writes the directory."""

    def __init__(
        self, sink: Sink, *, made_at: datetime | None = None, level: int = 6, system: int = 0
    ) -> None:
        self._sink = sink
        self._level = level
        self._system = system
        self._date, self._time = _dos_time(made_at or datetime.now(UTC))
        self._at = 0
        self._directory: list[bytes] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self._finish()

    def add(self, name: str, pieces: Iterable[bytes]) -> None:
        """One entry, streamed, sizes in a data descriptor behind it."""
        start, flags = self._at, _UTF8_NAMES | _DESCRIPTOR_FOLLOWS
        self._local_header(name, flags, (0, 0, 0))
        content_at = self._at
        crc = size = 0
        for piece, packed in self._deflated(pieces):
            crc = crc32(piece, crc)
            size += len(piece)
            self._write(packed)
        sums = (crc, self._at - content_at, size)
        _refuse_giant(name, sums)
        self._write(_DESCRIPTOR.pack(b"PK\x07\x08", *sums))
        self._remember(name, flags, sums, start)

    def add_packed(self, name: str, packed: bytes, *, crc: int, size: int) -> None:
        """One entry that is deflated already, as `add` shapes it; `size` is that of the content."""
        start, flags = self._at, _UTF8_NAMES | _DESCRIPTOR_FOLLOWS
        sums = (crc, len(packed), size)
        self._local_header(name, flags, (0, 0, 0))
        self._write(packed)
        self._write(_DESCRIPTOR.pack(b"PK\x07\x08", *sums))
        self._remember(name, flags, sums, start)

    def add_sized(self, name: str, payload: bytes) -> None:
        """One entry, sizes in its local header."""
        packer = zlib.compressobj(self._level, zlib.DEFLATED, RAW)
        packed = packer.compress(payload) + packer.flush()
        sums, start = (crc32(payload), len(packed), len(payload)), self._at
        self._local_header(name, _UTF8_NAMES, sums)
        self._write(packed)
        self._remember(name, _UTF8_NAMES, sums, start)

    def _deflated(self, pieces: Iterable[bytes]) -> Iterator[tuple[bytes, bytes]]:
        packer = zlib.compressobj(self._level, zlib.DEFLATED, RAW)
        for piece in pieces:
            yield piece, packer.compress(piece)
        yield b"", packer.flush()

    def _write(self, piece: bytes) -> None:
        if piece:
            self._sink.write(piece)
            self._at += len(piece)

    def _local_header(self, name: str, flags: int, sums: tuple[int, int, int]) -> None:
        raw = name.encode()
        stamp = (self._time, self._date)
        header = (b"PK\x03\x04", _VERSION, flags, _DEFLATED, *stamp, *sums, len(raw), 0)
        self._write(_LOCAL.pack(*header) + raw)

    def _remember(self, name: str, flags: int, sums: tuple[int, int, int], start: int) -> None:
        raw = name.encode()
        extra = struct.pack("<2HQ", 1, 8, start) if start >= _MAX32 else b""
        needed = _VERSION64 if extra else _VERSION
        made_by = self._system << 8 | needed
        stamp = (self._time, self._date)
        head = (b"PK\x01\x02", made_by, needed, flags, _DEFLATED, *stamp, *sums)
        tail = (len(raw), len(extra), 0, 0, 0, 0, min(start, _MAX32))
        self._directory.append(_ENTRY.pack(*head, *tail) + raw + extra)

    def _finish(self) -> None:
        start, count = self._at, len(self._directory)
        self._write(b"".join(self._directory))
        size, end = self._at - start, self._at
        if count >= _MAX16 or start >= _MAX32:
            versions = (_VERSION64, _VERSION64, 0, 0)
            self._write(_END64.pack(b"PK\x06\x06", 44, *versions, count, count, size, start))
            self._write(_END64_LOCATOR.pack(b"PK\x06\x07", 0, end, 1))
        short = min(count, _MAX16)
        self._write(
            _END.pack(b"PK\x05\x06", 0, 0, short, short, min(size, _MAX32), min(start, _MAX32), 0)
        )


def _refuse_giant(name: str, sums: tuple[int, int, int]) -> None:
    if max(sums[1:]) >= _MAX32:
        raise FormatError(
            f"“{name}” would be larger than 4 GB.",
            meaning="Knowledge Studio takes at most 200 MB in one upload.",
            remedy="Write it in several parts.",
        )


def _dos_time(moment: datetime) -> tuple[int, int]:
    """(date, time) in the ZIP's own units: two seconds, years since 1980."""
    date = max(moment.year - 1980, 0) << 9 | moment.month << 5 | moment.day
    return date, moment.hour << 11 | moment.minute << 5 | moment.second // 2
