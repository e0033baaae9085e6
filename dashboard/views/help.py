"""Help: the procedure, the words, and where to click."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from dashboard.where import PLACES


def help_page(request: HttpRequest) -> HttpResponse:
    """The same page for everybody, signed in or not."""
    return render(request, "dashboard/help/help.html", {"places": PLACES.values()})
