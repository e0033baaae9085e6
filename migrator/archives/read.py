"""Take files out of an archive; nothing leaves it unverified."""

import contextlib
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from migrator.archives.contents import (
    CORPUS_PATTERN,
    DICTIONARIES,
    INSPECTION,
    TYPES_PATTERN,
    WORKSPACE,
)
from migrator.archives.damage import Faults
from migrator.archives.errors import ArchiveError
from migrator.archives.fingerprints import payload_fingerprints
from migrator.archives.meter import Meter, Progress, chunks
from migrator.archives.seal import create, draft_beside
from migrator.archives.worksheets_read import read_worksheets
from migrator.archives.zipped import ANOTHER_COPY, DAMAGE, OpenedBag, open_bag

READABLE_FORMATS = frozenset({1})


class Archive:
    """An open archive. Names are those of the bag: `data/types-….json` and so on."""

    def __init__(self, opened: OpenedBag) -> None:
        self._opened = opened
        self._fingerprints = payload_fingerprints(opened)
        self.workspace = read_json(opened, WORKSPACE)
        self.inspection = read_json(opened, INSPECTION)
        refuse_unknown_format(self.workspace)

    def names(self) -> list[str]:
        """Every payload file."""
        return sorted(self._fingerprints)

    @property
    def types_name(self) -> str | None:
        """The type system, None where the archive holds none."""
        return next(filter(TYPES_PATTERN.fullmatch, self.names()), None)

    @property
    def dictionary_names(self) -> list[str]:
        """The files with dictionaries: ZIPs as downloaded, or single CSVs."""
        return [name for name in self.names() if name.startswith(DICTIONARIES)]

    @property
    def corpus_name(self) -> str | None:
        """The corpus ZIP, None where the archive holds none."""
        return next(filter(CORPUS_PATTERN.fullmatch, self.names()), None)

    @property
    def artifact_names(self) -> list[str]:
        """What goes back into Knowledge Studio, in the order of a restore."""
        named = [self.types_name, *self.dictionary_names, self.corpus_name]
        return [name for name in named if name is not None]

    def worksheets(self) -> list[dict[str, Any]]:
        """The documents of its worksheets; the `path` of each file in them can be extracted."""
        return read_worksheets(self._opened, self.workspace)

    def extract(self, name: str, destination: Path, *, progress: Progress | None = None) -> Path:
        """Write one payload file to `destination`, which appears whole and verified or not at all.

        `progress` counts bytes. Raises ArchiveError where the file is missing or damaged.
        """
        entry = self._opened.entries.get(name)
        if entry is None or name not in self._fingerprints:
            raise Faults(missing=[name]).error()
        meter = Meter(progress, entry.file_size)
        with draft_beside(destination) as draft:
            with open(create(draft), "wb") as target:
                digest = copy_out(self._opened, name, target, meter)
            if digest != self._fingerprints[name]:
                raise Faults(damaged=[name]).error()
            draft.replace(destination)
        return destination


@contextlib.contextmanager
def open_archive(path: Path, file: IO[bytes] | None = None) -> Iterator[Archive]:
    """The archive at `path`, or in `file`, called so; its lists are read.

    Raises ArchiveError where it is none or is damaged.
    """
    with open_bag(path, file) as opened:
        yield Archive(opened)


def copy_out(opened: OpenedBag, name: str, target: IO[bytes], meter: Meter) -> str:
    """Copy one file and return the SHA-256 of what was copied; empty where the ZIP is damaged."""
    digest = hashlib.sha256()
    try:
        with opened.open(name) as source:
            for piece in chunks(source, meter):
                digest.update(piece)
                target.write(piece)
    except DAMAGE:
        return ""
    return digest.hexdigest()


def read_json(opened: OpenedBag, name: str) -> dict[str, Any]:
    """One of the archive's own JSON objects. Raises ArchiveError where it is none."""
    try:
        document = json.loads(opened.text(name))
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise ArchiveError(
            f"“{name}” in the archive is not a JSON object.",
            meaning="The workspace's own files may be whole, but what is known about them is not.",
            remedy=ANOTHER_COPY,
            files=[name],
        )
    return document


def refuse_unknown_format(workspace: dict[str, Any]) -> None:
    """Raise ArchiveError where workspace.json was written in a form that is not ours."""
    if workspace.get("format") not in READABLE_FORMATS:
        raise ArchiveError(
            f"“{WORKSPACE}” has the form {workspace.get('format')!r}, which is not known here.",
            meaning="The archive was probably made by a newer version. Its files can still be "
            "restored by hand, as its index.html describes.",
            remedy="Update this program, or restore by hand.",
            files=[WORKSPACE],
        )
