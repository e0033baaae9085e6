"""What every page gets beside its own context."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from dashboard.help_texts import PARTS
from migrator import __version__
from migrator.models import Approval, Step

THEMES = {"system": "Same as system", "white": "Light", "g100": "Dark"}
THEME_COOKIE = "theme"
# Pages that stand under another entry of the navigation than their address begins with.
PLACES = {
    "backup": "run",
    "file": "run",
    "files": "run",
    "step": "run",
    "verification": "run",
    "restore": "archive",
    "target": "archive",
    "conflict": "plan",
    "conflicts": "plan",
    "receipt": "plan",
}


def page(request: HttpRequest) -> dict[str, Any]:
    """`theme` ("" follows the system), `themes`, `version`, `waiting_count`, `section` and more.

    `help_part` is the part of the help page that tells about this one.

    `waiting_count` and `approval_count` ask the database only where a page shows them.
    """
    match = getattr(request, "resolver_match", None)
    noun = (match.url_name or "").split("-")[0] if match else ""
    chosen = request.COOKIES.get(THEME_COOKIE, "system")
    return {
        "theme": chosen if chosen in THEMES else "system",
        "themes": THEMES,
        "version": __version__,
        "waiting_count": SimpleLazyObject(_waiting_count),
        "second_person": bool(settings.SECOND_PERSON),
        "approval_count": SimpleLazyObject(lambda: _approval_count(request)),
        "help_part": PARTS.get(noun, ""),
        "section": PLACES.get(noun, noun),
    }


def _approval_count(request: HttpRequest) -> int:
    """Wishes of others that this person may decide."""
    if not request.user.has_perm("migrator.approve"):
        return 0
    return Approval.objects.open().exclude(asked_by=request.user.pk).count()


def _waiting_count() -> int:
    """Runs that wait for a person."""
    waiting = Step.objects.current().filter(status=Step.Status.WAITING)
    return waiting.order_by().values("run").distinct().count()
