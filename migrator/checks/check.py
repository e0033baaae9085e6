"""The shape of a check: what it is called, what it looks at, what it answers, whom it asks."""

import enum
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from migrator.checks.answers import Answer, AsNoted, NotDue, State, Unknown
from migrator.checks.facts import ItemFacts
from migrator.models import CheckResult

Source = CheckResult.Source
Seen = TypeVar("Seen")


class Group(enum.Enum):
    """What a check is about; the order is that of the pages."""

    WORK = "Annotation work"
    MODELS = "Models"
    TYPES = "Type system"
    DICTIONARIES = "Dictionaries"
    DOCUMENTS = "Documents"
    FILES = "Files and archive"
    TARGET = "Target"
    PEOPLE = "People"


class Choice(msgspec.Struct, frozen=True):
    """One answer that a person may give; `found` says it as the check's finding."""

    value: str
    words: str
    state: State
    found: str


class Question(msgspec.Struct, frozen=True):
    """What a person is asked where nobody else knows.

    `names` is the label of the field for names, one a line; empty where none are asked for. With
    `once` the answer holds for every workspace of the plan.
    """

    words: str
    choices: tuple[Choice, ...]
    where: str = ""
    names: str = ""
    fix: str = ""
    once: bool = False


class Check(msgspec.Struct, frozen=True):
    """One check of the catalogue. What `sees` returns is all that `answer` gets."""

    code: str
    title: str
    group: Group
    level: State
    looked_at: str
    source: Source
    sees: Callable[[ItemFacts], Any]
    answer: Callable[[Any], Answer]
    question: Question | None = None
    can_be_waived: bool = False

    @property
    def can_be_accepted(self) -> bool:
        """A warning can, and the blocking ones that may be waived."""
        return self.level != State.BLOCKING or self.can_be_waived


def check(
    title: str,
    *,
    group: Group,
    level: State,
    looked_at: str,
    source: Source,
    sees: Callable[[ItemFacts], Seen | AsNoted | Unknown | NotDue],
    question: Question | None = None,
    can_be_waived: bool = False,
) -> Callable[[Callable[[Seen], Answer]], Check]:
    """Make a check of the function that answers; its name becomes the code.

    `level` is the worst it answers; `looked_at` says in words what it looks at.
    """

    def made(answer: Callable[[Seen], Answer]) -> Check:
        return Check(
            answer.__name__,
            title,
            group,
            level,
            looked_at,
            source,
            sees,
            answer,
            question,
            can_be_waived,
        )

    return made


def yes_no(
    words: str,
    *,
    state: State,
    yes: str,
    no: str,
    where: str = "",
    names: str = "",
    fix: str = "",
    once: bool = False,
) -> Question:
    """A question of which *yes* is found in `state`, *no* passes; both as whole sentences."""
    choices = (Choice("no", "No", State.PASSED, no), Choice("yes", "Yes", state, yes))
    return Question(words, choices, where, names, fix, once)
