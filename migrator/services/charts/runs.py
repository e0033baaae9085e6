"""The timeline of a run: when each step worked and when it waited."""

from collections.abc import Sequence
from datetime import datetime

from migrator.models import Run, Step
from migrator.pictures.shapes import Picture
from migrator.pictures.timeline import Lane, Span, timeline

_S = Step.Status
_ENDED_BADLY = (_S.FAILED, _S.CANCELLED)
_TITLE = "Timeline"


Works = Sequence[tuple[str, Sequence[Step]]]


def timeline_picture(run: Run, works: Works, now: datetime) -> Picture:
    """The steps of one workspace, or one row for each of several; `works` are names with steps.

    Between its first start and the claim of the worker that has it, a step waited: for a person,
    for a credential, or for another try.
    """
    steps = [step for _, each in works for step in each]
    end = max([step.finished_at for step in steps if step.finished_at], default=now)
    if any(step.status in (_S.RUNNING, _S.WAITING) for step in steps):
        end = now
    start = min([step.started_at for step in steps if step.started_at], default=run.started_at)
    lanes = _lanes(works, now)
    return timeline(lanes, title=_TITLE, start=min(start, run.started_at), end=end)


def _lanes(works: Works, now: datetime) -> list[Lane]:
    if len(works) == 1:
        ((_, steps),) = works
        return [Lane(step.get_kind_display(), _spans(step, now), _result(step)) for step in steps]
    return [Lane(name, _all_spans(steps, now), _results(steps)) for name, steps in works]


def _all_spans(steps: Sequence[Step], now: datetime) -> list[Span]:
    """Waits first, so that work which went on meanwhile is drawn over them."""
    spans = [span for step in steps for span in _spans(step, now)]
    return sorted(spans, key=lambda span: span.kind != "wait")


def _spans(step: Step, now: datetime) -> list[Span]:
    if step.started_at is None:
        return []
    if step.status == _S.WAITING:
        return [Span(step.started_at, now, "wait")]
    begun = step.claimed_at or step.started_at
    end = step.finished_at or now
    if step.status == _S.PENDING:
        return [Span(step.started_at, now, "wait")]
    found = [Span(step.started_at, begun, "wait")] if begun > step.started_at else []
    if step.status == _S.RUNNING:
        return [*found, Span(begun, now, "running")]
    return [*found, Span(begun, end, "failed" if step.status in _ENDED_BADLY else "work")]


def _result(step: Step) -> str:
    if step.status == _S.DONE and step.outcome:
        return step.get_outcome_display()
    return step.get_status_display()


def _results(steps: Sequence[Step]) -> str:
    done = sum(1 for step in steps if step.status == _S.DONE)
    failed = sum(1 for step in steps if step.status == _S.FAILED)
    told = f"{done} of {len(steps)} steps done"
    return f"{told}, {failed} failed" if failed else told
