"""The errors of everything above the formats: passing ones and final ones."""

from datetime import datetime

from migrator.formats.errors import StatedError


class TransientError(StatedError):
    """It failed now and may succeed later: the work is tried again.

    `retry_after` is the number of seconds the other side asked for, None where it did not say.
    """

    def __init__(
        self,
        happened: str,
        *,
        meaning: str = "",
        remedy: str = "",
        reference: str = "",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(happened, meaning=meaning, remedy=remedy, reference=reference)
        self.retry_after = retry_after


class ServiceError(StatedError):
    """It failed and will fail again until somebody changes something.

    `http_status` is the status the other side answered with, None where there was no answer.
    """

    def __init__(
        self,
        happened: str,
        *,
        meaning: str = "",
        remedy: str = "",
        reference: str = "",
        http_status: int | None = None,
    ) -> None:
        super().__init__(happened, meaning=meaning, remedy=remedy, reference=reference)
        self.http_status = http_status


class StorageAway(TransientError):
    """The storage of the archives did not answer, or not to the end."""


class StorageRefuses(ServiceError):
    """The storage answered that it will not: a key, a right or the bucket is missing."""


class SessionLost(ServiceError):
    """The credential is no longer accepted: a person must store a new one, and the work waits.

    `refused_stored_at` tells which one it was: when that one was stored, None where none was.
    """

    refused_stored_at: datetime | None = None
