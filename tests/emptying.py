"""How the tables are emptied after a test that commits."""

from functools import cache

from django.db import connection, transaction
from django.test import TransactionTestCase

# Filled by migrating, and the same for all tests.
KEPT = frozenset({"django_content_type", "auth_permission"})


def empty_tables_quickly() -> None:
    """Replace Django's own way, which makes all permissions anew after each test.

    On PostgreSQL it also truncates each table, which is a new file for it and for each index.
    """
    TransactionTestCase._fixture_teardown = _empty  # type: ignore[attr-defined]


def _empty(case: TransactionTestCase) -> None:
    # Foreign keys are looked at when all rows are gone.
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in _statements(connection.vendor):
            cursor.execute(statement)


@cache
def _statements(vendor: str) -> list[str]:
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    found = [f"DELETE FROM {connection.ops.quote_name(name)}" for name in {*names} - KEPT]
    return ["; ".join(found)] if vendor == "postgresql" else found  # one way there and back
