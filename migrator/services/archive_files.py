"""The files of archives: on their way into the storage, and read where they lie."""

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.files import File
from django.core.files.storage import FileSystemStorage, default_storage

from migrator.archives.read import Archive as OpenArchive
from migrator.archives.read import open_archive
from migrator.errors import ServiceError
from migrator.models import Archive
from migrator.services import disk

COPIED_AT_ONCE = 1024 * 1024  # bytes

# What the name of a file begins with that is on its way into the storage.
DRAFT = ".draft-"


class LocalFile(File):  # type: ignore[type-arg]
    """A finished file under WORK_DIR: a storage on the same volume takes it by renaming."""

    def __init__(self, path: Path) -> None:
        super().__init__(path.open("rb"), name=path.name)
        self.path = path

    def temporary_file_path(self) -> str:
        """Django's storage looks for this name and then moves instead of copying.

        Moving between volumes is copying, which may end half-way: there the copy is made under
        another name first, so that a file of the storage is whole or not there.
        """
        if not isinstance(default_storage, FileSystemStorage):
            return str(self.path)
        root = Path(default_storage.path(""))
        root.mkdir(parents=True, exist_ok=True)
        if root.stat().st_dev == self.path.stat().st_dev:
            return str(self.path)
        return str(_copied(self.path, root / f"{DRAFT}{uuid.uuid4().hex}"))


def _copied(path: Path, draft: Path) -> Path:
    """The copy, on the disk as a whole; nothing is left of one that failed."""
    try:
        with path.open("rb") as source, draft.open("xb") as target:
            shutil.copyfileobj(source, target, COPIED_AT_ONCE)
            target.flush()
            os.fsync(target.fileno())
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    return draft


def require_file(archive: Archive) -> None:
    """ServiceError where the storage has lost the archive's file."""
    if not default_storage.exists(archive.file):
        raise ServiceError(
            f"The file of the archive {archive.file} is not in the storage any more.",
            meaning="This archive cannot be restored or downloaded. Other archives are untouched.",
            remedy="Put the file back, or use another archive of the workspace.",
        )


@contextmanager
def opened_archive(archive: Archive) -> Iterator[OpenArchive]:
    """The archive read where it lies: only the bytes that are asked for are fetched."""
    require_file(archive)
    with (
        default_storage.open(archive.file, "rb") as file,
        open_archive(Path(archive.file), file) as opened,
    ):
        yield opened


@contextmanager
def local_copy(archive: Archive) -> Iterator[Path]:
    """The archive as a local file: the stored one itself, or a copy that is removed again."""
    require_file(archive)
    if isinstance(default_storage, FileSystemStorage):
        yield Path(default_storage.path(archive.file))
        return
    disk.refuse_when_nearly_full(archive.size)
    draft = draft_of(archive.sha256)
    try:
        with default_storage.open(archive.file, "rb") as source, draft.open("wb") as target:
            shutil.copyfileobj(source, target, COPIED_AT_ONCE)
        yield draft
    finally:
        draft.unlink(missing_ok=True)


def draft_of(sha256: str) -> Path:
    """A path for a copy of an archive on its way."""
    folder = Path(settings.WORK_DIR) / "archives"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder / f"{sha256}-{uuid.uuid4().hex}.zip"
