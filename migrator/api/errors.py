"""One shape for every refusal of the API: {"detail", "code"}."""

from typing import Any

from rest_framework import status
from rest_framework.response import Response
from rest_framework.views import exception_handler

from migrator.archives.errors import ArchiveError
from migrator.errors import SessionLost, TransientError
from migrator.formats.errors import FormatError, StatedError
from migrator.services.idempotency import KeyReused
from migrator.services.permissions import NotAllowed


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: our errors in their own sentences, DRF's in the same shape."""
    if isinstance(error, StatedError):
        return Response(_stated(error), status=_status_of(error))
    response = exception_handler(error, context)
    if response is not None:
        code = getattr(error, "default_code", "error")
        detail = response.data
        if isinstance(detail, dict) and set(detail) == {"detail"}:
            detail = detail["detail"]
        response.data = {"detail": detail, "code": code}
    return response


def _stated(error: StatedError) -> dict[str, str]:
    return {
        "detail": str(error),
        "code": _code_of(error),
        "happened": error.happened,
        "meaning": error.meaning,
        "remedy": error.remedy,
        "reference": error.reference,
    }


def _code_of(error: StatedError) -> str:
    name = type(error).__name__
    return "".join(f"_{sign.lower()}" if sign.isupper() else sign for sign in name).lstrip("_")


def _status_of(error: StatedError) -> int:
    if isinstance(error, NotAllowed):
        return status.HTTP_403_FORBIDDEN
    if isinstance(error, FormatError | ArchiveError | KeyReused):
        return status.HTTP_422_UNPROCESSABLE_ENTITY
    if isinstance(error, TransientError):
        return status.HTTP_503_SERVICE_UNAVAILABLE
    if isinstance(error, SessionLost):
        return status.HTTP_424_FAILED_DEPENDENCY
    return status.HTTP_409_CONFLICT
