"""What a check answers, and what stands in for what it could not see."""

from collections.abc import Iterable
from typing import Any

import msgspec

from migrator.models import CheckResult

State = CheckResult.State


class Answer(msgspec.Struct, frozen=True):
    """What was found, against what is allowed, by name, and what to do about it."""

    state: State
    found: str
    allowed: str = ""
    items: tuple[str, ...] = ()
    fix: str = ""


class Unknown(msgspec.Struct, frozen=True):
    """Nobody looked, or there was no answer; `why` is a whole sentence.

    `at_most` is the worst that an answer could come to here, where that is less than the check's
    level; `look` says where the product may look again.
    """

    why: str
    at_most: State | None = None
    look: str = ""


class AsNoted(msgspec.Struct, frozen=True):
    """What somebody wrote into a worksheet, where nobody listed it: `seen` is looked at."""

    seen: Any


class NotDue(msgspec.Struct, frozen=True):
    """The check does not concern this plan, or what it looks at is not there yet."""


NOT_DUE = NotDue()


def passed(found: str, allowed: str = "") -> Answer:
    """It is as it should be."""
    return Answer(State.PASSED, found, allowed)


def note(found: str, *, allowed: str = "", items: Iterable[str] = (), fix: str = "") -> Answer:
    """Worth knowing."""
    return Answer(State.NOTE, found, allowed, tuple(items), fix)


def warning(found: str, *, allowed: str = "", items: Iterable[str] = (), fix: str) -> Answer:
    """It may cost something: somebody accepts it by name."""
    return Answer(State.WARNING, found, allowed, tuple(items), fix)


def blocking(found: str, *, allowed: str = "", items: Iterable[str] = (), fix: str) -> Answer:
    """It would fail or lose data: it must be mended."""
    return Answer(State.BLOCKING, found, allowed, tuple(items), fix)


def milder(state: State, at_most: State | None) -> State:
    """The state, but none that is worse than `at_most`."""
    order = list(State)
    return state if at_most is None else max(state, at_most, key=order.index)


def many(count: int, one: str, several: str = "") -> str:
    """`many(2, "dictionary", "dictionaries")` is "2 dictionaries"."""
    return f"{count:,} {one if count == 1 else several or one + 's'}"


def verb(count: int, one: str, several: str) -> str:
    """The form of a verb that goes with a count."""
    return one if count == 1 else several
