"""Room on the disk: looked at before and during work, so that nothing ends half-written."""

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from migrator.errors import ServiceError

# What a write answers that no longer fits: the disk, or what this user may have of it.
FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


class DiskFull(ServiceError):
    """There is no room for what was to be written."""


def refuse_when_nearly_full(needed: int = 0) -> None:
    """Raise DiskFull where `needed` bytes more would leave less than the reserve."""
    if not has_room(needed):
        raise full()


def has_room(needed: int) -> bool:
    """Whether `needed` bytes more leave the reserve free."""
    reserve = settings.DISK_RESERVE_MB * 1_000_000
    return shutil.disk_usage(settings.WORK_DIR).free >= reserve + needed


@contextmanager
def told_when_full() -> Iterator[None]:
    """Within this block a full disk is told in words, by DiskFull."""
    try:
        yield
    except OSError as error:
        if error.errno not in FULL:
            raise
        raise full() from error


def full() -> DiskFull:
    """What is said when the disk has no room."""
    return DiskFull(
        "The server's disk is nearly full.",
        meaning="The step stopped before anything was half-written; finished archives are safe.",
        remedy="Free some space in the data folder, then retry the step.",
    )
