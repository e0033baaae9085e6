"""The page of a run over 200 workspaces of mixed size: its queries and its time.

`script/bench run_page [--workspaces 200]` lays out runs of 20 and of so many workspaces whose steps
are in all states, with events, in a database of its own, and asks for both pages through Django as
the server would. Exit code 1: more queries for the larger run, or more than the time allowed.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from typing import Any

SMALL = 20
MILLISECONDS = 100.0
ROUNDS = 15
EVENTS = 25  # of each workspace
STATES = ("done", "done", "running", "waiting", "failed", "pending")


def main() -> int:
    """Measure and print; 1 where a limit is not held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workspaces", type=int, default=200)
    workspaces: int = parser.parse_args().workspaces
    with tempfile.TemporaryDirectory(prefix="bench-run-page-") as folder:
        os.environ.update(
            DATA_DIR=folder,
            ENV_FILE=os.devnull,
            DJANGO_SETTINGS_MODULE="migrator.settings",
            ALLOWED_HOSTS="testserver",
        )
        os.environ.pop("DATABASE_URL", None)
        return int(not _measure(workspaces))


def _measure(workspaces: int) -> bool:
    import django
    from django.core.management import call_command

    from bench.processes import say_load, verdict

    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    say_load()
    client = _signed_in()
    held, queries = True, {}
    for number in (SMALL, workspaces):
        run = _lay_out(number)
        for name, headers in {"page": {}, "moving part": {"HX-Request": "true"}}.items():
            count, taken, worked = _asked(client, f"/runs/{run}/", headers)
            queries[name, number] = count
            print(f"{number} workspaces, {name}: {count} queries, ", end="")
            print(f"{statistics.median(taken):.0f} ms, at most {max(taken):.0f} ms, ", end="")
            print(f"{worked:.0f} ms of the processor", flush=True)
            held &= verdict("median", statistics.median(taken), MILLISECONDS, " ms")
    for name in ("page", "moving part"):
        more = queries[name, workspaces] - queries[name, SMALL]
        held &= verdict(f"more queries for the larger run, {name}", more, 0)
    return held


def _signed_in() -> Any:
    from django.contrib.auth.models import User
    from django.test import Client

    client = Client()
    client.force_login(User.objects.create_superuser("admin"))
    return client


def _asked(client: Any, address: str, headers: dict[str, str]) -> tuple[int, list[float], float]:
    """Queries of one answer, milliseconds of ROUNDS of them, and those of the processor."""
    from django.db import connection

    asked: list[str] = []

    def note(execute: Any, sql: str, *rest: Any) -> Any:
        asked.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        answer = client.get(address, headers=headers)
    assert answer.status_code == 200, answer
    taken, worked = [], time.process_time()
    for _ in range(ROUNDS):
        started = time.perf_counter()
        client.get(address, headers=headers)
        taken.append((time.perf_counter() - started) * 1000)
    return len(asked), taken, (time.process_time() - worked) * 1000 / ROUNDS


def _lay_out(workspaces: int) -> int:
    """A backup whose steps are in all states; the key of the run."""
    from django.utils import timezone

    from migrator.models import Event, Instance, Plan, PlanItem, Run, Step, Workspace
    from migrator.services.step_lists import steps_for

    now = timezone.now()
    instance = Instance.objects.create(name=f"Of {workspaces}", kind="cloud", address="https://a")
    rows = Workspace.objects.bulk_create(
        Workspace(
            instance=instance,
            workspace_id=f"w{number}",
            name=f"Workspace {number}",
            language="en",
            documents=10 ** (number % 5),
            seen_at=now,
        )
        for number in range(workspaces)
    )
    plan = Plan.objects.create(purpose="backup", source=instance)
    PlanItem.objects.bulk_create(PlanItem(plan=plan, workspace=row, name=row.name) for row in rows)
    run = Run.objects.create(kind="backup", plan=plan)
    steps = steps_for(run)
    for number, step in enumerate(steps):
        _put_into_some_state(step, number, now)
    made = Step.objects.bulk_create(steps)
    Event.objects.bulk_create(
        Event(run=run, step=step, text=f"Line {number}")
        for step in made[:: len(made) // workspaces]
        for number in range(EVENTS)
    )
    return run.pk


def _put_into_some_state(step: Any, number: int, now: Any) -> None:
    step.status = STATES[number // 5 % len(STATES)]
    step.started_at = step.beat_at = step.claimed_at = now
    step.done, step.total, step.unit = number * 1000, 2_000_000, "bytes"
    if step.status == "waiting":
        step.needs, step.problem = "credential", "The credential is no longer accepted."
    if step.status == "failed":
        step.problem, step.finished_at = "The file is damaged.", now
    if step.status == "done":
        step.facts, step.finished_at = {"inspection": {"counts": {"documents": 3}}}, now


if __name__ == "__main__":
    sys.exit(main())
