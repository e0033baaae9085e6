"""What must be true of runs that have ended, whatever befell them, and how often it was not."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.faults.house import House

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


class Truth:
    """Compares what runs say with what the sandbox and the disk hold."""

    def __init__(self, house: House, figures: Figures) -> None:
        self._house, self._figures = house, figures

    def ended_well(self, runs: Iterable[int]) -> list[int]:
        """Those of the runs that ended as they should; each other one is counted."""
        found = self._house.ask("states", list(runs))
        for run, state in found.items():
            if state["state"] not in GOOD or not state["finished"]:
                self._wrong(int(run), f"{state}")
        return [run for run in runs if found[str(run)]["state"] in GOOD]

    def check_backup(self, run: int) -> list[int]:
        """The run made one archive, which verifies: its key."""
        archives = self._house.ask("outcome", run)["archives"]
        self._count(f"archives of run {run}", Counter(x=1), Counter(x=len(archives)))
        for archive in archives:
            if archive["problem"]:
                self._wrong(run, archive["problem"])
        return [archive["pk"] for archive in archives if not archive["problem"]]

    def check_restore(self, run: int, archive: int) -> None:
        """The target holds each object once, and the proof says what is there."""
        house, outcome = self._house, self._house.ask("outcome", run)
        source_id = str(house.ask("source_of", archive))
        source = house.sandbox("GET", f"state/{source_id}")
        target = house.sandbox("GET", f"state/{outcome['workspace']}")
        equal = self._count(f"documents of run {run}", _documents(source), _documents(target))
        equal &= self._count(
            f"dictionaries of run {run}", _dictionaries(source), _dictionaries(target)
        )
        self._count(f"proofs of run {run}", Counter(x=1), Counter(x=len(outcome["proofs"])))
        for proof in outcome["proofs"]:
            self._hold_to_truth(run, proof, source_id, equal)

    def check_leftovers(self) -> None:
        """No file is left that nobody needs."""
        left = self._house.ask("leftovers")
        self._figures.leftovers += len(left)
        self._figures.remarks += [f"left: {path}" for path in left]

    def _wrong(self, run: int, said: str) -> None:
        self._figures.wrong_states += 1
        self._figures.remarks.append(f"run {run}: {said}")

    def _hold_to_truth(self, run: int, proof: dict[str, Any], source: str, equal: bool) -> None:
        """A proof names what is missing or extra, and beyond that what it always names.

        The service tokenizes anew whatever is uploaded, so an untouched copy may differ in tokens
        and what hangs on them, and then every copy of that workspace does in the same way.
        """
        counted = {kind for kind in proof["totals"] if kind.startswith(("missing_d", "extra_d"))}
        usual = self._figures.usual.setdefault(source, proof["totals"])
        verified = proof["state"] == "verified"
        if bool(counted) == equal or verified == bool(proof["totals"]) or usual != proof["totals"]:
            self._wrong(run, f"{proof}, usual {usual}, in truth equal: {equal}")

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
