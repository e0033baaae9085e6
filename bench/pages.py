"""Every list and main page on a large database: its queries and its time.

`script/bench pages [--workspaces 1000] [--steps 100000] [--rounds 30] [--postgres] [--only NAME]`
fills a database of its own, SQLite or PostgreSQL, and calls the WSGI application that the server
serves, in this process, in turns, so that a disturbance hits all of them. Beside each time stands
how many times that of the help page it is, which asks the database for little more than who is
signed in. Exit code 1: in one answer of twenty a page asks more queries, or more time of the
processor, than allowed; or the page of a run over 200 workspaces asks more queries than that of one
over 20. A report is not paged, it tells everything at once, and is allowed more. Time by the clock
says little on a busy machine. PostgreSQL's own processes are not counted, SQLite works within this
one.
"""

import argparse
import gc
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from importlib import import_module
from typing import Any, NamedTuple
from wsgiref.util import setup_testing_defaults

from bench.parts.processes import say_load, verdict

ALLOWED = (12, 100.0)  # queries, milliseconds of a page
ALLOWED_REPORT = (20, 1000.0)
REPORT = "plan, report"
WARM = 2  # rounds that are not counted
REFERENCE = "help"
MOVING = (("HX-Request", "true"),)
STEPS = (
    *("scope", "assess", "losses", "work", "capture", "people", "models", "collect", "seal"),
    *("target", "review", "restore", "finish", "retrain", "kits", "report"),
)
# A page, and the same over fewer workspaces: the first may ask no more queries than the second.
SMALLER = {"run": "run of 20", "run, moving part": "run of 20, moving part"}


class Page(NamedTuple):
    """Who asks for what: an address, the cookie of a session, and further headers."""

    address: str
    cookie: str
    headers: tuple[tuple[str, str], ...] = ()


class Found(NamedTuple):
    """Queries of one answer, and milliseconds of each by the clock and by the processor."""

    queries: int
    clock: list[float]
    processor: list[float]


