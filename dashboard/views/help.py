"""Help: the procedure, where to click, what each page is for, and the words."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from dashboard.help_texts import ERRORS, PAGES, PROCEDURE, WORDS
from dashboard.where import PLACES
from migrator.services.losses import KINDS

_PARTS = (
    ("procedure", "The procedure"),
    ("places", "Where to click"),
    ("pages", "The pages"),
    ("cannot", "What cannot be backed up"),
    ("errors", "When something goes wrong"),
    ("words", "Words"),
)


def help_page(request: HttpRequest) -> HttpResponse:
    """The same page for everybody, signed in or not."""
    context = {
        "parts": _PARTS,
        "procedure": PROCEDURE,
        "places": PLACES.values(),
        "pages": PAGES,
        "losses": KINDS,
        "errors": ERRORS,
        "words": WORDS,
    }
    return render(request, "dashboard/help/help.html", context)
