"""How each state looks: the tone of its colour, its icon and its word.

Tones: idle (grey), run (blue), ok (green), warn (yellow), error (red), wait (purple). The word is
always shown, so that colour alone never tells.
"""

from dataclasses import dataclass

from migrator.models import Event, Instance, ProofState, RunState, Step, StepStatus


@dataclass(frozen=True)
class Look:
    """A state as it is shown."""

    tone: str
    icon: str
    word: str

    @property
    def badge_class(self) -> str:
        """The pill's class."""
        return BADGE_CLASSES[self.tone]

    @property
    def mark_class(self) -> str:
        """The class of icon and word in a table."""
        return MARK_CLASSES[self.tone]

    @property
    def is_moving(self) -> bool:
        """True where the icon turns."""
        return self.tone == "run"


# Written out in full, so that the style sheet's purge finds them.
BADGE_CLASSES = {
    "idle": "app-badge",
    "run": "app-badge app-badge--run",
    "ok": "app-badge app-badge--ok",
    "warn": "app-badge app-badge--warn",
    "error": "app-badge app-badge--error",
    "wait": "app-badge app-badge--wait",
}
MARK_CLASSES = {
    "idle": "app-mark app-mark--idle",
    "run": "app-mark app-mark--run",
    "ok": "app-mark app-mark--ok",
    "warn": "app-mark app-mark--warn",
    "error": "app-mark app-mark--error",
    "wait": "app-mark app-mark--wait",
}

RUN = {
    RunState.RUNNING: ("run", "in-progress"),
    RunState.WAITING: ("wait", "hourglass"),
    RunState.PAUSED: ("idle", "pause--filled"),
    RunState.COMPLETED: ("ok", "checkmark--filled"),
    RunState.WARNINGS: ("warn", "warning--alt--filled"),
    RunState.PARTLY: ("warn", "incomplete"),
    RunState.FAILED: ("error", "error--filled"),
    RunState.CANCELLED: ("idle", "stop--filled"),
}
VERIFIED = {
    "": Look("idle", "circle-dash", "Not yet verified"),
    ProofState.VERIFIED: Look("ok", "certificate--check", "Verified"),
    ProofState.ACCEPTED: Look("warn", "checkmark--outline", "Differences accepted"),
    ProofState.DIFFERENCES: Look("warn", "compare", "Differences found"),
    ProofState.COULD_NOT: Look("error", "unknown", "Could not verify"),
}
STEP = {
    Step.Status.PENDING: Look("idle", "circle-dash", "Not started"),
    Step.Status.RUNNING: Look("run", "in-progress", "Running"),
    Step.Status.WAITING: Look("wait", "hourglass", "Waiting for you"),
    Step.Status.DONE: Look("ok", "checkmark--filled", "Done"),
    Step.Status.FAILED: Look("error", "error--filled", "Failed"),
    Step.Status.CANCELLED: Look("idle", "stop--filled", "Cancelled"),
}
BLOCKED = Look("idle", "not-available", "Not reached")
OUTCOME = {
    Step.Outcome.NOTHING: Look("idle", "subtract--alt", "Nothing to do"),
    Step.Outcome.SKIPPED: Look("idle", "skip--forward", "Skipped by choice"),
    Step.Outcome.DIFFERENT: Look("warn", "compare", "Differences found"),
}
CONNECTION = {
    Instance.Connection.UNTESTED: ("idle", "circle-dash"),
    Instance.Connection.CONNECTED: ("ok", "checkmark--filled"),
    Instance.Connection.PARTLY: ("warn", "warning--alt--filled"),
    Instance.Connection.SESSION_LOST: ("wait", "password"),
    Instance.Connection.FAILED: ("error", "error--filled"),
}
WIZARD = {
    StepStatus.NOT_STARTED: Look("idle", "circle-dash", "Not started"),
    StepStatus.IN_PROGRESS: Look("idle", "incomplete", "In progress"),
    StepStatus.NEEDS_YOU: Look("wait", "hourglass", "Needs you"),
    StepStatus.DONE: Look("ok", "checkmark--filled", "Done"),
    StepStatus.OUT_OF_DATE: Look("warn", "renew", "Out of date"),
    StepStatus.SKIPPED: Look("idle", "skip--forward", "Not needed"),
}
LEVEL = {
    Event.Level.NOTE: Look("idle", "information--filled", "Note"),
    Event.Level.WARNING: Look("warn", "warning--alt--filled", "Warning"),
    Event.Level.ERROR: Look("error", "error--filled", "Error"),
}


def of_run(state: RunState) -> Look:
    """Whether it ran."""
    return Look(*RUN[state], word=state.label)


def of_verified(state: str) -> Look:
    """Whether it was proven: a ProofState, or "" where nothing was compared yet."""
    return VERIFIED[state]


def of_step(step: Step) -> Look:
    """How far the step is, or how it ended."""
    if step.status == Step.Status.PENDING and getattr(step, "blocked", False):
        return BLOCKED
    if step.status != Step.Status.DONE:
        return STEP[Step.Status(step.status)]
    if step.outcome in OUTCOME:
        return OUTCOME[Step.Outcome(step.outcome)]
    word = step.get_outcome_display() or "Done"
    if step.warnings:
        return Look("warn", "warning--alt--filled", word)
    return Look("ok", "checkmark--filled", word)


def of_instance(instance: Instance) -> Look:
    """The state of its connection; by hand needs none."""
    if instance.kind == Instance.Kind.BY_HAND:
        return Look("idle", "user--avatar", "By hand")
    if not instance.connector_enabled:
        return Look("idle", "user--avatar", "Connector off")
    tone, icon = CONNECTION[Instance.Connection(instance.connection)]
    return Look(tone, icon, instance.get_connection_display())


def of_level(level: str) -> Look:
    """The level of a log line or of a finding."""
    return LEVEL[Event.Level(level)]
