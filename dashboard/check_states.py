"""How a check result looks: its icon, its word, and whether somebody accepted it."""

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
