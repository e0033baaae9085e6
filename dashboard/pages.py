"""Pages of long lists."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest

ROWS = 25


def page_of(request: HttpRequest, rows: Any, *, size: int = ROWS, name: str = "page") -> Page[Any]:
    """The page that the address asks for; nonsense gives the first or last one."""
    return Paginator(rows, size).get_page(request.GET.get(name))
