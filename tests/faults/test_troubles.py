"""Backups, restores and proofs through a proxy in which each operation's first calls go wrong.

All kinds of trouble at once, each with a proxy and instances of its own: their waits overlap.
"""

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.faults.house import House
from tests.faults.places import opened
from tests.faults.proxy import TROUBLES, Proxy, Trouble
from tests.faults.truth import Figures, Truth

pytestmark = pytest.mark.slow

SECONDS = 300.0  # all runs have to be at their ends by then
WORKSPACE = "Claims"
# What backups and restores into new workspaces call.
OPERATIONS = frozenset(
    {
        *("list_workspaces", "read_workspace", "create_workspace", "list_members"),
        *("download_types", "upload_types", "list_dictionaries", "download_dictionaries"),
        *("upload_dictionaries", "map_dictionary", "list_document_sets", "download_documents"),
        *("upload_documents", "read_job", "list_tasks", "list_models"),
    }
)
# What would stand there twice, or be refused, if the service got it twice.
ONCE = ("create_workspace", "upload_types", "upload_documents")
# These lose the session: it is one of the browser, which only a person can renew.
BY_SESSION = frozenset({"session expired", "sent to log in", "html", "html after"})


class Troubled:
    """One kind of trouble: a proxy before the sandbox, and both instances behind it."""

    def __init__(self, name: str, house: House) -> None:
        self.name, self._house = name, house
        self.trouble: Trouble = TROUBLES[name]
        self.proxy = Proxy(house.base)
        self.described = [self._behind(each) for each in house.described if each["name"] != "cp4d"]
        self.backup = self.restore = self.archive = 0
        self.spoiled: set[str] = set()
        self.twice: list[str] = []

    def _behind(self, described: dict[str, Any]) -> dict[str, Any]:
        moved: dict[str, Any] = {
            name: value.replace(self._house.base, self.proxy.base)
            if isinstance(value, str)
            else value
            for name, value in described.items()
        }
        if self.name in BY_SESSION:
            moved["credential"] = described["session_credential"]
        return {**moved, "nlu_url": "", "name": f"{described['name']} {self.name}"}

    def start_backup(self) -> int:
        """Arm the proxy and start."""
        workspaces = self._house.ask("workspaces_of", self.described[0]["name"])
        self.proxy.arm(self.trouble)
        self.backup = self._house.ask("backup", workspaces[WORKSPACE])
        return self.backup

    def start_restore(self, archive: int) -> int:
        """Arm it anew, for the target."""
        self._note()
        self.archive = archive
        self.proxy.arm(self.trouble)
        target = self.described[1]["name"]
        self.restore = self._house.ask("restore", archive, f"Copy {self.name}", target)
        return self.restore

    def end(self) -> None:
        """Let everything pass again."""
        self._note()
        self.proxy.arm(None)

    def _note(self) -> None:
        self.spoiled |= set(self.proxy.counts.spoiled)
        made = self.proxy.counts.carried_out
        self.twice += [name for name in ONCE if made[name] > 1]

    @property
    def expected(self) -> frozenset[str]:
        """An import is not asked for where the answer that named it was lost."""
        return OPERATIONS - {"read_job"} if self.trouble.after else OPERATIONS


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A server with a worker for every run: their waits are to overlap."""
    folder = tmp_path_factory.mktemp("troubles")
    with opened("embedded", folder / "data") as place:
        workers = str(len(TROUBLES))
        built = House(folder / "data", folder / "sandbox", place, size=12, WORKERS=workers)
        yield built
        built.close()


@pytest.fixture(scope="module")
def figures() -> Figures:
    return Figures()


@pytest.fixture(scope="module")
def troubled(house: House, figures: Figures) -> Iterator[dict[str, Troubled]]:
    """Every kind of trouble, after a backup and a restore through it."""
    found = {name: Troubled(name, house) for name in TROUBLES}
    described = [each for one in found.values() for each in one.described]
    house.ask("set_up", described, house.profile)
    truth = Truth(house, figures)
    backups = {one.start_backup(): one for one in found.values()}
    _wait(house, described, list(backups))
    restores = {}
    for run in truth.ended_well(list(backups)):
        for archive in truth.check_backup(run):
            restores[backups[run].start_restore(archive)] = archive
    _wait(house, described, list(restores))
    for one in found.values():
        one.end()
    for run in truth.ended_well(list(restores)):
        truth.check_restore(run, restores[run])
    figures.runs = len(backups) + len(restores)
    figures.faults = sum(len(one.spoiled) for one in found.values())
    yield found
    for one in found.values():
        one.proxy.close()


def _wait(house: House, described: list[dict[str, Any]], runs: list[int]) -> None:
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        if all(each["finished"] for each in house.ask("states", runs).values()):
            return
        house.ask("renew_credentials", described)
        threading.Event().wait(0.3)


@pytest.mark.parametrize("name", TROUBLES)
def test_every_operation_of_a_run_was_in_trouble(name: str, troubled: dict[str, Troubled]) -> None:
    one = troubled[name]
    assert one.restore, "the backup made no archive"
    assert one.spoiled >= one.expected, one.expected - one.spoiled
    assert one.twice == []


def test_nothing_is_lost_doubled_or_untrue(
    troubled: dict[str, Troubled],
    figures: Figures,
    house: House,
    capsys: pytest.CaptureFixture[str],
) -> None:
    Truth(house, figures).check_leftovers()
    with capsys.disabled():
        print(f"\n{len(troubled)} kinds of trouble on each operation: {figures}", end="")
        for remark in figures.remarks:
            print(f"\n  {remark[:800]}", end="")
    assert figures.runs == 2 * len(TROUBLES)
    assert figures.is_clean, figures.remarks
