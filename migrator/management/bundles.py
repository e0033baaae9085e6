"""What a person names on the command line, as the files of one workspace.

A path may be an export file, a folder with export files, an unpacked corpus, a backup archive or an
unpacked archive.
"""

import contextlib
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from migrator.archives.age.keys import Key
from migrator.archives.bag import DECLARATION
from migrator.archives.contents import DICTIONARIES
from migrator.archives.read import open_archive
from migrator.errors import ServiceError
from migrator.formats.corpus import DOCUMENTS
from migrator.formats.errors import FormatError
from migrator.formats.kinds import Kind
from migrator.formats.recognize import recognize
from migrator.management.keys import plain_archive

ARCHIVE_FACTS = frozenset({"workspace.json", "inspection.json"})


@dataclass(frozen=True)
class NamedFile:
    """A file to read, and the name under which the person knows it."""

    path: Path
    shown: str


@contextlib.contextmanager
def open_bundle(paths: Iterable[Path], key: Key | None = None) -> Iterator[list[NamedFile]]:
    """The export files behind `paths`; what had to be unpacked is erased at the end.

    `key` opens the encrypted archives among them.

    Raises StatedError where a path does not exist, a folder holds nothing or an archive is damaged.
    """
    with contextlib.ExitStack() as stack:
        yield [file for path in paths for file in _files(path, stack, key)]


def _files(path: Path, stack: contextlib.ExitStack, key: Key | None) -> list[NamedFile]:
    if path.is_dir():
        return _folder_files(path)
    if not path.exists():
        raise ServiceError(
            f"There is no file or folder “{path}”.",
            meaning="Nothing was read.",
            remedy="Check the path; quote it where it holds blanks.",
        )
    plain, _ = stack.enter_context(plain_archive(path, key))
    if _kind(plain) is Kind.ARCHIVE:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="archive-files-"))
        return _archive_files(plain, path, Path(folder))
    return [NamedFile(plain, str(path))]


def _kind(path: Path) -> Kind:
    try:
        return recognize(path).kind
    except FormatError as error:
        raise FormatError(
            f"“{path}” cannot be used. {error.happened}",
            meaning=error.meaning or "Nothing was read from it.",
            remedy=error.remedy or "Download the file again from Knowledge Studio.",
        ) from error


def _archive_files(path: Path, shown: Path, folder: Path) -> list[NamedFile]:
    with open_archive(path) as archive:
        return [
            NamedFile(archive.extract(name, folder / Path(name).name), f"{shown}/{name}")
            for name in archive.artifact_names
        ]


def _folder_files(folder: Path) -> list[NamedFile]:
    if _is_corpus(folder):
        return [NamedFile(folder, str(folder))]
    source = folder / "data" if (folder / DECLARATION).is_file() else folder
    found = [*_exports(source), *_exports(source / Path(DICTIONARIES).name)]
    if not found:
        raise ServiceError(
            f"The folder “{folder}” holds no export of Knowledge Studio.",
            meaning="Nothing was read.",
            remedy="Name the files themselves, or the folder in which they lie.",
        )
    return [NamedFile(path, str(path)) for path in found if path.name not in ARCHIVE_FACTS]


def _exports(folder: Path) -> list[Path]:
    """The files directly in the folder, and unpacked corpora; hidden files are the desktop's."""
    if not folder.is_dir():
        return []
    entries = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    return [path for path in entries if path.is_file() or _is_corpus(path)]


def _is_corpus(folder: Path) -> bool:
    return (folder / DOCUMENTS).is_file()
