"""A corpus may be a ZIP or the folder that somebody unpacked: one way to read both."""

from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from migrator.formats.errors import FormatError
from migrator.formats.key_table import Names
from migrator.formats.zip_directory import ZipEntry
from migrator.formats.zip_reader import ZipReader

_CHUNK = 1 << 20
_JUNK_FOLDERS = {"__MACOSX"}
_JUNK_NAMES = {".DS_Store", "Thumbs.db", "desktop.ini"}


class Members(Protocol):
    """Named byte strings. `names` are relative, with forward slashes, in the order of storing.

    `duplicates` are names that a ZIP holds once more; of two entries the first counts.
    """

    names: Names
    duplicates: list[str]

    def read(self, name: str) -> bytes:
        """The whole member; FormatError when it is damaged."""

    def stream(self, name: str) -> Iterator[bytes]:
        """The member in pieces of at most 1 MB."""

    def size(self, name: str) -> int:
        """Bytes of the member."""

    def close(self) -> None:
        """Let go of open files."""


class ZipMembers:
    """The entries of a ZIP. FormatError when it cannot be opened safely."""

    def __init__(self, path: Path) -> None:
        self.reader = ZipReader(path)
        self.names = Names(len(self.reader.directory))
        self.duplicates: list[str] = []
        self.total_size = 0
        self._places = array("Q")
        try:
            self._list()
        except BaseException:
            self.close()
            raise

    def _list(self) -> None:
        for place, entry in self.reader.entries():
            if is_junk(entry.name):
                continue
            if self.names.add(entry.name) < len(self._places):
                self.duplicates.append(entry.name)
            else:
                self._places.append(place)
                self.total_size += entry.size

    def entry(self, name: str) -> ZipEntry:
        """What the directory says of a name that is there."""
        number = self.names.find(name)
        if number < 0:
            raise KeyError(name)
        return self.reader.directory.at(self._places[number])

    def entries(self, first: int, after: int) -> list[ZipEntry]:
        """The entries of the names from number `first` to before number `after`."""
        directory, places = self.reader.directory, self._places
        wanted = set(places[first:after])
        end = places[after] if after < len(places) else directory.end
        return [entry for at, entry in directory.between(places[first], end) if at in wanted]

    def read(self, name: str) -> bytes:
        """The whole entry."""
        return self.reader.read(self.entry(name))

    def stream(self, name: str) -> Iterator[bytes]:
        """The entry in pieces."""
        return self.reader.stream(self.entry(name))

    def size(self, name: str) -> int:
        """The declared size."""
        return self.entry(name).size

    def close(self) -> None:
        """Close the ZIP."""
        self.reader.close()


class FolderMembers:
    """The files of a folder and its subfolders; links are not followed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.names = Names()
        self.duplicates: list[str] = []
        found = (item for item in path.rglob("*") if item.is_file() and not item.is_symlink())
        names = (item.relative_to(path).as_posix() for item in found)
        for name in sorted(name for name in names if not is_junk(name)):
            self.names.add(name)

    def read(self, name: str) -> bytes:
        """The whole file."""
        try:
            return (self.path / name).read_bytes()
        except OSError as exc:
            raise _unreadable(name, exc) from exc

    def stream(self, name: str) -> Iterator[bytes]:
        """The file in pieces."""
        try:
            with (self.path / name).open("rb") as file:
                while piece := file.read(_CHUNK):
                    yield piece
        except OSError as exc:
            raise _unreadable(name, exc) from exc

    def size(self, name: str) -> int:
        """Bytes on disk."""
        return (self.path / name).stat().st_size

    def close(self) -> None:
        """Nothing stays open."""


def open_members(path: Path) -> ZipMembers | FolderMembers:
    """The members of a ZIP or a folder. FormatError when it cannot be opened safely."""
    return FolderMembers(path) if path.is_dir() else ZipMembers(path)


def is_junk(name: str) -> bool:
    """What operating systems leave beside the files of a person."""
    if name.endswith(".json") and "._" not in name and "__MACOSX" not in name:
        return False  # nearly every name, and told faster
    *folders, last = name.split("/")
    return last in _JUNK_NAMES or last.startswith("._") or not _JUNK_FOLDERS.isdisjoint(folders)


def _unreadable(name: str, exc: OSError) -> FormatError:
    return FormatError(
        f"“{name}” could not be read: {exc.strerror}.",
        meaning="The file stays as it is.",
        remedy="Check the permissions of the folder and its disk.",
    )
