"""/metrics: to whoever has the token, in a constant number of queries, over all web processes."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from migrator.models import Instance
from migrator.services import queue, runs
from migrator.services.drive import drive
from migrator.services.instances import add_instance
from migrator.services.plans import add_workspace_by_hand, plan_backup
from tests import houses
from tests.waiting import wait_until

ROOT = Path(__file__).resolve().parent.parent
TOKEN = "a-token-for-prometheus"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


def waiting_backups(user: User, *names: str) -> None:
    """Runs that wait for a person's files, each of a workspace of its own."""
    instance = add_instance(user=user, name=names[0], kind=Instance.Kind.BY_HAND)
    for name in names:
        workspace = add_workspace_by_hand(
            instance=instance, user=user, name=name, language="en", tokenizer="ml"
        )
        plan = plan_backup(source=instance, workspaces=[workspace], user=user)
        with queue.in_process():
            drive(runs.start_run(plan=plan, user=user))


def figures(text: str) -> dict[str, float]:
    """{name with labels: value}."""
    lines = (line for line in text.splitlines() if line and not line.startswith("#"))
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


@pytest.mark.django_db
def test_there_is_no_such_page_without_a_token(client: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics", headers=BEARER).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("given", ["", "Bearer ", "Bearer wrong", TOKEN, f"Basic {TOKEN}", "é"])
def test_a_wrong_token_sees_nothing(given: str, client: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN = TOKEN
    answer = client.get("/metrics", headers={"Authorization": given})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert not answer.content


@pytest.mark.django_db(transaction=True)
def test_the_figures_are_those_of_the_database_in_as_many_queries_for_any_number(
    client: Client, settings: Settings
) -> None:
    settings.METRICS_TOKEN = TOKEN
    user = User.objects.create_superuser("admin")
    waiting_backups(user, "One")
    with CaptureQueriesContext(connection) as few:
        found = figures(client.get("/metrics", headers=BEARER).content.decode())
    assert found['migrator_runs_open{state="waiting"}'] == 1
    assert found['migrator_steps{state="waiting"}'] > 0
    assert found["migrator_archives"] == found["migrator_models_to_undeploy"] == 0
    assert found['migrator_messages{state="failed"}'] == 0
    waiting_backups(user, "Two", "Three", "Four")
    with CaptureQueriesContext(connection) as many:
        more = figures(client.get("/metrics", headers=BEARER).content.decode())
    assert more['migrator_runs_open{state="waiting"}'] == 4
    assert more['migrator_steps{state="waiting"}'] == 4 * found['migrator_steps{state="waiting"}']
    assert len(many) == len(few) <= 7


@contextmanager
def web(folder: Path) -> Iterator[str]:
    """The web server alone, two processes on a migrated database; its address."""
    environment = {
        **os.environ,
        **houses.variables(folder, migrated=True),
        "METRICS_TOKEN": TOKEN,
        "TMPDIR": str(folder),
        "LOG_FORMAT": "json",
    }
    arguments = "migrator.wsgi --bind 127.0.0.1:0 --workers 2 --preload --no-control-socket"
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", *arguments.split()],
            cwd=ROOT,
            env=environment,
            stderr=log,
        )
        try:
            yield wait_until(lambda: address_in(folder / "log", process), "gunicorn")
        finally:
            process.terminate()
            process.wait(30)


def address_in(log: Path, process: "subprocess.Popen[bytes]") -> str:
    """Where it says that it listens; empty until then."""
    text = log.read_text()
    assert process.poll() is None, text
    found = re.search(r"http://127\.0\.0\.1:[1-9]\d*", text)
    return found[0] if found else ""


@pytest.mark.slow
def test_two_processes_count_together(tmp_path: Path) -> None:
    with web(tmp_path) as address:
        with ThreadPoolExecutor(8) as pool:
            asked = [f"{address}/sign-in"] * 40 + [f"{address}/nowhere"] * 2
            answers = list(pool.map(lambda one: requests.get(one, timeout=30), asked))
        assert {answer.status_code for answer in answers[:40]} == {200}
        found = figures(requests.get(f"{address}/metrics", headers=BEARER, timeout=30).text)
    name = 'migrator_http_requests_total{method="GET",status="200",view="sign-in"}'
    assert found[name] == 40
    assert found['migrator_http_request_seconds_count{method="GET",view="sign-in"}'] == 40
    assert found['migrator_http_requests_total{method="GET",status="404",view="none"}'] == 2
    counters = list(tmp_path.glob("migrator-metrics-*/counter_*.db"))
    assert len(counters) >= 2, "one process answered everything: this proves nothing"
