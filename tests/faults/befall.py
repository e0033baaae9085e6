"""A batch of runs at once, what befalls it meanwhile, and what must be true afterwards."""

import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import requests

from tests.faults.house import CHILDREN, House, some_fault

SECONDS = 240.0  # a batch has to be at its end by then
GOOD = {"completed", "warnings"}


@dataclass
class Figures:
    """What the suite counted."""

    runs: int = 0
    faults: int = 0
    lost: int = 0
    doubled: int = 0
    wrong_states: int = 0
    leftovers: int = 0
    remarks: list[str] = field(default_factory=list)
    # Source workspace -> what the proof of its first copy found.
    usual: dict[str, dict[str, int]] = field(default_factory=dict)

    def __str__(self) -> str:
        return (
            f"runs {self.runs}, faults {self.faults}, lost {self.lost}, doubled {self.doubled}, "
            f"wrong states {self.wrong_states}, leftovers {self.leftovers}"
        )

    @property
    def is_clean(self) -> bool:
        """Nothing lost, doubled, untrue or left."""
        return not (self.lost or self.doubled or self.wrong_states or self.leftovers)


class Batch:
    """Some backups and restores under faults that `chosen` decides."""

    def __init__(self, house: House, figures: Figures, chosen: random.Random, number: int) -> None:
        self._house, self._figures, self._random = house, figures, chosen
        self._number = number
        self.backups: dict[int, str] = {}  # run -> name of the workspace
        self.restores: dict[int, int] = {}  # run -> archive
        self.made: list[int] = []  # archives

    def perform(self, archives: list[int], size: int) -> None:
        """Start `size` runs, restores where there are archives; wait for their ends; check them."""
        self._start(archives, size)
        stop = threading.Event()
        trouble = threading.Thread(target=self._befall, args=[stop])
        trouble.start()
        try:
            self._wait()
        finally:
            stop.set()
            trouble.join()
        self._house.sandbox("DELETE", "faults")
        self._check()

    def _start(self, archives: list[int], size: int) -> None:
        house = self._house
        names = self._random.sample(sorted(house.workspaces), min(len(house.workspaces), size))
        for number, name in enumerate(names):
            if archives and number % 2:
                archive = self._random.choice(archives)
                copy = f"Copy {self._number}-{number}"
                self.restores[house.ask("restore", archive, copy)] = archive
            else:
                self.backups[house.ask("backup", house.workspaces[name])] = name
        self._figures.runs += len(names)

    @property
    def _runs(self) -> list[int]:
        return [*self.backups, *self.restores]

    # -- trouble -------------------------------------------------------------------------------

    def _befall(self, stop: threading.Event) -> None:
        for _ in range(self._random.randrange(2, 5)):
            self._add_fault()
        for _ in range(self._random.randrange(1, 4)):
            if stop.wait(self._random.uniform(0.3, 3)):
                return
            self._strike()
            self._figures.faults += 1

    def _add_fault(self) -> None:
        try:
            self._house.sandbox("POST", "faults", some_fault(self._random))
        except requests.ConnectionError:
            return
        self._figures.faults += 1

    def _strike(self) -> None:
        house = self._house
        kind = self._random.choice(
            [*CHILDREN, " worker ", " worker ", "server", "sandbox", "broker", "lock"]
        )
        if kind in CHILDREN:
            house.kill_child(kind)
        elif kind == "server":
            house.kill_server()
        elif kind == "sandbox":
            house.kill_sandbox()
        elif kind == "broker":
            house.empty_broker()
        else:
            house.lock_database(self._random.uniform(1, 3))

    # -- waiting -------------------------------------------------------------------------------

    def _wait(self) -> None:
        deadline = time.monotonic() + SECONDS
        doubled = self._random.random() < 0.5
        while time.monotonic() < deadline:
            found = self._house.ask("states", self._runs)
            if all(each["finished"] for each in found.values()):
                return
            self._house.ask("renew_credentials", self._house.described)
            if doubled:
                self._house.ask("send_doubled", self._runs)
                self._house.ask("move_clock", self._random.choice([0, -30, 30]))
                self._figures.faults += 2
                doubled = False
            threading.Event().wait(0.3)

    # -- what must be true ---------------------------------------------------------------------

    def _check(self) -> None:
        found = self._house.ask("states", self._runs)
        for run in self._runs:
            state = found[str(run)]
            if state["state"] not in GOOD or not state["finished"]:
                self._wrong(run, f"{state}")
                continue
            outcome = self._house.ask("outcome", run)
            if run in self.backups:
                self._check_backup(run, outcome)
            else:
                self._check_restore(run, outcome)
        left = self._house.ask("leftovers")
        self._figures.leftovers += len(left)
        self._figures.remarks += [f"left: {path}" for path in left]

    def _wrong(self, run: int, said: str) -> None:
        self._figures.wrong_states += 1
        self._figures.remarks.append(f"run {run}: {said}")

    def _check_backup(self, run: int, outcome: dict[str, Any]) -> None:
        archives = outcome["archives"]
        self._count(f"archives of run {run}", Counter(x=1), Counter(x=len(archives)))
        for archive in archives:
            if archive["problem"]:
                self._wrong(run, archive["problem"])
            else:
                self.made.append(archive["pk"])

    def _check_restore(self, run: int, outcome: dict[str, Any]) -> None:
        house = self._house
        source = house.sandbox("GET", f"state/{self._source(run)}")
        target = house.sandbox("GET", f"state/{outcome['workspace']}")
        equal = self._count(f"documents of run {run}", _documents(source), _documents(target))
        equal &= self._count(
            f"dictionaries of run {run}", _dictionaries(source), _dictionaries(target)
        )
        self._count(f"proofs of run {run}", Counter(x=1), Counter(x=len(outcome["proofs"])))
        for proof in outcome["proofs"]:
            self._hold_to_truth(run, proof, equal)

    def _hold_to_truth(self, run: int, proof: dict[str, Any], equal: bool) -> None:
        """A proof names what is missing or extra, and beyond that what it always names.

        The service tokenizes anew whatever is uploaded, so an untouched copy may differ in tokens
        and what hangs on them, and then every copy of that workspace does in the same way.
        """
        counted = {kind for kind in proof["totals"] if kind.startswith(("missing_d", "extra_d"))}
        usual = self._figures.usual.setdefault(self._source(run), proof["totals"])
        verified = proof["state"] == "verified"
        if bool(counted) == equal or verified == bool(proof["totals"]) or usual != proof["totals"]:
            self._wrong(run, f"{proof}, usual {usual}, in truth equal: {equal}")

    def _source(self, run: int) -> str:
        return str(self._house.ask("source_of", self.restores[run]))

    def _count(self, what: str, wanted: Counter[str], there: Counter[str]) -> bool:
        lost, doubled = (wanted - there).total(), (there - wanted).total()
        self._figures.lost += lost
        self._figures.doubled += doubled
        if lost or doubled:
            self._figures.remarks.append(f"{what}: {lost} lost, {doubled} doubled")
        return not (lost or doubled)


def _documents(state: dict[str, Any]) -> Counter[str]:
    return Counter(document["name"] for document in state["documents"])


def _dictionaries(state: dict[str, Any]) -> Counter[str]:
    return Counter(each["name"] for each in state["dictionaries"] if not each["read_only"])
