"""Folders and ZIPs that hold several files: opened and sorted out before the inspection."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from migrator.formats.errors import FormatError
from migrator.formats.kinds import Kind
from migrator.formats.members import ZipMembers, is_junk
from migrator.formats.recognize import Recognized, recognize
from migrator.formats.scratch import Scratch

DEEPEST = 4  # folders and ZIPs in one another; real bundles need two
# What our own archive holds beside the artifacts.
_RECORDS = frozenset({"workspace.json", "inspection.json"})


class Part(msgspec.Struct):
    """A file to be inspected: `shown` is how a person would name it, `path` where it lies."""

    shown: Path
    path: Path
    recognized: Recognized


def parts(paths: Iterable[Path], scratch: Scratch) -> Iterator[Part]:
    """Every file of the bundle, ZIPs of several files unpacked into `scratch`."""
    for path in paths:
        yield from _parts(path, path, scratch, depth=0)


def _parts(shown: Path, path: Path, scratch: Scratch, depth: int) -> Iterator[Part]:
    recognized = recognize(path)
    is_bundle = recognized.near == "bundle" or recognized.kind == Kind.ARCHIVE
    if depth == DEEPEST or not (is_bundle or _is_folder(path, recognized)):
        yield Part(shown, path, recognized)
    elif path.is_dir():
        for child in sorted(path.iterdir()):
            if not is_junk(child.name) and not child.is_symlink():
                yield from _parts(shown / child.name, child, scratch, depth + 1)
    else:
        if recognized.kind == Kind.ARCHIVE:
            yield Part(shown, path, recognized)
        yield from _unpacked(shown, path, scratch, depth)


def _is_folder(path: Path, recognized: Recognized) -> bool:
    return path.is_dir() and recognized.kind != Kind.CORPUS and recognized.near != "empty"


def _unpacked(shown: Path, path: Path, scratch: Scratch, depth: int) -> Iterator[Part]:
    members = ZipMembers(path)
    is_bag = any(name.rsplit("/", 1)[-1] == "bagit.txt" for name in members.names)
    try:
        for name in members.names:
            if is_bag and not _is_artifact(name):
                continue
            target = _copy(members, name, scratch)
            yield from _parts(shown / name, target, scratch, depth + 1)
    finally:
        members.close()


def _is_artifact(name: str) -> bool:
    folder, _, rest = name.rpartition("data/")
    return bool(folder or name.startswith("data/")) and rest not in _RECORDS


def _copy(members: ZipMembers, name: str, scratch: Scratch) -> Path:
    try:
        target = scratch.new_folder() / name.rsplit("/", 1)[-1]
        with target.open("wb") as file:
            for piece in members.stream(name):
                file.write(piece)
        return target
    except OSError as exc:
        raise FormatError(
            f"“{name}” could not be unpacked: {exc.strerror}.",
            meaning="The bundle was not inspected.",
            remedy="Make room on the disk for temporary files, or unpack the ZIP by hand.",
        ) from exc
