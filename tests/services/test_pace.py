"""How fast a step is and how long it still takes."""

from datetime import UTC, datetime, timedelta

import pytest

from dashboard.templatetags.words import in_pace
from migrator.models import Step
from migrator.services.pace import Pace, pace_of

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def running(seconds: float, done: int, total: int | None, *, before: int = 0) -> Step:
    """A step taken `seconds` ago, with a beat just now."""
    return Step(
        status=Step.Status.RUNNING,
        started_at=NOW - timedelta(days=1),
        claimed_at=NOW - timedelta(seconds=seconds),
        beat_at=NOW,
        done_before=before,
        done=done,
        total=total,
        unit="documents",
    )


def test_what_is_left_is_a_range_around_the_pace() -> None:
    found = pace_of(running(100, 1000, 5000), NOW)
    assert found is not None
    assert found.rate == 10
    assert found.soonest is not None
    assert found.latest is not None
    assert found.soonest < timedelta(seconds=400) < found.latest


def test_waiting_and_what_earlier_tries_did_are_left_out() -> None:
    found = pace_of(running(100, 3000, 5000, before=2000), NOW)
    assert found is not None
    assert found.rate == 10


@pytest.mark.parametrize(
    "step",
    [
        running(5, 1000, 5000),
        running(100, 0, 5000),
        running(100, 500, 5000, before=600),
        Step(status=Step.Status.PENDING, done=10, total=20),
    ],
    ids=["too short", "nothing done", "begun anew", "not running"],
)
def test_without_data_nothing_is_said(step: Step) -> None:
    assert pace_of(step, NOW) is None


def test_while_the_worker_is_silent_nothing_is_promised() -> None:
    assert pace_of(running(100, 1000, 5000), NOW + timedelta(seconds=61)) is None


@pytest.mark.parametrize("total", [None, 200_000], ids=["unknown total", "hardly begun"])
def test_a_rate_alone_where_the_rest_is_unknown(total: int | None) -> None:
    found = pace_of(running(100, 1000, total), NOW)
    assert found == Pace(10)


@pytest.mark.parametrize(
    ("pace", "unit", "words"),
    [
        (Pace(12.4), "documents", "12 documents a second"),
        (Pace(0.5), "documents", "30 documents a minute"),
        (Pace(4_200_000), "bytes", "4.2 MB/s"),
        (
            Pace(12, timedelta(seconds=20), timedelta(seconds=33)),
            "documents",
            "12 documents a second, less than a minute left",
        ),
        (
            Pace(12, timedelta(minutes=6.1), timedelta(minutes=8.9)),
            "documents",
            "12 documents a second, about 6–9 min left",
        ),
        (
            Pace(1_000_000, timedelta(hours=3.2), timedelta(hours=5.2)),
            "bytes",
            "1.0 MB/s, about 3–6 h left",
        ),
    ],
)
def test_the_words(pace: Pace, unit: str, words: str) -> None:
    assert in_pace(pace, unit) == words
