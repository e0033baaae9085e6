"""Steps a second with four workers over PostgreSQL and Valkey.

`script/bench steps [--workspaces 1000]` starts both servers and four worker processes, begins one
backup of so many workspaces served by hand, and counts the steps that the workers perform: the
facts of each workspace, then its types and dictionaries up to the point where a person is asked for
files. Each is claimed, performed, recorded and logged like any other. Exit code 1: fewer than
allowed.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from bench.parts.processes import ROOT, say_load, verdict
from bench.parts.workers import workers
from tests.faults.places import opened
from tests.postgres import postgres_folder

WORKERS = 4
RATE = 50  # steps a second
PERFORMED = 3  # steps of each workspace that go as far as they can without a person
SECONDS = 300.0  # for all of them
LOOK = 0.1  # seconds between two looks
START = """
import sys, django; django.setup()
from django.core.management import call_command
from migrator.services.instances import add_instance
from migrator.services.plans import add_workspace_by_hand, plan_backup
from migrator.services.runs import start_run
call_command("migrate", interactive=False, verbosity=0)
by_hand = add_instance(user=None, name="By hand", kind="by_hand")
rows = [
    add_workspace_by_hand(instance=by_hand, user=None, name=f"Workspace {n}", language="en")
    for n in range(int(sys.argv[1]))
]
start_run(plan=plan_backup(source=by_hand, workspaces=rows, user=None), user=None)
"""
COUNT = "SELECT count(*) FROM migrator_step WHERE status IN ('done', 'waiting')"


def main() -> int:
    """Measure and print; 1 where the limit is not held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workspaces", type=int, default=1000)
    workspaces: int = parser.parse_args().workspaces
    with tempfile.TemporaryDirectory(prefix="bench-steps-") as name:
        folder = Path(name) / "data"
        with opened("grown", folder) as place:
            environment = {
                **os.environ,
                **place.variables,
                "DATA_DIR": str(folder),
                "DJANGO_SETTINGS_MODULE": "migrator.settings",
                "ENV_FILE": os.devnull,
            }
            return int(not _measure(environment, workspaces))


def _measure(environment: dict[str, str], workspaces: int) -> bool:
    start = [sys.executable, "-c", START, str(workspaces)]
    subprocess.run(start, cwd=ROOT, env=environment, check=True)
    say_load()
    wanted = PERFORMED * workspaces
    with workers(environment, WORKERS), _counted(environment["DATABASE_URL"]) as database:
        # What the workers need to start is not counted: from the first performed steps on.
        begun = _wait_for(database, WORKERS)
        started = time.monotonic()
        _wait_for(database, wanted)
        seconds = time.monotonic() - started
    rate = (wanted - begun) / seconds
    print(f"{wanted:,} steps of {workspaces:,} workspaces in {seconds:.1f} s, {WORKERS} workers")
    return verdict("seconds for each 50 steps", RATE / rate, 1.0, " s") and rate >= RATE


@contextmanager
def _counted(address: str) -> Iterator["psycopg.Connection[tuple[int]]"]:
    with psycopg.connect(
        host=postgres_folder(address), user="postgres", dbname="postgres", autocommit=True
    ) as database:
        yield database


def _wait_for(database: "psycopg.Connection[tuple[int]]", steps: int) -> int:
    deadline = time.monotonic() + SECONDS
    while True:
        row = database.execute(COUNT).fetchone()
        assert row is not None
        if row[0] >= steps:
            return int(row[0])
        assert time.monotonic() < deadline, f"{row[0]:,} of {steps:,} steps in {SECONDS:.0f} s"
        time.sleep(LOOK)


if __name__ == "__main__":
    sys.exit(main())
