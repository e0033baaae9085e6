"""Four processes that race for the same steps, on both databases: each is claimed once."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.launcher.servers import ROOT
from tests.postgres import postgres_address

pytestmark = pytest.mark.slow

RACERS = 4


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of a process that works on a new database."""
    chosen = {**os.environ, "DATA_DIR": str(tmp_path / "data")}
    if request.param == "sqlite":
        yield {**chosen, "DATABASE_URL": ""}
        return
    with postgres_address() as address:
        yield {**chosen, "DATABASE_URL": address}


def _racer(database: dict[str, str], *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.faults.racer", *arguments],
        cwd=ROOT,
        env=database,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def claimed(database: dict[str, str], steps: int, performer: str) -> list[int]:
    """Lay out the steps, let the racers go at the same moment, and tell what they claimed."""
    with _racer(database, "lay_out", str(steps), performer) as laid_out:
        assert laid_out.wait(60) == 0
    racers = [_racer(database, "race") for _ in range(RACERS)]
    for racer in racers:
        assert racer.stdout is not None
        assert racer.stdout.readline() == "ready\n"
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("go\n")
        racer.stdin.flush()
    printed = [racer.communicate(timeout=120)[0] for racer in racers]
    assert [racer.returncode for racer in racers] == [0] * RACERS
    return sorted(int(line) for text in printed for line in text.splitlines())


def test_each_of_two_hundred_steps_is_claimed_once(database: dict[str, str]) -> None:
    found = claimed(database, 200, "person")
    assert len(found) == 200
    assert len(set(found)) == 200


def test_no_more_steps_work_on_an_instance_than_it_takes(database: dict[str, str]) -> None:
    found = claimed({**database, "INSTANCE_STEPS": "3"}, 40, "connector")
    assert len(found) == 3
