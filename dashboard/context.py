"""What every page gets beside its own context."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from migrator import __version__
from migrator.models import Step

THEMES = {"system": "As the system", "white": "Light", "g100": "Dark"}
THEME_COOKIE = "theme"


def page(request: HttpRequest) -> dict[str, Any]:
    """`theme` ("" follows the system), `themes`, `version`, `waiting_count`, `section`.

    `waiting_count` asks the database only where a page shows it.
    """
    match = getattr(request, "resolver_match", None)
    chosen = request.COOKIES.get(THEME_COOKIE, "system")
    return {
        "theme": chosen if chosen in THEMES else "system",
        "themes": THEMES,
        "version": __version__,
        "waiting_count": SimpleLazyObject(_waiting_count),
        "section": (match.url_name or "").split("-")[0] if match else "",
    }


def _waiting_count() -> int:
    """Runs that wait for a person."""
    waiting = Step.objects.current().filter(status=Step.Status.WAITING)
    return waiting.order_by().values("run").distinct().count()
