"""Telling a person how something ended, after a redirect."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme

from migrator.formats.errors import StatedError
from migrator.services.runs import AlreadyRunning


@contextmanager
def telling(request: HttpRequest, done: str = "") -> Iterator[None]:
    """Within this block a StatedError becomes an error message; else `done` is told."""
    try:
        yield
    except StatedError as error:
        tell_error(request, error)
    else:
        if done:
            messages.success(request, done)


def tell_error(request: HttpRequest, error: StatedError) -> None:
    """Tell what happened, below it what it means, what to do and the reference.

    The message's extra tag is the number of the run that is in the way, where one is.
    """
    other = str(error.run_pk) if isinstance(error, AlreadyRunning) else ""
    messages.error(request, f"{error.happened}\n{explained(error)}", extra_tags=other)


def explained(error: StatedError) -> str:
    """Everything after what happened."""
    reference = f"Reference: {error.reference}" if error.reference else ""
    return " ".join(part for part in (error.meaning, error.remedy, reference) if part)


def polled(response: HttpResponse) -> HttpResponse:
    """One address gives the page and its part, so no cache may take one for the other."""
    response.headers["Cache-Control"] = "private, no-cache"
    patch_vary_headers(response, ["HX-Request", "Cookie"])
    return response


def is_asked_by_htmx(request: HttpRequest) -> bool:
    """True where only what changes is asked for."""
    return bool(request.headers.get("HX-Request"))


def poll_url(request: HttpRequest, **marks: str) -> str:
    """This address with its filters, and with the marks of what the browser shows."""
    query = request.GET.copy()
    for name, mark in marks.items():
        query[name] = mark
    return f"{request.path}?{query.urlencode()}"


def back_to(request: HttpRequest, name: str, *arguments: int) -> HttpResponse:
    """To the page that the form named as `next`, where it is one of ours, else to `name`."""
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return redirect(wanted)
    return redirect(name, *arguments)
