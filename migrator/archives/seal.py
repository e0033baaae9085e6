"""Let a file appear whole or not at all."""

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def draft_beside(destination: Path) -> Iterator[Path]:
    """A fresh `.tmp` name in the destination's folder, erased at the end where it is still there.

    The folder is the destination's own, because only inside one file system is a rename atomic.
    The random part keeps two workers apart that write the same archive.
    """
    draft = destination.with_name(f"{destination.name}.{secrets.token_hex(4)}.tmp")
    try:
        yield draft
    finally:
        draft.unlink(missing_ok=True)


def create(path: Path) -> int:
    """A descriptor of a new file that only its owner may read: an archive holds people's texts."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)


def flush_to_disk(descriptor: int) -> None:
    """Wait until the disk has the file, then forget the cached pages.

    Whoever reads it next reads the disk and not the memory that it was written from.
    """
    os.fsync(descriptor)
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)


def put_in_place(draft: Path, destination: Path) -> None:
    """Rename atomically, and wait until the disk knows the new name."""
    os.replace(draft, destination)
    folder = os.open(destination.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
