"""Ways to change an archive after it was sealed."""

import hashlib
import zipfile
from collections.abc import Callable
from pathlib import Path

from migrator.archives import bag

Entries = dict[str, bytes]


def repack(
    path: Path,
    change: Callable[[Entries], object] = lambda entries: None,
    *,
    compression: int = zipfile.ZIP_STORED,
    folder: str | None = None,
) -> None:
    """Unpack, change and pack again; names are relative to the bag, `folder` is where it goes."""
    entries, root = _unpacked(path)
    change(entries)
    with zipfile.ZipFile(path, "w", compression) as packed:
        for name, content in entries.items():
            packed.writestr((root if folder is None else folder) + name, content)


def reseal(entries: Entries, changes: Entries) -> None:
    """Change payload files and make every list of the bag agree with them again."""
    entries.update(changes)
    payload = {name: _sha256(entries[name]) for name in entries if name.startswith("data/")}
    entries[bag.MANIFEST] = bag.manifest_text(payload).encode()
    size = sum(len(entries[name]) for name in payload)
    entries[bag.INFO] = f"Payload-Oxum: {size}.{len(payload)}\n".encode()
    tags = entries.keys() - payload.keys() - {bag.TAG_MANIFEST}
    hashes = {name: _sha256(entries[name]) for name in tags}
    entries[bag.TAG_MANIFEST] = bag.manifest_text(hashes).encode()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def flip(path: Path, position: int, mask: int = 0x01) -> None:
    """Change bits of one byte in place."""
    content = bytearray(path.read_bytes())
    content[position] ^= mask
    path.write_bytes(content)


def middle_of(path: Path, name: str) -> int:
    """The position in the ZIP of the middle byte of an entry; `name` relative to the bag."""
    with zipfile.ZipFile(path) as packed:
        entry = next(info for info in packed.infolist() if info.filename.endswith("/" + name))
        with open(path, "rb") as file:
            file.seek(entry.header_offset + 26)
            lengths = file.read(4)
    head = 30 + int.from_bytes(lengths[:2], "little") + int.from_bytes(lengths[2:], "little")
    return entry.header_offset + head + entry.file_size // 2


def _unpacked(path: Path) -> tuple[Entries, str]:
    with zipfile.ZipFile(path) as packed:
        root = packed.namelist()[0].partition("/")[0] + "/"
        return {name.removeprefix(root): packed.read(name) for name in packed.namelist()}, root
