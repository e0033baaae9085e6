"""Whatever dies meanwhile, nothing is lost, doubled or reported as done when it is not."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.befall import Batch
from tests.faults.house import House
from tests.faults.places import opened
from tests.faults.truth import Figures

pytestmark = pytest.mark.slow

# Runs that work at the same time.
TOGETHER = 10


@pytest.fixture
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """A started server, with its database and broker, beside a sandbox with the demo."""
    folder = tmp_path / "data"
    with opened(request.param, folder) as place:
        built = House(folder, tmp_path / "sandbox", place)
        yield built
        built.close()


@pytest.mark.parametrize("house", ["embedded", "grown"], indirect=True)
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
