"""A batch of runs at once, and what befalls it meanwhile."""

import random
import threading
import time
from typing import Any

import requests

from tests.faults.house import House
from tests.faults.truth import Figures, Truth

SECONDS = 240.0  # a batch has to be at its end by then
# What strikes; a worker's death more often, since that is what most has to survive.
STRIKES = ("worker", "worker", "worker", "web", "beat", "broker", "server", "sandbox", "emptied")


class Batch:
    """Some backups and restores under faults that `chosen` decides."""

    def __init__(self, house: House, figures: Figures, chosen: random.Random, number: int) -> None:
        self._house, self._figures, self._random = house, figures, chosen
        self._number = number
        self.backups: list[int] = []  # runs
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
        """Every workspace can be backed up once at a time; the rest are restores."""
        house = self._house
        names = self._random.sample(sorted(house.workspaces), len(house.workspaces))
        for number in range(size):
            if archives and (number % 2 or number // 2 >= len(names)):
                archive = self._random.choice(archives)
                copy = f"Copy {self._number}-{number}"
                self.restores[house.ask("restore", archive, copy)] = archive
            elif names:
                self.backups.append(house.ask("backup", house.workspaces[names.pop()]))
        self._figures.runs += len(self._runs)

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
        kind = self._random.choice([*STRIKES, "locked"])
        if kind == "server":
            house.kill_server()
        elif kind == "sandbox":
            house.kill_sandbox()
        elif kind == "emptied":
            house.place.empty_broker()
        elif kind == "locked":
            house.place.lock_database(self._random.uniform(1, 3))
        elif kind == "broker":
            house.kill_broker(self._random)
        else:
            house.kill_child(kind, self._random)

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

    def _check(self) -> None:
        truth = Truth(self._house, self._figures)
        for run in truth.ended_well(self._runs):
            if run in self.restores:
                truth.check_restore(run, self.restores[run])
            else:
                self.made += truth.check_backup(run)
        truth.check_leftovers()


def some_fault(chosen: random.Random) -> dict[str, Any]:
    """One of the sandbox's faults, on operations that runs call."""
    path = chosen.choice(
        [
            *("typestore", "dictionaries", "documentsets", "documentsets/import"),
            *("workspaces", "jobs", "identity/token", "export", "models"),
        ]
    )
    faults: list[dict[str, Any]] = [
        {"kind": "latency", "seconds": chosen.uniform(0.2, 2)},
        {"kind": "reset", "after": True},
        {"kind": "reset"},
        {"kind": "black_hole"},
        {"kind": "truncated"},
        {"kind": "wrong_length", "delta": 64},
        {"kind": "wrong_length", "delta": -64},
        {"kind": "status", "status": 429, "retry_after": "1"},
        {"kind": "status", "status": chosen.choice([500, 502, 503]), "after": True},
        {"kind": "status", "status": 503, "count": 5},
        {"kind": "session_expired"},
        {"kind": "html"},
        {"kind": "no_ranges"},
    ]
    often = {"skip": chosen.randrange(3), "count": chosen.randrange(1, 4)}
    return {"path": path, **often, **chosen.choice(faults)}
