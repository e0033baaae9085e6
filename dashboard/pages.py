"""Pages of long lists."""

from typing import Any, TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest

ROWS = 25
Row = TypeVar("Row", bound=Model)


def page_of(request: HttpRequest, rows: Any, *, size: int = ROWS, name: str = "page") -> Page[Any]:
    """The page that the address asks for; nonsense gives the first or last one."""
    return ShortPaginator(rows, size).get_page(request.GET.get(name))


def part_of(rows: QuerySet[Row], first: int, last: int) -> QuerySet[Row]:
    """These rows of a list, in its order; what is counted for each is counted for these alone.

    A database works out every column of every row that it sorts, unless it is asked for the keys
    first.
    """
    return rows.filter(pk__in=rows.values("pk")[first:last])


class ShortPaginator(Paginator):  # type: ignore[type-arg]  # not generic at run time
    """Pages whose rows cost the same, however many others there are."""

    def page(self, number: int | str) -> Page[Any]:
        """One page; as in the base, without its orphans, which no list of ours has."""
        valid = self.validate_number(number)
        first = (valid - 1) * self.per_page
        last = min(first + self.per_page, self.count)  # an empty list is not asked for
        rows = self.object_list
        part = part_of(rows, first, last) if isinstance(rows, QuerySet) else rows[first:last]
        return Page(part, valid, self)
