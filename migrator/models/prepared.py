"""Questions that are put together once: of some, Django's building takes longer than the answer."""

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model, QuerySet
from django.db.models.query import ModelIterable

Row = TypeVar("Row", bound=Model)
# Keys of one question. Fewer are filled up, so that its text is always the same.
MOST = 25
# They stand for the keys while the text is made: no key is negative, and nothing else we ask with.
_PLACES = tuple(range(-MOST, 0))


class _Made(NamedTuple):
    """A query set whose compiler is kept, with the text that the compiler made."""

    rows: QuerySet[Any]
    compiler: Any
    sql: str
    params: tuple[Any, ...]


class Prepared(Generic[Row]):
    """The rows of a query set; its SQL is made once for each thread's connection.

    `make` gives the query set. Nothing in it may depend on the moment at which it was made: what
    compares with the time asks the database for it (`Now`).
    """

    def __init__(self, make: Callable[[], QuerySet[Row]]) -> None:
        self._make = make
        self._kept = threading.local()

    def all(self) -> list[Row]:
        """All of them, in the order of the query set; one query."""
        return self._asked({})

    def _asked(self, places: Mapping[int, int]) -> list[Row]:
        made = self._made()
        params = tuple(places.get(p, p) if type(p) is int else p for p in made.params)
        made.compiler.as_sql = lambda *_, **__: (made.sql, params)
        return list(ModelIterable(made.rows))

    def _made(self) -> _Made:
        """What this thread keeps, made anew where its connection is another one."""
        connection = connections[DEFAULT_DB_ALIAS]
        made: _Made | None = getattr(self._kept, "made", None)
        if made is None or made.compiler.connection is not connection:
            made = self._kept.made = _made_of(self._make())
        return made


class PreparedByKey(Prepared[Row]):
    """The same for rows that are asked for by their keys."""

    def __init__(self, make: Callable[[], QuerySet[Row]]) -> None:
        super().__init__(lambda: make().filter(pk__in=_PLACES).order_by())

    def rows(self, keys: Iterable[int]) -> list[Row]:
        """Those with these keys, in this order; one query for each 25 of them."""
        wanted = list(keys)
        parts = [wanted[first : first + MOST] for first in range(0, len(wanted), MOST)]
        found = {row.pk: row for part in parts for row in self._asked(_placed(part))}
        return [found[key] for key in wanted if key in found]


def _placed(keys: Sequence[int]) -> dict[int, int]:
    padded = [*keys, *[keys[-1]] * (MOST - len(keys))]
    return dict(zip(_PLACES, padded, strict=True))


def _made_of(rows: QuerySet[Any]) -> _Made:
    query: Any = rows.query
    compiler = query.get_compiler(using=DEFAULT_DB_ALIAS)
    sql, params = compiler.as_sql()
    # The compiler knows from making it which columns there are, and how they become values.
    query.get_compiler = lambda *_, **__: compiler
    return _Made(rows, compiler, sql, tuple(params))
