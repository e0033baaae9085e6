"""Reading ZIP entries safely: bombs, damage and strange compressions are refused in words."""

from collections.abc import Iterator
from io import FileIO
from pathlib import Path
from types import TracebackType
from typing import Self

from migrator.formats.errors import FormatError
from migrator.formats.inflate import DeflateError, crc32, inflate, inflate_chunks
from migrator.formats.zip_directory import ZipDirectory, ZipEntry

STORED, DEFLATED = 0, 8
BOMB_RATIO = 200  # real entries reach 21.6 : 1
BOMB_MINIMUM = 16_000_000  # bytes; below that no ratio does harm
_CHUNK = 1 << 16
_LOCAL_HEADER = 30
_MOST_AHEAD = 1 << 20  # bytes; a chunk of ground truths has an eighth of that
_USUAL_EXTRA = 64  # bytes; Info-ZIP writes 28, so one read fetches header and content


class DamagedEntry(FormatError):
    """One entry of a readable ZIP is damaged; the others may be whole."""


class EntryReader:
    """Reads entries of a ZIP whose directory somebody has read already.

    Raises DamagedEntry for an entry that is not what the directory says.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("rb", buffering=0)
        self._ahead_at, self._ahead = 0, b""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; reading afterwards fails."""
        self._file.close()

    def read(self, entry: ZipEntry) -> bytes:
        """The whole entry, its CRC checked. For entries that are small enough for memory."""
        packed = self._packed(entry)
        try:
            payload = packed if entry.method == STORED else inflate(packed, entry.size)
        except DeflateError as exc:
            raise _damaged(entry) from exc
        if len(payload) != entry.size or crc32(payload) != entry.crc:
            raise _damaged(entry)
        return payload

    def read_ahead(self, first: ZipEntry, last: ZipEntry) -> None:
        """Fetch the bytes from one entry to another at once, where that is not much.

        Entries that are read one after the other mostly lie so; whatever is not among these bytes
        is fetched by itself.
        """
        end = last.offset + last.packed_size + _LOCAL_HEADER + 2 * len(last.name) + _USUAL_EXTRA
        if first.offset < end <= first.offset + _MOST_AHEAD:
            self._file.seek(first.offset)
            self._ahead_at = first.offset
            self._ahead = self._file.read(end - first.offset) or b""

    def packed(self, entry: ZipEntry) -> bytes:
        """The entry as it is stored, for copying; neither inflated nor checked."""
        return self._packed(entry)

    def stream(self, entry: ZipEntry) -> Iterator[bytes]:
        """The entry in pieces of at most 1 MB; its CRC is checked when the last one was taken."""
        crc = size = 0
        packed = self._packed_chunks(entry)
        try:
            for piece in packed if entry.method == STORED else inflate_chunks(packed):
                crc = crc32(piece, crc)
                size += len(piece)
                if size > entry.size:
                    raise _damaged(entry)
                yield piece
        except DeflateError as exc:
            raise _damaged(entry) from exc
        if size != entry.size or crc != entry.crc:
            raise _damaged(entry)

    def _packed(self, entry: ZipEntry) -> bytes:
        _refuse_method(entry)
        likely = _LOCAL_HEADER + 2 * len(entry.name) + _USUAL_EXTRA + entry.packed_size
        record = self._from_ahead(entry.offset, likely)
        if not record:
            self._file.seek(entry.offset)
            record = self._file.read(likely) or b""
        start = _content_start(entry, record)
        missing = start + entry.packed_size - len(record)
        if missing > 0:  # a long header, a raw read that stopped short, or the end of the file
            self._file.seek(entry.offset + len(record))
            record += _read_exactly(self._file, missing)
        packed = record[start : start + entry.packed_size]
        if len(packed) != entry.packed_size:
            raise _damaged(entry)
        return packed

    def _from_ahead(self, offset: int, size: int) -> bytes:
        """What was read ahead, empty where it is not all there."""
        at = offset - self._ahead_at
        return self._ahead[at : at + size] if 0 <= at <= len(self._ahead) - size else b""

    def _packed_chunks(self, entry: ZipEntry) -> Iterator[bytes]:
        _refuse_method(entry)
        self._file.seek(entry.offset)
        at = entry.offset + _content_start(entry, _read_exactly(self._file, _LOCAL_HEADER))
        end = at + entry.packed_size
        while at < end:
            self._file.seek(at)  # somebody may have read another entry between two pieces
            piece = self._file.read(min(_CHUNK, end - at))
            if not piece:
                raise _damaged(entry)
            at += len(piece)
            yield piece


class ZipReader(EntryReader):
    """The entries of one ZIP, and where they are described.

    Opening raises FormatError for a ZIP that is cut off; whoever goes through `entries` is told of
    one that is encrypted, a bomb or climbs out.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        try:
            self.directory = ZipDirectory(self._file)
        except BaseException:
            self.close()
            raise

    def entries(self) -> Iterator[tuple[int, ZipEntry]]:
        """Place and entry of everything but folders, in directory order."""
        file_size = self.directory.file_size
        packed = size = 0
        for place, entry in self.directory:
            packed += entry.packed_size
            size += entry.size
            if entry.size > BOMB_MINIMUM and _is_bomb(entry.packed_size, entry.size):
                raise _bomb()
            if not entry.name.endswith("/"):
                yield place, entry
        if packed > file_size or _is_bomb(file_size, size):
            raise _bomb()


def _read_exactly(file: FileIO, size: int) -> bytes:
    """`size` bytes, fewer only at the end of the file: one raw read may stop short."""
    pieces: list[bytes] = []
    while size > 0 and (piece := file.read(size)):
        pieces.append(piece)
        size -= len(piece)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def _content_start(entry: ZipEntry, record: bytes) -> int:
    if len(record) < _LOCAL_HEADER or not record.startswith(b"PK\x03\x04"):
        raise _damaged(entry)
    name_length = int.from_bytes(record[26:28], "little")
    extra_length = int.from_bytes(record[28:30], "little")
    return _LOCAL_HEADER + name_length + extra_length


def _is_bomb(packed: int, size: int) -> bool:
    """Whether so much cannot come out of so little in a real export."""
    return size > BOMB_MINIMUM and size > BOMB_RATIO * packed


def _bomb() -> FormatError:
    return FormatError(
        "The ZIP would unpack to far more than any export does.",
        meaning="It looks like a ZIP bomb, so nothing was unpacked.",
        remedy="Download the file again from Knowledge Studio.",
    )


def _refuse_method(entry: ZipEntry) -> None:
    if entry.method not in (STORED, DEFLATED):
        raise DamagedEntry(
            f"“{entry.name}” is compressed in a way that cannot be read (method {entry.method}).",
            meaning="It was not read.",
            remedy="Unpack the ZIP and pack it again with an ordinary program.",
        )


def _damaged(entry: ZipEntry) -> DamagedEntry:
    return DamagedEntry(
        f"“{entry.name}” in the ZIP is damaged.",
        meaning="It is not what was packed, so it was not used.",
        remedy="Download the file again from Knowledge Studio.",
    )
