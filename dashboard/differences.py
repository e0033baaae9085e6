"""Differences between source and target, in words."""

from collections.abc import Mapping
from dataclasses import dataclass

_BEGINNINGS = {
    "missing": "Missing on the target",
    "extra": "Only on the target",
    "changed": "Changed",
}


@dataclass(frozen=True)
class Compared:
    """One count on both sides."""

    name: str
    source: int
    target: int

    @property
    def is_equal(self) -> bool:
        """True where both sides have the same number."""
        return self.source == self.target


def compared_rows(compared: Mapping[str, list[int]]) -> list[Compared]:
    """The counts of both sides, by name."""
    rows = compared.items()
    return [Compared(name.replace("_", " ").capitalize(), *pair[:2]) for name, pair in rows]


# The same between two backups of one workspace.
BETWEEN_BACKUPS = {"missing": "Gone since", "extra": "New", "changed": "Changed"}


def kind_words(kind: str, beginnings: Mapping[str, str] = _BEGINNINGS) -> str:
    """ "missing_mention" is "Missing on the target: mention"."""
    beginning, _, rest = kind.partition("_")
    words = beginnings.get(beginning)
    return f"{words}: {rest.replace('_', ' ')}" if words else kind.replace("_", " ").capitalize()
