"""Storing, checking and deleting archives."""

import hashlib
import secrets
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.text import slugify

from migrator.archives.check import Checked
from migrator.archives.check import check_archive as check_file
from migrator.archives.meter import Meter, sha256_of
from migrator.errors import ServiceError, StorageRefuses, TransientError
from migrator.formats.errors import StatedError
from migrator.models import (
    Approval,
    Archive,
    ArchiveHold,
    Credential,
    Instance,
    Locked,
    Plan,
    PlanItem,
    Run,
    Workspace,
)
from migrator.models.step_conditions import LOST_AFTER
from migrator.services import audit, disk, figures, queue
from migrator.services.approvals import approved
from migrator.services.archive_files import (
    ArchiveLocked,
    LocalFile,
    local_copy,
    require_file,
)
from migrator.services.beats import Progress
from migrator.services.encryption import Encrypted
from migrator.services.notifications.occasions import archive_damaged
from migrator.services.permissions import requires

BEAT_EVERY = 10.0  # seconds between two signs of life of a verification

_ALTERED = (
    "The file is a whole archive, but not the one that was stored. Do not restore from it; use "
    "another copy."
)
_OTHER_BYTES = (
    "The encrypted file is not the one that was stored: it was cut short, altered or replaced. Do "
    "not rely on it; use another copy."
)


def storage_name(instance_name: str, workspace_name: str, at: datetime) -> str:
    """Folder and file name in the storage, such as `frankfurt/claims-en-20261122T131500Z.zip`.

    A folder makes no two files of one name. A bucket would let the later one replace the earlier,
    where two workers ask at once whether the name is free: there it gets eight characters more.
    """
    folder = slugify(instance_name) or "instance"
    own = "" if isinstance(default_storage, FileSystemStorage) else f"-{secrets.token_hex(4)}"
    return f"{folder}/{slugify(workspace_name) or 'workspace'}-{at:%Y%m%dT%H%M%SZ}{own}.zip"


@requires("migrator.start_run")
def store_archive(
    path: Path,
    checked: Checked,
    *,
    name: str,
    user: Any,
    item: PlanItem | None = None,
    instance: Instance | None = None,
    workspace: Workspace | None = None,
    encrypted: Encrypted | None = None,
) -> Archive:
    """Move a checked archive into the storage and record it; `path` is gone afterwards.

    With `encrypted`, `path` is that of the encrypted file, and `checked` tells what is in it.
    """
    sha256 = checked.sha256 if encrypted is None else encrypted.sha256
    with LocalFile(path) as content:
        stored = default_storage.save(name, content)
    _read_back(stored, sha256)
    path.unlink(missing_ok=True)
    facts = checked.workspace
    archive = Archive.objects.create(
        file=stored,
        sha256=sha256,
        **_sizes(checked, encrypted),
        item=item,
        workspace=workspace,
        instance=instance,
        workspace_name=facts["workspace"]["name"],
        source_workspace_id=facts["workspace"]["id"],
        instance_name=facts["instance"]["name"],
        language=facts["workspace"]["language"] or "",
        counts=checked.counts,
        findings=checked.inspection.get("findings", []),
        facts=facts,
        created_by=user,
        verified_at=timezone.now(),
    )
    figures.note_archive(archive, checked.graph)
    audit.record(user, "archive.stored", archive, sha256=archive.sha256, size=archive.size)
    return archive


def _sizes(checked: Checked, encrypted: Encrypted | None) -> dict[str, Any]:
    if encrypted is None:
        return {"size": checked.size}
    return {
        "size": encrypted.size,
        "encryption": encrypted.kind,
        "recipients": encrypted.recipients,
        "plain_size": checked.size,
        "plain_sha256": checked.sha256,
        # With a passphrase it was opened again before it came here; see perform.encrypt.
        "opened_at": timezone.now() if encrypted.kind == Locked.PASSPHRASE else None,
    }


def remove_unrecorded(name: str, sha256: str) -> None:
    """Remove a stored file that no row names, if it is the one with this fingerprint."""
    if Archive.objects.filter(file=name).exists() or not default_storage.exists(name):
        return
    with default_storage.open(name, "rb") as file:
        digest = hashlib.file_digest(file, "sha256")
    if digest.hexdigest() == sha256:
        default_storage.delete(name)


def _read_back(stored: str, sha256: str) -> None:
    """Raise TransientError where an object store gives back other bytes than it was given.

    A folder took the file by renaming what was proved; a store got a copy over the network, and no
    row may name that before it was read.
    """
    if isinstance(default_storage, FileSystemStorage):
        return
    with default_storage.open(stored, "rb") as file:
        digest = hashlib.file_digest(file, "sha256")
    if digest.hexdigest() != sha256:
        raise TransientError(
            "The storage gave back other bytes than it was given.",
            meaning="This archive does not count as kept. Other archives are untouched.",
            remedy="It is tried again. When it stays, look at the S3 server.",
        )


