"""What the choices about a reading come to: written with each choice, read by every page."""

import hashlib
from collections import Counter
from typing import Any

from migrator.models import Conflict, TargetReading
from migrator.services.targets.choices import (
    action_for,
    allowed,
    choices_of,
    is_open,
    is_out_of_date,
)

LISTED = 20  # types that are named; the rest is counted


def sum_up(reading: TargetReading) -> None:
    """Bring `TargetReading.chosen` up to date; to be called in the transaction of the change."""
    reading.chosen = _summary(reading)
    reading.save(update_fields=["chosen"])


def _summary(reading: TargetReading) -> dict[str, Any]:
    choices = choices_of(reading.item)
    counts: dict[str, Counter[str]] = {}
    marks = hashlib.sha256()
    outdated = 0
    for conflict in _of(reading, [key for _, key in choices]):
        choice = choices.get((conflict.part, conflict.key))
        if choice is None:
            continue
        if is_out_of_date(conflict, choice):
            outdated += 1
        elif (action := action_for(conflict, choices)) and action != allowed(conflict)[0]:
            counts.setdefault(conflict.part, Counter())[action] += 1
            marks.update(repr((conflict.part, conflict.key, action, choice.new_name)).encode())
    stuck = list(_stuck(reading))
    needing = [one.subject for one in stuck if is_open(one)]
    return {
        "cannot": Counter(one.part for one in stuck if not is_open(one)),
        "counts": counts,
        "mark": marks.hexdigest(),
        "outdated": outdated,
        "needing": needing[:LISTED],
        "needing_count": len(needing),
    }


def _of(reading: TargetReading, keys: list[str]) -> Any:
    """The conflicts about which somebody chose, in a fixed order."""
    rows = reading.conflicts.defer("differences").order_by("part", "key")
    return rows.filter(key__in=keys) if len(keys) < 500 else rows


def _stuck(reading: TargetReading) -> Any:
    return reading.conflicts.filter(can_add=False, state=Conflict.State.SOURCE_ONLY)
