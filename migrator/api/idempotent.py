"""Actions that start something, done once for each `Idempotency-Key`."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from migrator.api.people import actor
from migrator.services.idempotency import LONGEST, answered_once, fingerprint

HEADER = "Idempotency-Key"
Action = Callable[..., Response]

PARAMETER = OpenApiParameter(
    HEADER,
    str,
    OpenApiParameter.HEADER,
    description="Any text of your own, such as a UUID. The same call with the same key within a "
    "day gets the first answer again, and nothing is started twice.",
)


def idempotent(action: Action) -> Action:
    """Answer a repeated call with the first answer, where the caller sends a key."""

    @wraps(action)
    def once(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get(HEADER, "")
        if not key:
            return action(view, request, *args, **kwargs)
        if len(key) > LONGEST or not key.isprintable():
            raise ValidationError(f"{HEADER} has at most {LONGEST} printable characters.")

        def work() -> tuple[int, Any]:
            response = action(view, request, *args, **kwargs)
            return response.status_code, response.data

        asked = fingerprint(
            str(request.method).encode(), request.get_full_path().encode(), _body(request)
        )
        status, body = answered_once(user=actor(request), key=key, asked=asked, work=work)
        return Response(body, status=status)

    return once


def _body(request: Request) -> bytes:
    given = request.data
    return repr(sorted(given.items()) if isinstance(given, dict) else given).encode()
