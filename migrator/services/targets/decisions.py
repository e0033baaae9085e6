"""What the restoring steps are to do about each conflict of their item."""

from dataclasses import dataclass

from migrator.models import Conflict, ConflictChoice, PlanItem, TargetReading
from migrator.services.targets.choices import action_for, choices_of

_A = ConflictChoice.Action


@dataclass(frozen=True)
class Decision:
    """The action that holds for one object, and the name a person typed for it."""

    action: str
    new_name: str = ""


@dataclass(frozen=True)
class Decisions:
    """The decisions about some parts of an item; `is_inspected` is False without a reading."""

    is_inspected: bool
    by_key: dict[tuple[str, str], Decision]

    def of(self, part: str, key: str) -> Decision:
        """The decision about one object; an empty action where nobody looked at it."""
        return self.by_key.get((part, key), Decision(""))

    def keeps(self, part: str, key: str) -> bool:
        """True where the target's stays, or the archive's is left out."""
        return self.of(part, key).action in (_A.KEEP, _A.LEAVE)


def reading_of(item: PlanItem) -> TargetReading | None:
    """The newest whole reading of where the item goes now."""
    fitting = item.readings.filter(workspace_id=item.target_workspace_id, problem="")
    return fitting.exclude(finished_at=None).first()


def decisions_of(item: PlanItem, *parts: str) -> Decisions:
    """What was chosen, or holds by default, for what the newest reading found in `parts`."""
    reading = reading_of(item)
    if reading is None or not reading.workspace_id:
        return Decisions(is_inspected=False, by_key={})
    choices = choices_of(item)
    by_key = {}
    for conflict in Conflict.objects.filter(reading=reading, part__in=parts):
        key = (conflict.part, conflict.key)
        action = action_for(conflict, choices)
        name = choices[key].new_name if action == _A.RENAME else ""
        by_key[key] = Decision(action, name)
    return Decisions(is_inspected=True, by_key=by_key)
