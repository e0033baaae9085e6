"""Fifty people browse while ten workers back up: PostgreSQL, Valkey and S3, the real server.

`script/bench load [--people 50] [--workers 10] [--seconds 60]` starts the servers, seeds a sandbox
with forty small workspaces, and lets locust browse: at first one person with nobody at work, which
is the reference, then all of them while the workers back up all workspaces over and over. Printed
are requests a second, the median and the 95th percentile of each page and how many times the
reference they are, and the steps done a second. Exit code 1: an answer was an error, a step failed,
or the server's log has a traceback. On two cores everything shares them, the people included.

`--embedded` is the server as it starts without any setting, on SQLite with the broker it brings,
with five people and two workers. Exit code 1 also where any page took longer than a second, or
somebody met a locked database.
"""

import argparse
import csv
import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from typing import Any, NamedTuple

import dj_database_url
import psycopg

from bench.parts.processes import ROOT, say_load, verdict
from bench.parts.site import Site, serving
from bench.parts.workers import workers
from sandbox.generator import generate
from sandbox.seeding import seed
from sandbox.server import Sandbox
from tests import houses

WORKSPACES = 40
DOCUMENTS = 5  # of each
REFERENCE_SECONDS = 15
PAUSE, REFERENCE_PAUSE = 3.0, 0.3  # seconds between two pages of one person, at most
A_SECOND = 5  # people who come in a second
LOOK = 0.5  # seconds between two looks at a run
LONGEST = 1000  # milliseconds, on SQLite
PEOPLE = """
import sys, django; django.setup()
from django.test import Client
from migrator.services import users
for n in range(int(sys.argv[1])):
    client = Client()
    person = users.add_person(user=None, name=f"person{n}", role="operator", downloads=True)
    client.force_login(person)
    print(client.cookies["sessionid"].value)
"""
# So many that the workers and not the pace of one instance are what limits them.
PACE = {"INSTANCE_STEPS": "100", "INSTANCE_CALLS_PER_SECOND": "0", "INSTANCE_HOSTS": "127.0.0.1"}


class Told(NamedTuple):
    """What locust says of one page: answers, errors, milliseconds."""

    answers: int
    errors: int
    median: float
    p95: float
    a_second: float
    longest: float


def main() -> int:
    """Measure and print; 1 where there was an error."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--embedded", action="store_true", help="SQLite and the own broker")
    parser.add_argument("--people", type=int)
    parser.add_argument("--workers", type=int)
    parser.add_argument("--seconds", type=int, default=60)
    given = parser.parse_args()
    given.people = given.people or (5 if given.embedded else 50)
    given.workers = given.workers or (2 if given.embedded else 10)
    house = nullcontext() if given.embedded else houses.grown()
    with tempfile.TemporaryDirectory(prefix="bench-load-") as name, house:
        folder = Path(name) / "data"
        own = {**houses.variables(folder), **PACE, "WORKERS": "1", "ENV_FILE": os.devnull}
        environment = {**os.environ, **own, "DJANGO_SETTINGS_MODULE": "migrator.settings"}
        _seed(folder)
        with serving(folder, **own) as site, workers(environment, given.workers - 1):
            command = [sys.executable, "-c", PEOPLE, str(given.people)]
            made = subprocess.run(
                command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True
            )
            # They signed in before: what a password costs on purpose is not a page's time.
            os.environ["BENCH_SESSIONS"] = ",".join(made.stdout.split())
            return int(not _measure(site, environment, given))


def _seed(folder: Path) -> None:
    """Fill the demo's sandbox before the server starts; it then stays as it is."""
    with tempfile.TemporaryDirectory(prefix="bench-exports-") as name:
        for number in range(WORKSPACES):
            place = Path(name) / f"Unit {number:02}"
            generate(place, seed=number, documents=DOCUMENTS, anomalies=False)
        sandbox = Sandbox(folder / "sandbox")
        seed(sandbox.state, name)
        sandbox.close()


