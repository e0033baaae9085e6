"""Addresses with a slash too many: where the one without it is a page, the browser is led there.

Django adds a slash that is missing; nothing takes one away. Lists end in a slash and most other
pages do not, which nobody who types an address can know.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import is_valid_path
from django.utils.http import escape_leading_slashes

Answer = Callable[[HttpRequest], HttpResponseBase]


def without_slash(get_response: Answer) -> Answer:
    """Only what is not found is looked at again, so that it costs no page anything."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if response.status_code != 404 or request.method not in {"GET", "HEAD"}:
            return response
        bare = request.path_info.rstrip("/")
        if bare == request.path_info or not is_valid_path(bare):
            return response
        query = request.META.get("QUERY_STRING", "")
        address = request.path.rstrip("/") + (f"?{query}" if query else "")
        return HttpResponseRedirect(escape_leading_slashes(address))

    return answer
