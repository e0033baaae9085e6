"""A form that was sent after the session had ended: its input is kept until the person is back."""

import re
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils import timezone

KEPT = "kept_input"
MOST = 200_000  # characters of one form
KEEPS = 3600  # seconds
# What is never written into a session; it is typed again.
_SECRET = re.compile(r"pass|key|identit|token|dpat|secret|code|^old$|^again$", re.IGNORECASE)


def keep_input(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Keep the fields of a POST that is answered by the way to the sign-in."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.method == "POST" and _leads_to_sign_in(response) and not request.FILES:
            _keep(request)
        return response

    return answer


def kept_in(request: HttpRequest) -> dict[str, Any] | None:
    """What was kept for this browser: `path`, `fields` as pairs and `left_out`; None if nothing."""
    kept: dict[str, Any] | None = request.session.get(KEPT)
    if kept is not None and kept["at"] < timezone.now().timestamp() - KEEPS:
        discard(request)
        return None
    return kept


def discard(request: HttpRequest) -> None:
    """Forget it."""
    request.session.pop(KEPT, None)


def _leads_to_sign_in(response: HttpResponse) -> bool:
    where = response.headers.get("Location", "")
    return response.status_code == 302 and where.startswith(resolve_url(settings.LOGIN_URL) + "?")


def _keep(request: HttpRequest) -> None:
    pairs = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name != "csrfmiddlewaretoken"
    ]
    fields = [(name, value) for name, value in pairs if not _SECRET.search(name)]
    if not fields or sum(len(name) + len(str(value)) for name, value in fields) > MOST:
        return
    request.session[KEPT] = {
        "path": request.get_full_path(),
        "fields": fields,
        "left_out": sorted({name for name, _ in pairs if _SECRET.search(name)}),
        "at": timezone.now().timestamp(),
    }