@requires("migrator.start_run")
def verify_archive(
    archive: Archive, *, user: User | None, progress: Progress | None = None
) -> Archive:
    """Read the archive again and record whether it is still whole.

    Of an encrypted one that is locked, the bytes are compared with those that were stored; its
    content is read while it is unlocked. Raises nothing for a damaged one: what is wrong stands in
    `verify_problem`. ServiceError where the disk has no room to unpack it, or where the storage
    does not answer: neither says anything of the archive.
    """
    opens = archive.is_encrypted and not archive.is_locked
    try:
        problem = _what_is_wrong(archive, progress)
    except (disk.DiskFull, TransientError, StorageRefuses, ArchiveLocked):
        raise
    except StatedError as error:
        problem = str(error)
    archive.verify_problem = problem
    archive.verifying_at = None
    if not problem:
        archive.verified_at = timezone.now()
        archive.opened_at = archive.verified_at if opens else archive.opened_at
    archive.save(update_fields=["verify_problem", "verified_at", "verifying_at", "opened_at"])
    audit.record(user, "archive.verified", archive, whole=not problem, opened=opens)
    if problem:
        archive_damaged(archive)
    return archive


def _what_is_wrong(archive: Archive, progress: Progress | None) -> str:
    if archive.is_encrypted and _stored_sha256(archive, progress) != archive.sha256:
        return _OTHER_BYTES
    if archive.is_locked:
        return ""
    with disk.told_when_full(), local_copy(archive) as path:
        checked = check_file(path, progress=progress)
    if checked.sha256 != archive.content_sha256:
        return _ALTERED
    figures.note_archive(archive, checked.graph)
    return ""


def _stored_sha256(archive: Archive, progress: Progress | None) -> str:
    require_file(archive)
    with default_storage.open(archive.file, "rb") as file:
        return sha256_of(file, Meter(progress, archive.size))


@requires("migrator.start_run")
def begin_verification(archive: Archive, *, user: User | None) -> None:
    """Send an archive to a worker to be read again; ServiceError where that is under way."""
    now = timezone.now()
    idle = Q(verifying_at=None) | Q(verifying_at__lt=now - LOST_AFTER)
    if not Archive.objects.filter(idle, pk=archive.pk).update(verifying_at=now):
        raise ServiceError(
            f"The archive of {archive.workspace_name} is being read again already.",
            meaning="Nothing was started.",
            remedy="Wait for it to end; the archive's page shows it.",
        )
    archive.verifying_at = now
    audit.record(user, "archive.verification_asked", archive)
    queue.enqueue_verification(archive)


def verify_in_worker(archive: Archive) -> None:
    """Verify what somebody asked for, with a sign of life now and then."""
    beaten = time.monotonic()

    def beat(_done: int, _total: int | None) -> None:
        nonlocal beaten
        if time.monotonic() - beaten >= BEAT_EVERY:
            beaten = time.monotonic()
            Archive.objects.filter(pk=archive.pk).update(verifying_at=timezone.now())

    try:
        verify_archive(archive, user=None, progress=beat)
    finally:
        Archive.objects.filter(pk=archive.pk).update(verifying_at=None)


@requires("migrator.delete_archive")
def delete_archive(archive: Archive, *, user: User | None, rule: str = "") -> None:
    """Delete an archive's row and file; ServiceError where it is held or was restored from.

    NeedsApproval where a second person has to allow it. `rule` is the one by which it goes.
    """
    busy = Run.objects.open().filter(plan__items__archive=archive).first()
    drafts = list(Plan.objects.drafts().filter(items__archive=archive))
    if busy is not None or archive.restores.exclude(plan__in=drafts).exists():
        raise ServiceError(
            f"The archive {archive.file} was used for a restore"
            + (f" that still runs (run {busy.pk})." if busy else "."),
            meaning="It was not deleted: it is the evidence of what was restored.",
            remedy="Keep it, or delete another one.",
        )
    if hold := ArchiveHold.objects.filter(archive=archive, lifted_at=None).first():
        raise ServiceError(
            f"The archive of {archive.workspace_name} is held: {hold.reason}",
            meaning="It was not deleted.",
            remedy="An administrator can lift the hold on the archive's page.",
        )
    words = f"Delete the archive of {archive.workspace_name}"
    approved(Approval.Action.DELETE, user=user, subject=archive, words=words)
    with transaction.atomic():
        name, noted = archive.file, {"rule": rule} if rule else {}
        audit.record(user, "archive.deleted", archive, file=name, sha256=archive.sha256, **noted)
        Plan.objects.filter(pk__in=[draft.pk for draft in drafts]).delete()
        Credential.objects.filter(archive_key__archive=archive).delete()
        archive.delete()
        transaction.on_commit(lambda: default_storage.delete(name))
