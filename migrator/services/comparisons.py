"""Comparing two archives of one workspace, in a worker."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from migrator.archives.meter import Meter, sha256_of
from migrator.errors import ServiceError
from migrator.formats.compare import compare
from migrator.formats.errors import StatedError
from migrator.models import Archive, ArchiveComparison
from migrator.models.step_conditions import LOST_AFTER
from migrator.services import audit, disk, queue
from migrator.services.archive_files import ArchiveLocked, local_copy
from migrator.services.permissions import requires

BEAT_EVERY = 10.0  # seconds between two signs of life of a comparison


@requires("migrator.start_run")
@transaction.atomic
def begin_comparison(one: Archive, other: Archive, *, user: User | None) -> ArchiveComparison:
    """Send two archives of one workspace to a worker, to be compared by content.

    Raises ServiceError where they are of different workspaces or are being compared already, and
    ArchiveLocked where nobody has unlocked one of them.
    """
    _refuse_strangers(one, other)
    for archive in (one, other):
        if archive.is_locked:
            raise ArchiveLocked(archive)
    older, newer = sorted((one, other), key=lambda each: (each.created_at, each.pk))
    row, _ = ArchiveComparison.objects.get_or_create(older=older, newer=newer)
    now = timezone.now()
    idle = Q(working_at=None) | Q(working_at__lt=now - LOST_AFTER)
    anew: dict[str, Any] = {
        "finished_at": None,
        "problem": "",
        "compared": {},
        "totals": {},
        "examples": [],
    }
    asked = {"asked_by": user, "asked_at": now, "working_at": now}
    if not ArchiveComparison.objects.filter(idle, pk=row.pk).update(**anew, **asked):
        raise ServiceError(
            "These archives are being compared already.",
            meaning="Nothing was started.",
            remedy="Wait for it to end; the page shows it.",
        )
    row.refresh_from_db()
    audit.record(user, "archives.compared", row, older=older.pk, newer=newer.pk)
    queue.enqueue_comparison(row)
    return row


def _refuse_strangers(one: Archive, other: Archive) -> None:
    if one.pk == other.pk or one.source_workspace_id != other.source_workspace_id:
        raise ServiceError(
            "Two archives of one workspace can be compared.",
            meaning="Nothing was started.",
            remedy="Choose another archive of the same workspace.",
        )


def compare_in_worker(comparison: ArchiveComparison) -> None:
    """Compare what somebody asked for; what it found, or why it could not, stands on the row."""
    found: dict[str, Any] = {"problem": ""}
    try:
        found |= _compared(comparison)
    except StatedError as error:
        found["problem"] = str(error)
    except Exception:
        found["problem"] = "An internal error stopped the comparison; see the server's log."
        raise
    finally:
        _rows(comparison).update(working_at=None, finished_at=timezone.now(), **found)


def _compared(comparison: ArchiveComparison) -> dict[str, Any]:
    beat = _Beat(comparison)
    older, newer = comparison.older, comparison.newer
    disk.refuse_when_nearly_full(sum(each.plain_size or each.size for each in (older, newer)))
    with disk.told_when_full(), _whole(older, beat) as left, _whole(newer, beat) as right:
        outcome = compare([left], [right], progress=beat)
    return {
        "compared": outcome.compared,
        "totals": outcome.totals,
        "examples": msgspec.to_builtins(outcome.examples),
    }


@contextmanager
def _whole(archive: Archive, beat: "_Beat") -> Iterator[Path]:
    """Its ZIP as a local file, byte for byte the one that was stored."""
    with local_copy(archive) as path:
        with path.open("rb") as file:
            sha256 = sha256_of(file, Meter(beat, path.stat().st_size))
        if sha256 != archive.content_sha256:
            raise ServiceError(
                f"The archive of {archive.workspace_name} that was made "
                f"{archive.created_at:%-d %b %Y} no longer matches its fingerprint.",
                meaning="Nothing was compared.",
                remedy="Verify it again on its page, and compare another one.",
            )
        yield path


class _Beat:
    """A sign of life on the row now and then; called with (done, total)."""

    def __init__(self, comparison: ArchiveComparison) -> None:
        self._comparison = comparison
        self._beaten = time.monotonic()

    def __call__(self, _done: int, _total: int | None) -> None:
        if time.monotonic() - self._beaten >= BEAT_EVERY:
            self._beaten = time.monotonic()
            _rows(self._comparison).update(working_at=timezone.now())


def _rows(comparison: ArchiveComparison) -> Any:
    """The row, unless somebody asked anew since."""
    return ArchiveComparison.objects.filter(pk=comparison.pk, asked_at=comparison.asked_at)
