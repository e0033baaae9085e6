"""Bringing archives from outside, plain or encrypted: checked first, then kept."""

import hashlib
import os
import shutil
from pathlib import Path
from typing import IO

from django.contrib.auth.models import User
from django.utils import timezone

from migrator.archives.age.files import SUFFIX, decrypt_file
from migrator.archives.age.headers import is_encrypted, kind_of
from migrator.archives.age.keys import Key
from migrator.archives.check import Checked
from migrator.archives.check import check_archive as check_file
from migrator.models import Archive, Locked
from migrator.services import archives, disk
from migrator.services.archive_files import draft_of
from migrator.services.encryption import Encrypted
from migrator.services.permissions import requires


@requires("migrator.start_run")
def bring_archive(
    path: Path, *, user: User | None, keep: bool = False, key: Key | None = None
) -> Archive:
    """Take an archive from outside into the storage, checked first.

    The same archive brought twice is stored once. `path` is moved unless `keep` is set. An
    encrypted one stays so; `key` opens it this once. Raises ArchiveError where it is not whole, and
    WrongKey where the key does not fit or is missing; nothing is stored then.
    """
    if is_encrypted(path):
        return _bring_encrypted(path, user=user, keep=keep, key=key or Key())
    checked = check_file(path)
    known = Archive.objects.filter(sha256=checked.sha256, size=checked.size).first()
    if known is not None:
        return known
    if keep:
        path = Path(shutil.copyfile(path, draft_of(checked.sha256)))
    return archives.store_archive(path, checked, name=_brought_name(checked), user=user)


def _bring_encrypted(path: Path, *, user: User | None, keep: bool, key: Key) -> Archive:
    with path.open("rb") as file:
        kind = Locked(kind_of(file, path.name))
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        checked = _checked_within(file, draft_of(sha256), key, path.name)
    encrypted = Encrypted(kind, [], path.stat().st_size, sha256)
    known = Archive.objects.filter(sha256=sha256, size=encrypted.size).first()
    if known is not None:
        return known
    if keep:
        path = Path(shutil.copyfile(path, draft_of(sha256)))
    name = _brought_name(checked) + SUFFIX
    archive = archives.store_archive(path, checked, name=name, user=user, encrypted=encrypted)
    Archive.objects.filter(pk=archive.pk).update(opened_at=timezone.now())
    return archive


def _checked_within(file: IO[bytes], draft: Path, key: Key, name: str) -> Checked:
    disk.refuse_when_nearly_full(file.seek(0, os.SEEK_END))
    try:
        with disk.told_when_full():
            decrypt_file(file, draft, key, name=name)
            return check_file(draft)
    finally:
        draft.unlink(missing_ok=True)


def _brought_name(checked: Checked) -> str:
    facts = checked.workspace
    name = archives.storage_name(
        facts["instance"]["name"], facts["workspace"]["name"], timezone.now()
    )
    return f"brought/{name}"
