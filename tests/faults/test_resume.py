"""A worker that is killed in the middle of a large download goes on with it soon, where it was."""

import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.house import House
from tests.faults.places import opened
from tests.faults.truth import Figures, Truth
from tests.waiting import wait_until

pytestmark = pytest.mark.slow

WORKSPACE = "Claims"
WITHIN = 30.0  # seconds from the death of the worker until more has arrived than before
PIECES = 50  # pauses of the service in one download, which make it last
PAUSE = 0.1  # seconds


@pytest.fixture
def house(tmp_path: Path, pytestconfig: pytest.Config) -> Iterator[House]:
    """A server beside a sandbox with a large workspace."""
    size = pytestconfig.getoption("--resume-documents")
    with opened("embedded", tmp_path / "data") as place:
        built = House(tmp_path / "data", tmp_path / "sandbox", place, size=size, patience=60)
        yield built
        built.close()


def test_a_killed_worker_resumes_its_download(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    size = _size_of_export(house)
    fault = {"kind": "slow_body", "path": "documentsets/export", "count": 9}
    pace = {"bytes": max(1024, size // PIECES), "seconds": PAUSE}
    house.sandbox("POST", "faults", {**fault, **pace})
    run = house.ask("backup", house.workspaces[WORKSPACE])
    arrived = wait_until(lambda: _arrived(house, run, size // 5), "a fifth of the download")
    house.kill_child("worker", random.Random(1))
    killed = time.monotonic()
    wait_until(lambda: _arrived(house, run, arrived), "the download going on", 2 * WITHIN)
    seconds = time.monotonic() - killed
    with capsys.disabled():
        print(f"\n{size / 1e6:,.0f} MB, killed after {arrived / 1e6:,.0f} MB: ", end="")
        print(f"on again {seconds:.1f} s after the death of the worker", end="")
    assert seconds < WITHIN
    wait_until(lambda: house.ask("states", [run])[str(run)]["finished"], "the end", 600)
    calls = house.sandbox("GET", "requests?path=documentsets/export")["requests"]
    assert [call["status"] for call in calls][-1] == 206
    figures = Figures()
    truth = Truth(house, figures)
    assert truth.ended_well([run]) == [run]
    truth.check_backup(run)
    truth.check_leftovers()
    assert figures.is_clean, figures.remarks


def _size_of_export(house: House) -> int:
    described: dict[str, Any] = house.described[0]
    return int(house.ask("size_of_documents", described["name"], WORKSPACE))


def _arrived(house: House, run: int, more_than: int) -> int:
    """Bytes of the documents that arrived, 0 where they are not more than that."""
    done = int(house.ask("documents_done", run))
    return done if done > more_than else 0
