"""ZIPs of every sort, good and bad, for the tests."""

import struct
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

Entries = list[tuple[str, bytes]]


def entries_of(path: Path) -> Entries:
    with zipfile.ZipFile(path) as opened:
        return [(name, opened.read(name)) for name in opened.namelist()]


def zipped(
    path: Path, entries: Iterable[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED
) -> Path:
    with zipfile.ZipFile(path, "w", method) as made:
        for name, payload in entries:
            made.writestr(name, payload)
    return path


def patched(path: Path, change: Callable[[bytearray], None]) -> Path:
    """The file with `change` applied to its bytes."""
    raw = bytearray(path.read_bytes())
    change(raw)
    path.write_bytes(raw)
    return path


def directory_entry(raw: bytearray, name: str) -> int:
    """Where the central directory's record of `name` begins."""
    encoded = name.encode()
    at = -1
    while (at := raw.find(b"PK\x01\x02", at + 1)) >= 0:
        length = struct.unpack_from("<H", raw, at + 28)[0]
        if raw[at + 46 : at + 46 + length] == encoded:
            return at
    raise AssertionError(name)


def content(raw: bytearray, name: str) -> int:
    """Where the packed bytes of `name` begin."""
    at = struct.unpack_from("<L", raw, directory_entry(raw, name) + 42)[0]
    lengths = struct.unpack_from("<2H", raw, at + 26)
    return int(at + 30 + sum(lengths))


def set_field(raw: bytearray, name: str, offset: int, form: str, value: int) -> None:
    """Overwrite a number in the directory record of `name`."""
    struct.pack_into(form, raw, directory_entry(raw, name) + offset, value)
