"""Choosing about the conflicts of an item, one by one or in bulk."""

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from migrator.errors import ServiceError
from migrator.models import Conflict, ConflictChoice, PlanItem
from migrator.services import audit, checks
from migrator.services.permissions import requires
from migrator.services.targets.changes import target_changed
from migrator.services.targets.choices import allowed
from migrator.services.targets.summing import sum_up

_P, _A = Conflict.Part, ConflictChoice.Action


@requires("migrator.start_run")
@transaction.atomic
def choose(
    item: PlanItem,
    conflicts: Iterable[Conflict],
    action: str,
    *,
    user: User | None,
    new_name: str = "",
) -> int:
    """Choose `action` for each of `conflicts` that allows it; how many did.

    Raises ServiceError where none does, and for a new name that is empty, meant for several, or
    taken in the target.
    """
    fitting = [one for one in conflicts if action in allowed(one)]
    if not fitting:
        raise ServiceError(
            "This cannot be chosen here.",
            meaning="Nothing changed.",
            remedy="Choose one of the actions that are offered for it.",
        )
    name = _checked_name(fitting, new_name) if action == _A.RENAME else ""
    for conflict in fitting:
        ConflictChoice.objects.update_or_create(
            item=item,
            part=conflict.part,
            key=conflict.key,
            defaults={
                "action": action,
                "new_name": name,
                "mark": conflict.mark,
                "chosen_by": user,
                "chosen_at": timezone.now(),
            },
        )
    target_changed(item.plan)
    sum_up(fitting[0].reading)
    checks.recheck_item(item, ["clashing_types"])
    audit.record(user, "conflict.chosen", item, choice=action, objects=len(fitting))
    return len(fitting)


def _checked_name(conflicts: list[Conflict], new_name: str) -> str:
    name = new_name.strip()
    if not name or len(conflicts) != 1:
        raise ServiceError(
            "A new name is typed for one dictionary at a time.",
            meaning="Nothing changed: the product makes up no names.",
            remedy="Type the name under which this dictionary is to be added.",
        )
    taken = Conflict.objects.filter(
        reading=conflicts[0].reading_id, part__in=[_P.DICTIONARY, _P.READ_ONLY], subject=name
    )
    if taken.exists() or name == conflicts[0].subject:
        raise ServiceError(
            f"A dictionary named {name} is there already, or comes with the archive.",
            meaning="Nothing changed.",
            remedy="Type a name that neither the target nor the archive has.",
        )
    return name
