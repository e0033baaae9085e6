"""Says which migrations an earlier version would not survive that still runs on other hosts.

`python -m tests.safe_migrations [NUMBER]` looks at the SQL that each migration after that number is
on PostgreSQL; without one, after the last that was made when nobody ran the product on several
hosts. Exit code 1: something was found. CONTRIBUTING.md, "Change a table", says what to do instead.
"""

import os
import re
import sys
import tempfile
from collections.abc import Iterator

import django

from tests.postgres import postgres_address

_OPERATION = re.compile(r"^--\n-- .*\n--\n", re.MULTILINE)
BEFORE = 21  # the number of the last migration that may be as it is


def main() -> int:
    """Look at all that are newer, and print what is wrong with them."""
    before = int(sys.argv[1]) if len(sys.argv) > 1 else BEFORE
    with tempfile.TemporaryDirectory() as folder, postgres_address() as address:
        os.environ.update(
            DATA_DIR=folder,
            DATABASE_URL=address,
            ENV_FILE=os.devnull,
            DJANGO_SETTINGS_MODULE="migrator.settings",
        )
        django.setup()
        return int(_has_errors(before))


def _has_errors(before: int) -> bool:
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader

    found = False
    for app, name in sorted(MigrationLoader(connection).disk_migrations):
        if app == "migrator" and int(name[:4]) > before:
            for problem in _problems(app, name):
                found = True
                print(f"{name}: {problem}", file=sys.stderr)
    connection.close()
    if found:
        print('CONTRIBUTING.md, "Change a table", says what to do instead.', file=sys.stderr)
    return found


def _problems(app: str, name: str) -> Iterator[str]:
    """What the linter says of each operation: of a whole migration it takes one column's default
    for another's.
    """
    from django.core.management import call_command
    from django_migration_linter.sql_analyser.analyser import analyse_sql_statements
    from django_migration_linter.sql_analyser.postgresql import PostgresqlAnalyser

    with open(os.devnull, "w") as nowhere:
        text: str = call_command("sqlmigrate", app, name, no_color=True, stdout=nowhere)
    for operation in _OPERATION.split(text):
        errors, _, _ = analyse_sql_statements(PostgresqlAnalyser, operation.splitlines())
        yield from (f"{error.message} {error.table or ''}" for error in errors)


if __name__ == "__main__":
    sys.exit(main())
