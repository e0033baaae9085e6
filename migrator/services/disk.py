"""Room on the disk: looked at before and during work, so that nothing ends half-written."""

import shutil

from django.conf import settings

from migrator.errors import ServiceError


def refuse_when_nearly_full(needed: int = 0) -> None:
    """Raise ServiceError where `needed` bytes more would leave less than the reserve."""
    reserve = settings.DISK_RESERVE_MB * 1_000_000
    if shutil.disk_usage(settings.WORK_DIR).free < reserve + needed:
        raise full()


def full() -> ServiceError:
    """What is said when the disk has no room."""
    return ServiceError(
        "The server's disk is nearly full.",
        meaning="The step stopped before anything was half-written; finished archives are safe.",
        remedy="Free some space in the data folder, then retry the step.",
    )
