"""The phases of a run, as its stepper shows them."""

from dataclasses import dataclass

from migrator.models import Run, Step

_K = Step.Kind
_S = Step.Status

BACKUP: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Facts", (_K.FACTS,)),
    ("Type system", (_K.TYPES,)),
    ("Dictionaries", (_K.DICTIONARIES,)),
    ("Documents", (_K.DOCUMENTS,)),
    ("Seal and verify", (_K.SEAL,)),
)
RESTORE: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Check the archive", (_K.CHECK_ARCHIVE,)),
    ("Target", (_K.TARGET,)),
    ("Type system", (_K.RESTORE_TYPES,)),
    ("Dictionaries", (_K.RESTORE_DICTIONARIES, _K.RESTORE_READ_ONLY, _K.MAP_DICTIONARIES)),
    ("Documents", (_K.RESTORE_DOCUMENTS,)),
    ("People", (_K.RESTORE_PEOPLE,)),
    ("Proof", (_K.PROOF_TYPES, _K.PROOF_DICTIONARIES, _K.PROOF_DOCUMENTS, _K.COMPARE)),
    ("Tasks", (_K.REBUILD_TASKS,)),
    ("Train", (_K.TRAIN_ML, _K.TRAIN_RULES, _K.SNAPSHOT_ML, _K.SNAPSHOT_RULES)),
    ("Deploy", (_K.DEPLOY_ML, _K.DEPLOY_RULES)),
)
# Phases that a run has only where somebody asked for them.
ON_DEMAND = frozenset({"Tasks", "Train", "Deploy"})
# state: class of the list item, icon, word for screen readers
LOOKS = {
    "done": ("app-stepper__done", "checkmark--outline", "Done"),
    "now": ("app-stepper__now", "incomplete", "Under way"),
    "bad": ("app-stepper__bad", "warning--filled", "Failed"),
    "idle": ("app-stepper__idle", "circle-dash", "Not started"),
    "ended": ("app-stepper__idle", "stop--filled", "Not reached"),
}


@dataclass(frozen=True)
class Phase:
    """One phase: done, now, bad, idle or ended, over all workspaces of the run."""

    name: str
    state: str
    done: int
    total: int

    @property
    def css(self) -> str:
        """The class of its list item."""
        return LOOKS[self.state][0]

    @property
    def icon(self) -> str:
        """Its icon."""
        return LOOKS[self.state][1]

    @property
    def word(self) -> str:
        """Its state in a word."""
        return LOOKS[self.state][2]


def phases_of(run: Run, counts: dict[tuple[str, str], int]) -> list[Phase]:
    """The phases in order; `counts` is the number of steps by kind and status."""
    listed = BACKUP if run.kind == Run.Kind.BACKUP else RESTORE
    phases: list[Phase] = []
    for name, kinds in listed:
        if name in ON_DEMAND and not any(kind in kinds for kind, _ in counts):
            continue
        by_status = {s: sum(counts.get((kind, s), 0) for kind in kinds) for s in _S.values}
        reached = all(phase.state == "done" for phase in phases)
        phases.append(_phase(name, by_status, reached=reached, over=run.finished_at is not None))
    return phases


def _phase(name: str, counts: dict[str, int], *, reached: bool, over: bool) -> Phase:
    total, done = sum(counts.values()), counts[_S.DONE]
    if total and done == total:
        state = "done"
    elif counts[_S.FAILED]:
        state = "bad"
    elif over:
        state = "ended"
    elif counts[_S.RUNNING] or counts[_S.WAITING] or done or reached:
        state = "now"
    else:
        state = "idle"
    return Phase(name, state, done, total)
