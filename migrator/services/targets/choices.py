"""What a person chose about the conflicts of an item, one by one or in bulk."""

from collections.abc import Iterable, Mapping

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from migrator.errors import ServiceError
from migrator.models import Conflict, ConflictChoice, PlanItem
from migrator.services import audit
from migrator.services.targets.changes import target_changed

_P, _S, _A = Conflict.Part, Conflict.State, ConflictChoice.Action

# What can be done about an object in each part and state, the default first. Knowledge Studio
# replaces neither types nor dictionaries nor documents: only a mapping can be set anew.
_ALLOWED: dict[tuple[str, str], tuple[str, ...]] = {
    (_P.ENTITY_TYPE, _S.DIFFERS): (_A.KEEP,),
    (_P.RELATION_TYPE, _S.DIFFERS): (_A.KEEP,),
    (_P.ENTITY_TYPE, _S.SOURCE_ONLY): (_A.ADD, _A.LEAVE),
    (_P.RELATION_TYPE, _S.SOURCE_ONLY): (_A.ADD, _A.LEAVE),
    (_P.DICTIONARY, _S.DIFFERS): (_A.KEEP, _A.RENAME),
    (_P.DICTIONARY, _S.UNKNOWN): (_A.KEEP, _A.RENAME),
    (_P.DICTIONARY, _S.SOURCE_ONLY): (_A.ADD, _A.LEAVE),
    (_P.READ_ONLY, _S.UNKNOWN): (_A.KEEP, _A.RENAME),
    (_P.READ_ONLY, _S.SOURCE_ONLY): (_A.ADD, _A.LEAVE),
    (_P.MAPPING, _S.DIFFERS): (_A.KEEP, _A.REPLACE),
    (_P.MAPPING, _S.SOURCE_ONLY): (_A.ADD, _A.LEAVE),
    (_P.DOCUMENT, _S.DIFFERS): (_A.KEEP, _A.ADD),
}
# Parts of which an object that cannot be added can still be left out without harm.
_OPTIONAL = frozenset({_P.READ_ONLY, _P.DICTIONARY})

Choices = Mapping[tuple[str, str], ConflictChoice]


def allowed(conflict: Conflict) -> tuple[str, ...]:
    """What can be chosen, the default first; empty where it needs a person in Knowledge Studio.

    A type that cannot be added one by one may be left out only where nothing needs it: documents
    that use an undefined type are refused whole.
    """
    actions = _ALLOWED.get((conflict.part, conflict.state), ())
    if conflict.can_add or conflict.state != _S.SOURCE_ONLY:
        return actions
    if conflict.part in _OPTIONAL or not conflict.uses:
        return (_A.LEAVE,)
    return ()


def is_open(conflict: Conflict) -> bool:
    """True where nothing can be chosen, although something has to be done about it."""
    return (conflict.part, conflict.state) in _ALLOWED and not allowed(conflict)


def choices_of(item: PlanItem) -> dict[tuple[str, str], ConflictChoice]:
    """The item's choices by part and key."""
    return {(one.part, one.key): one for one in item.choices.select_related("chosen_by")}


def action_for(conflict: Conflict, choices: Choices) -> str:
    """What holds for a conflict: the choice made for it as it is now, else the default, else ""."""
    actions = allowed(conflict)
    choice = choices.get((conflict.part, conflict.key))
    if choice is not None and choice.mark == conflict.mark and choice.action in actions:
        return choice.action
    return actions[0] if actions else ""


def is_out_of_date(conflict: Conflict, choice: ConflictChoice | None) -> bool:
    """True where it was chosen for another state of archive or target."""
    return choice is not None and choice.mark != conflict.mark


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