def main() -> int:
    """Measure and print; 1 where a limit is not held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workspaces", type=int, default=1000)
    parser.add_argument("--steps", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--postgres", action="store_true", help="not SQLite but PostgreSQL")
    parser.add_argument("--only", default="", help="pages whose name contains this")
    given = parser.parse_args()
    with _database(postgres=given.postgres):
        return int(not _measure(given))


@contextmanager
def _database(*, postgres: bool) -> Iterator[None]:
    from tests.postgres import postgres_address

    with tempfile.TemporaryDirectory(prefix="bench-pages-") as folder:
        os.environ.update(
            DATA_DIR=folder,
            ENV_FILE=os.devnull,
            DJANGO_SETTINGS_MODULE="migrator.settings",
            ALLOWED_HOSTS="127.0.0.1",
        )
        os.environ.pop("DATABASE_URL", None)
        if not postgres:
            yield
            return
        with postgres_address() as address:
            os.environ["DATABASE_URL"] = address
            yield


def _measure(given: argparse.Namespace) -> bool:
    import django
    from django.core.management import call_command
    from django.db import connection

    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    import_module("migrator.wsgi")  # as the server does, with what it does at its start
    started = time.monotonic()
    pages = _laid_out(given.workspaces, given.steps)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # as its own housekeeping does within a minute
    print(f"{given.steps:,} steps laid out in {time.monotonic() - started:.0f} s", flush=True)
    gc.collect()
    gc.freeze()  # what laying out left behind is in no server
    say_load()
    wanted = {n: page for n, page in pages.items() if given.only in n or n == REFERENCE}
    found = _in_turns(wanted, given.rounds)
    connection.close()
    return _told(found)


def _laid_out(workspaces: int, steps: int) -> dict[str, Page]:
    from django.db import transaction

    from bench.parts.large import lay_out

    with transaction.atomic():
        laid = lay_out(workspaces=workspaces, steps=steps)
    admin, operator = _signed_in("admin"), _signed_in("person0")
    run, plan = f"/runs/{laid.run.pk}/", f"/plans/{laid.plan.pk}/"
    small_run = f"/runs/{laid.small_run.pk}/"
    of_operator = {
        REFERENCE: "/help",
        "home": "/",
        "instances": "/instances/",
        "instance": f"/instances/{laid.instance.pk}/",
        "workspaces": "/workspaces/",
        "workspaces, last page": "/workspaces/?page=last",
        "workspaces, by name": "/workspaces/?q=department 7",
        "workspaces, of an instance": f"/workspaces/?instance={laid.instance.pk}",
        "workspaces, never backed up": "/workspaces/?protection=never",
        "workspaces, verified": "/workspaces/?protection=verified",
        "workspace": f"/workspaces/{laid.workspace.pk}/",
        "workspace, history": f"/workspaces/{laid.workspace.pk}/history",
        "plans": "/plans/",
        "plan": plan,
        "backup of an instance": f"/instances/{laid.instance.pk}/back-up",
        "runs": "/runs/",
        "runs, open": "/runs/?open=open",
        "runs, last page": "/runs/?page=last",
        "run": run,
        "run of 20": small_run,
        "run, page 10": f"{run}?page=10",
        "run, log": f"{run}log",
        "archives": "/archives/",
        "archives, by name": "/archives/?q=department 7",
        "archives, last page": "/archives/?page=last",
        "archives, held": "/archives/?state=held",
        "archives, damaged": "/archives/?state=damaged",
        "people": "/people/",
        "people, against": "/people/against",
        "reports": "/reports/",
        "models": "/models/",
        "approvals": "/approvals/",
        "account": "/account/",
    }
    of_admin = {
        "workspace, history, log": f"/workspaces/{laid.workspace.pk}/history",
        "audit": "/audit/",
        "audit, of a person": "/audit/?who=person7",
        "audit, by action": "/audit/?action=run",
        "audit, last page": "/audit/?page=last",
        "users": "/users/",
        "archive rules": "/archives/rules",
        "archives that would go": "/archives/retention?days=1&newest=1",
    }
    of_operator |= {f"plan, {step}": f"{plan}{step}" for step in STEPS}
    pages = {name: Page(address, operator) for name, address in of_operator.items()}
    pages["run, moving part"] = Page(run, operator, MOVING)
    pages["run of 20, moving part"] = Page(small_run, operator, MOVING)
    return pages | {name: Page(address, admin) for name, address in of_admin.items()}


def _signed_in(name: str) -> str:
    """The cookie of a session of this user."""
    from django.conf import settings
    from django.contrib.auth.models import User
    from django.test import Client

    client = Client()
    client.force_login(User.objects.get(username=name))
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def _in_turns(pages: Mapping[str, Page], rounds: int) -> dict[str, Found]:
    found = {name: Found(_queries(page), [], []) for name, page in pages.items()}
    for number in range(WARM + rounds):
        for name, page in pages.items():
            clock, processor = time.perf_counter(), time.process_time()
            _ask(page)
            if number >= WARM:
                found[name].processor.append((time.process_time() - processor) * 1000)
                found[name].clock.append((time.perf_counter() - clock) * 1000)
    return found


def _queries(page: Page) -> int:
    from django.db import connection

    asked: list[str] = []

    def note(execute: Any, sql: str, *rest: Any) -> Any:
        asked.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        status = _ask(page)
    assert status == "200 OK", (page.address, status)
    return len(asked)


def _ask(page: Page) -> str:
    """Call the application as a server does, and take its answer; the line of its status."""
    from migrator.wsgi import application

    path, _, query = page.address.partition("?")
    environ = {"PATH_INFO": path, "QUERY_STRING": query, "HTTP_COOKIE": page.cookie}
    environ |= {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in page.headers}
    setup_testing_defaults(environ)
    statuses: list[str] = []

    def begin(status: str, *_: object) -> Callable[[bytes], object]:
        statuses.append(status)
        return bytes  # nothing of ours writes its answer itself

    with closing(application(environ, begin)) as answer:
        for _part in answer:
            pass
    return statuses[0]


def _told(found: Mapping[str, Found]) -> bool:
    """A row for each page, the slowest first; whether all hold the limits."""
    reference = _p95(found[REFERENCE].clock)
    row = "{:<28}{:>8}{:>8}{:>6}{:>9}{:>11}{:>6} "
    print(row.format("page", "queries", "median", "p95", "of help", "processor", "p95"))
    held = True
    for name, one in sorted(found.items(), key=lambda each: -statistics.median(each[1].clock)):
        median, p95 = statistics.median(one.clock), _p95(one.clock)
        worked, most = statistics.median(one.processor), _p95(one.processor)
        queries, milliseconds = ALLOWED_REPORT if name == REPORT else ALLOWED
        fits = one.queries <= queries and most <= milliseconds
        held &= fits
        told = [f"{figure:.0f}" for figure in (median, p95, worked, most)]
        told.insert(2, f"{p95 / reference:.1f}")
        print(row.format(name, one.queries, *told), "" if fits else "NOT HELD", flush=True)
    limits = "a page {} queries, {:.0f} ms; the report {}, {:.0f} ms"
    print(f"Times in milliseconds; allowed: {limits.format(*ALLOWED, *ALLOWED_REPORT)}")
    return held & _flat(found)


def _flat(found: Mapping[str, Found]) -> bool:
    """Whether the number of workspaces changes no number of queries."""
    held = True
    for large, small in SMALLER.items():
        if large in found and small in found:
            more = found[large].queries - found[small].queries
            held &= verdict(f"more queries for the larger one, {large}", more, 0)
    return held


def _p95(taken: list[float]) -> float:
    return statistics.quantiles(taken, n=20)[-1]


if __name__ == "__main__":
    sys.exit(main())
