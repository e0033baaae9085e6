"""What the rows of conflicts are made of, whatever they are about."""

import hashlib
from collections.abc import Iterable
from typing import Any

from migrator.formats.differences import Difference
from migrator.formats.inspection import shown
from migrator.models import Conflict

# Differences of one object that a page shows; the number says how many there are.
SHOWN = 100
LONGEST_KEY = 600  # characters, as Conflict.key holds


def counts_of(conflicts: Iterable[Conflict]) -> dict[str, dict[str, int]]:
    """{part: {state: number}} of what has a row."""
    counts: dict[str, dict[str, int]] = {}
    for one in conflicts:
        by_state = counts.setdefault(str(one.part), {})
        by_state[str(one.state)] = by_state.get(str(one.state), 0) + 1
    return counts


def listed_of(differences: list[Difference]) -> dict[str, Any]:
    """The first differences and their number, as columns of a row."""
    first = [
        {"detail": shown(d.detail), "source": shown(d.left), "target": shown(d.right)}
        for d in differences[:SHOWN]
    ]
    return {"differences": first, "difference_count": len(differences)}


def digest_of(what: object) -> str:
    """Equal for what is written down alike."""
    return hashlib.sha256(repr(what).encode("utf-8", "surrogatepass")).hexdigest()


def key_of(text: str) -> str:
    """The `Conflict.key` of a name or label: what any database can hold of it."""
    return text.encode("utf-8", "replace").decode().replace("\0", " ")[:LONGEST_KEY]
