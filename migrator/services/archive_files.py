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
from django.utils import timezone

from migrator.archives.age.files import decrypt_file
from migrator.archives.age.keys import Key
from migrator.archives.read import Archive as OpenArchive
from migrator.archives.read import open_archive
from migrator.errors import ServiceError
from migrator.models import Archive, ArchiveKey, Plan
from migrator.services import disk
from migrator.services.credentials import reveal_archive_key

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


class ArchiveLocked(ServiceError):
    """The archive is encrypted, and no key is kept that opens it."""

    def __init__(self, archive: Archive) -> None:
        super().__init__(
            f"The archive of {archive.workspace_name} is encrypted, and nobody has unlocked it.",
            meaning="Without its key it can be downloaded and its bytes can be verified. What is "
            "in it can be neither restored nor compared.",
            remedy="Unlock it on its page with the private key or the passphrase, then try again.",
        )


def refuse_locked(plan: Plan) -> None:
    """Raise ArchiveLocked where a restore of `plan` needs an archive that nobody has unlocked."""
    items = plan.items.exclude(archive=None).select_related("archive__key")
    locked = next((item.archive for item in items if item.archive and item.archive.is_locked), None)
    if locked is not None:
        raise ArchiveLocked(locked)


def shown_name(archive: Archive) -> str:
    """What people call its file."""
    return Path(archive.file).name


def key_of(archive: Archive) -> Key:
    """The key that somebody gave; ArchiveLocked where there is none, or its time is over."""
    kept = ArchiveKey.objects.filter(archive=archive, until__gt=timezone.now())
    row = kept.select_related("credential").first()
    if row is None:
        raise ArchiveLocked(archive)
    return reveal_archive_key(row.credential)


@contextmanager
def opened_archive(archive: Archive) -> Iterator[OpenArchive]:
    """The archive read where it lies: only the bytes that are asked for are fetched.

    An encrypted one is decrypted as a whole first; ArchiveLocked where there is no key for it.
    """
    if archive.is_encrypted:
        with local_copy(archive) as path, open_archive(path) as opened:
            yield opened
        return
    require_file(archive)
    with (
        default_storage.open(archive.file, "rb") as file,
        open_archive(Path(archive.file), file) as opened,
    ):
        yield opened


@contextmanager
def local_copy(archive: Archive) -> Iterator[Path]:
    """The archive's ZIP as a local file: the stored one itself, or a copy that is removed again.

    ArchiveLocked where it is encrypted and nobody gave its key; ArchiveError where it is damaged.
    """
    if not archive.is_encrypted:
        with stored_copy(archive) as path:
            yield path
        return
    key = key_of(archive)
    require_file(archive)
    disk.refuse_when_nearly_full(archive.plain_size or archive.size)
    with _passing(draft_of(archive.sha256)) as draft:
        with default_storage.open(archive.file, "rb") as source:
            decrypt_file(source, draft, key, name=shown_name(archive))
        yield draft


@contextmanager
def stored_copy(archive: Archive) -> Iterator[Path]:
    """The archive's file as it is stored, encrypted or not, as a local file."""
    require_file(archive)
    if isinstance(default_storage, FileSystemStorage):
        yield Path(default_storage.path(archive.file))
        return
    disk.refuse_when_nearly_full(archive.size)
    with _passing(draft_of(archive.sha256)) as draft:
        with default_storage.open(archive.file, "rb") as source, draft.open("wb") as target:
            shutil.copyfileobj(source, target, COPIED_AT_ONCE)
        yield draft


@contextmanager
def _passing(draft: Path) -> Iterator[Path]:
    try:
        yield draft
    finally:
        draft.unlink(missing_ok=True)


def draft_of(sha256: str) -> Path:
    """A path for a copy of an archive on its way."""
    folder = Path(settings.WORK_DIR) / "archives"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder / f"{sha256}-{uuid.uuid4().hex}.zip"
