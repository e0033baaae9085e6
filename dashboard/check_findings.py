"""What checks found, in a line or two with the first things named."""

from collections.abc import Iterable
from dataclasses import dataclass

ITEMS = 3  # names of what was found that a line shows; the check's page has all


@dataclass(frozen=True)
class Finding:
    """What was found in some workspaces alike."""

    names: tuple[str, ...]
    found: str
    items: tuple[str, ...] = ()
    # How many more are named on the check's page.
    more_count: int = 0


def findings_of(rows: Iterable[tuple[str, str, tuple[str, ...]]]) -> list[Finding]:
    """From the name of a workspace, what was found and what is named; the same is said once."""
    alike: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for name, found, items in rows:
        alike.setdefault((found, items), []).append(name)
    return [
        Finding(tuple(names), found, items[:ITEMS], max(len(items) - ITEMS, 0))
        for (found, items), names in alike.items()
    ]
