"""Keys of encrypted archives: given for a few hours, kept sealed, forgotten."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.contrib.auth.models import User
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from migrator.archives.age.files import refuse_wrong_key
from migrator.archives.age.keys import Key
from migrator.errors import ServiceError
from migrator.models import Archive, ArchiveKey, Credential
from migrator.services import audit
from migrator.services.archive_files import require_file, shown_name
from migrator.services.credentials import seal_archive_key
from migrator.services.permissions import requires

# How long an archive stays open that nobody locks: a working day.
OPEN_FOR = timedelta(hours=12)


@requires("migrator.start_run")
def unlock_archive(archive: Archive, *, user: User | None, key: Key) -> ArchiveKey:
    """Keep `key`, sealed, for OPEN_FOR, so that the archive can be read.

    It is tried first, on the file's beginning. Raises WrongKey where it does not fit, ArchiveError
    where the beginning is damaged, ServiceError where the archive is not encrypted.
    """
    if not archive.is_encrypted:
        raise ServiceError(
            f"The archive of {archive.workspace_name} is not encrypted.",
            meaning="Nothing changed.",
            remedy="It can be used without a key.",
        )
    require_file(archive)
    with default_storage.open(archive.file, "rb") as file:
        refuse_wrong_key(file, key, name=shown_name(archive))
    with transaction.atomic():
        _forget(archive)
        kept = ArchiveKey.objects.create(
            archive=archive,
            credential=seal_archive_key(key),
            given_by=user,
            until=timezone.now() + OPEN_FOR,
        )
        audit.record(user, "archive.unlocked", archive, until=kept.until.isoformat())
    archive.refresh_from_db()
    return kept


@requires("migrator.start_run")
@transaction.atomic
def lock_archive(archive: Archive, *, user: User | None) -> None:
    """Forget the key at once."""
    if _forget(archive):
        audit.record(user, "archive.locked", archive)
    archive.refresh_from_db()


@contextmanager
def unlocked(archive: Archive, key: Key | None) -> Iterator[None]:
    """Within this block the archive can be read with `key`; the server itself asks."""
    if key is None or not archive.is_encrypted:
        yield
        return
    unlock_archive(archive, user=None, key=key)
    try:
        yield
    finally:
        lock_archive(archive, user=None)


def forget_old_keys() -> int:
    """Forget the keys whose time is over, and those of archives that are gone; how many."""
    now = timezone.now()
    over = Q(archive_key__until__lte=now)
    alone = Q(kind=Credential.Kind.IDENTITY, archive_key=None, stored_at__lt=now - OPEN_FOR)
    found = list(Credential.objects.filter(over | alone).values_list("pk", flat=True))
    Credential.objects.filter(pk__in=found).delete()
    return len(found)


def _forget(archive: Archive) -> bool:
    return bool(Credential.objects.filter(archive_key__archive=archive).delete()[0])
