"""Open the ZIP around a bag, and refuse what no archive of ours looks like.

People re-pack: with or without the top-level folder, deflated, with directory entries. All that is
accepted. What could harm (climbing names, links, bombs) or cannot be read (encryption, unknown
compression) is refused before a byte of it is unpacked.
"""

import contextlib
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from migrator.archives import bag
from migrator.archives.errors import ArchiveError

MOST_ENTRIES = 10_000  # an archive of ours has below a hundred
MOST_SHRINKING = 200  # times; real corpora reach 22, and ours are stored
UNSUSPICIOUS = 10_000_000  # bytes; what unpacks to less does no harm, however small it was
LARGEST_TEXT = 64_000_000  # bytes of a tag file or a JSON of ours

UNTRUSTED = "Nothing of it was used."
ANOTHER_COPY = "Use another copy of the archive, or back up the workspace again while it exists."

# What zipfile raises for an entry whose bytes are not what the directory says.
DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError)


class OpenedBag:
    """An open archive: names are relative to the bag's folder, as the manifests write them."""

    def __init__(self, path: Path, zipped: zipfile.ZipFile) -> None:
        self.path = path
        self.zip = zipped
        self.entries = _entries(path, zipped)

    @property
    def size(self) -> int:
        """Bytes of all files, unpacked."""
        return sum(entry.file_size for entry in self.entries.values())

    def open(self, name: str) -> IO[bytes]:
        """The file's bytes. Reading raises one of DAMAGE where they are not what was written."""
        return self.zip.open(self.entries[name])

    def text(self, name: str) -> str:
        """A whole UTF-8 text file. Raises ArchiveError where it is missing, huge or damaged."""
        entry = self.entries.get(name)
        if entry is None:
            raise _bad_text(name, "is missing")
        if entry.file_size > LARGEST_TEXT:
            raise _bad_text(name, "is far too large")
        try:
            return self.zip.read(entry).decode("utf-8-sig")
        except (*DAMAGE, UnicodeDecodeError):
            raise _bad_text(name, "is damaged") from None


@contextlib.contextmanager
def open_bag(path: Path, file: IO[bytes] | None = None) -> Iterator[OpenedBag]:
    """The archive at `path`, or in `file`, called so.

    Raises ArchiveError where it is none, or none that is safe to read.
    """
    with contextlib.ExitStack() as stack:
        try:
            zipped = stack.enter_context(zipfile.ZipFile(file or path))
        except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError):
            raise _not_a_zip(path) from None
        except OSError as error:
            raise _not_readable(path, error) from error
        yield OpenedBag(path, zipped)


def _entries(path: Path, zipped: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    infos = zipped.infolist()
    if len(infos) > MOST_ENTRIES:
        raise _refused(path, f"holds {len(infos):,} files, far more than any archive of ours")
    for info in infos:
        _refuse_unsafe(path, info)
    _refuse_bomb(path, infos, zipped.start_dir)
    files = [info for info in infos if not info.is_dir()]
    return _below_root(path, files)


def _refuse_unsafe(path: Path, info: zipfile.ZipInfo) -> None:
    name = info.orig_filename
    if info.flag_bits & 0x1:
        raise _refused(path, "is encrypted", "Decrypt it with the program that encrypted it.")
    if _climbs(name) or stat.S_ISLNK(info.external_attr >> 16):
        raise _refused(path, f"holds a file whose name leads out of its folder (“{name}”)")
    if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise _refused(
            path,
            f"holds a file packed in an unusual way (“{name}”)",
            "Unpack it and pack it again as an ordinary ZIP, or use the file as it was downloaded.",
        )


def _climbs(name: str) -> bool:
    parts = name.split("/")
    return name.startswith("/") or ".." in parts or any(c in name for c in "\\:\0")


def _refuse_bomb(path: Path, infos: list[zipfile.ZipInfo], room: int) -> None:
    """`room` is where the list of the files begins: all of them lie before it."""
    packed = sum(info.compress_size for info in infos)
    unpacked = sum(info.file_size for info in infos)
    if unpacked > UNSUSPICIOUS and unpacked > packed * MOST_SHRINKING:
        raise _refused(path, "would unpack to more than 200 times its size, like a ZIP bomb")
    if packed > room:
        raise _refused(path, "lists more bytes than it has: its entries overlap or it was cut")


def _below_root(path: Path, infos: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    names = {info.filename for info in infos}
    if len(names) != len(infos):
        raise _refused(path, "holds two files of the same name")
    roots = {name.partition("/")[0] + "/" for name in names}
    root = roots.pop() if len(roots) == 1 else ""
    if root + bag.DECLARATION not in names:
        raise _not_a_bag(path)
    return {info.filename.removeprefix(root): info for info in infos}


def _refused(path: Path, why: str, remedy: str = ANOTHER_COPY) -> ArchiveError:
    return ArchiveError(f"“{path.name}” {why}.", meaning=UNTRUSTED, remedy=remedy)


def _not_a_zip(path: Path) -> ArchiveError:
    return ArchiveError(
        f"“{path.name}” is not a readable ZIP file: it was cut short, or it is something else.",
        meaning=f"{UNTRUSTED} The end of a ZIP lists its files, and that list is not there.",
        remedy=f"Download or copy it once more and compare the size. {ANOTHER_COPY}",
    )


def _not_readable(path: Path, error: OSError) -> ArchiveError:
    return ArchiveError(
        f"“{path.name}” could not be opened: {error.strerror or error}.",
        meaning="Nothing was read and nothing was changed.",
        remedy="Check the path and the permissions.",
    )


def _not_a_bag(path: Path) -> ArchiveError:
    return ArchiveError(
        f"“{path.name}” is a ZIP, but not a backup archive: it has no bagit.txt in its one folder.",
        meaning=UNTRUSTED,
        remedy="Choose the archive as it was downloaded. To look into a single export of Knowledge "
        "Studio (types, dictionaries, corpus), inspect that file instead.",
    )


def _bad_text(name: str, what: str) -> ArchiveError:
    return ArchiveError(
        f"“{name}” {what} in the archive.",
        meaning="Without it the content cannot be verified.",
        remedy=ANOTHER_COPY,
        files=[name],
    )