def _measure(site: Site, environment: dict[str, str], given: argparse.Namespace) -> bool:
    chosen = _all_workspaces(site)
    site.perform("backup", **chosen)  # so that there is something to look at
    say_load()
    alone = _browse(site, 1, REFERENCE_SECONDS, REFERENCE_PAUSE)
    with _backing_up(site, chosen), _steps(environment) as steps:
        started, before = time.monotonic(), steps("done")
        crowd = _browse(site, given.people, given.seconds, PAUSE)
        rate = (steps("done") - before) / (time.monotonic() - started)
        failed = steps("failed")
    _print(alone, crowd)
    requests = sum(one.a_second for one in crowd.values())
    print(f"{given.people} people: {requests:.1f} requests/s; {given.workers} workers: ", end="")
    print(f"{rate:.1f} steps done/s; {WORKSPACES} workspaces of {DOCUMENTS} documents")
    held = verdict("errors", sum(one.errors for one in crowd.values()), 0)
    held &= verdict("failed steps", failed, 0)
    broken = sum("Traceback" in line for line in site.lines)
    held &= verdict("tracebacks in the server's log", broken, 0)
    if given.embedded:
        locked = sum("database is locked" in line for line in site.lines)
        held &= verdict("lines about a locked database", locked, 0)
        held &= verdict("longest answer", max(one.longest for one in crowd.values()), LONGEST, "ms")
    return held & verdict("answers of each page, missing", len(alone.keys() - crowd.keys()), 0)


def _all_workspaces(site: Site) -> dict[str, Any]:
    found = site.get("workspaces/?limit=100")["results"]
    assert len(found) == WORKSPACES, len(found)
    return {"from_instance": found[0]["instance"], "workspaces": [row["id"] for row in found]}


@contextmanager
def _backing_up(site: Site, chosen: dict[str, Any]) -> Iterator[None]:
    """Within this block a backup of everything runs, and the next one after it."""
    stop = threading.Event()

    def work() -> None:
        run = site.post("runs/backup/", **chosen)
        while not stop.wait(LOOK):
            if site.get(f"runs/{run['id']}/")["finished_at"]:
                run = site.post("runs/backup/", **chosen)

    with ThreadPoolExecutor(1) as pool:
        working = pool.submit(work)
        try:
            yield
        finally:
            stop.set()
            working.result()  # raises what broke it


@contextmanager
def _steps(environment: dict[str, str]) -> Iterator[Any]:
    """A function that counts the steps in a status."""
    with closing(_database(environment)) as database:

        def count(status: str) -> int:
            asked = f"SELECT count(*) FROM migrator_step WHERE status = '{status}'"
            return int(database.execute(asked).fetchone()[0])

        yield count


def _database(environment: dict[str, str]) -> Any:
    """A connection of its own to the server's database."""
    if "DATABASE_URL" not in environment:
        return sqlite3.connect(Path(environment["DATA_DIR"], "migrator.sqlite3"))
    known = dj_database_url.parse(environment["DATABASE_URL"])
    return psycopg.connect(
        host=known["HOST"], user=known["USER"], dbname=known["NAME"], autocommit=True
    )


def _browse(site: Site, people: int, seconds: int, pause: float) -> dict[str, Told]:
    """What locust tells of each page."""
    with tempfile.TemporaryDirectory(prefix="bench-locust-") as folder:
        subprocess.run(
            [
                *(sys.executable, "-m", "locust", "-f", "bench/parts/people.py", "--headless"),
                *("--users", str(people), "--spawn-rate", str(A_SECOND)),
                *("--run-time", f"{seconds}s", "--host", site.address.rstrip("/")),
                *("--csv", f"{folder}/told", "--only-summary", "--loglevel", "WARNING"),
                *("--exit-code-on-error", "0", "--stop-timeout", "30"),
            ],
            cwd=ROOT,
            env={**os.environ, "BENCH_WAIT": str(pause)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=True,
        )
        with Path(folder, "told_stats.csv").open(newline="") as file:
            rows = [row for row in csv.DictReader(file) if row["Name"] != "Aggregated"]
        with Path(folder, "told_failures.csv").open(newline="") as file:
            for row in csv.DictReader(file):
                print(f"  {row['Occurrences']} times {row['Name']}: {row['Error']}")
    return {row["Name"]: _told(row) for row in rows}


def _told(row: dict[str, str]) -> Told:
    return Told(
        int(row["Request Count"]),
        int(row["Failure Count"]),
        float(row["50%"]),
        float(row["95%"]),
        float(row["Requests/s"]),
        float(row["Max Response Time"]),
    )


def _print(alone: dict[str, Told], crowd: dict[str, Told]) -> None:
    row = "{:<24}{:>8}{:>8}{:>10}{:>8}{:>8}{:>14}{:>10}"
    names = ("answers", "errors", "median ms", "p95 ms", "longest", "alone median", "times it")
    print(row.format("page", *names))
    for name, one in sorted(crowd.items(), key=lambda each: -each[1].p95):
        reference = alone[name].median if name in alone else 0.0
        times = f"{one.median / reference:.1f}" if reference else "–"
        told = (f"{each:.0f}" for each in (one.median, one.p95, one.longest))
        print(row.format(name, *one[:2], *told, reference, times))


if __name__ == "__main__":
    sys.exit(main())
