"""Whatever dies meanwhile, nothing is lost, doubled or reported as done when it is not."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.befall import Batch, Figures
from tests.faults.house import House

pytestmark = pytest.mark.slow

# Runs that work at the same time.
TOGETHER = 4


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A started server beside a sandbox with the demo's workspaces."""
    built = House(tmp_path / "data", tmp_path / "sandbox")
    yield built
    built.close()


def test_runs_survive_what_befalls_them(
    house: House, pytestconfig: pytest.Config, capsys: pytest.CaptureFixture[str]
) -> None:
    seed, wanted = pytestconfig.getoption("--fault-seed"), pytestconfig.getoption("--fault-runs")
    figures, number = Figures(), 0
    archives: list[int] = []
    while figures.runs < wanted:
        number += 1
        batch = Batch(house, figures, random.Random(f"{seed} {number}"), number)
        batch.perform(archives, min(TOGETHER, wanted - figures.runs))
        archives += batch.made
        with capsys.disabled():
            print(f"\nseed {seed}, batch {number}: {figures}", end="")
            for remark in figures.remarks:
                print(f"\n  {remark[:600]}", end="")
    assert figures.is_clean, figures.remarks
