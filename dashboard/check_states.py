"""How a check result looks: its icon, its word, and whether somebody accepted it."""

from dataclasses import dataclass

from dashboard.states import Look
from migrator.models import CheckResult

State = CheckResult.State

# Worst first.
STATE = {
    State.BLOCKING: Look("error", "misuse--outline", "Blocking"),
    State.WARNING: Look("warn", "warning--alt--filled", "Warning"),
    State.COULD_NOT_CHECK: Look("wait", "unknown", "Could not check"),
    State.NOTE: Look("idle", "information--filled", "Note"),
    State.PASSED: Look("ok", "checkmark", "Passed"),
}
ACCEPTED = Look("ok", "checkmark--outline", "Accepted")
NOT_DUE = Look("idle", "subtract--alt", "Not due")
ORDER = {state: number for number, state in enumerate(STATE)}


def look_of(state: str, *, accepted: bool = False) -> Look:
    """The look of a result."""
    return ACCEPTED if accepted else STATE[State(state)]


@dataclass(frozen=True)
class Tally:
    """How many results of a plan are in one state and still open, as a tile shows it."""

    look: Look
    count: int
    words: str


def tallies(counts: dict[str, int]) -> list[Tally]:
    """The tiles above the assessment, what needs somebody first."""
    accepted = sum(counts[f"{state}_accepted"] for state in State.values)
    unknown = counts["could_not_check_open"] - counts["unasked"]
    return [
        Tally(STATE[State.BLOCKING], counts["blocking_open"], "blocking"),
        Tally(STATE[State.WARNING], counts["warning_open"], "warnings to accept"),
        Tally(STATE[State.COULD_NOT_CHECK], unknown, "could not be checked"),
        Tally(ACCEPTED, accepted, "accepted by name"),
        Tally(STATE[State.NOTE], counts["note_open"] + counts["unasked"], "notes"),
        Tally(STATE[State.PASSED], counts["passed_open"], "passed"),
    ]
