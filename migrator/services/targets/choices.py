"""What can be chosen about a conflict, and what holds for it."""

from collections.abc import Iterable, Mapping

from migrator.models import Conflict, ConflictChoice, PlanItem

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
    (_P.DOCUMENT, _S.UNKNOWN): (_A.KEEP, _A.ADD),
}
# Parts of which an object that cannot be added can still be left out without harm.
_OPTIONAL = frozenset({_P.READ_ONLY, _P.DICTIONARY})

_TYPES = frozenset({_P.ENTITY_TYPE, _P.RELATION_TYPE})

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


def is_to_decide(conflict: Conflict) -> bool:
    """True where the target can only keep its own, and somebody has to say that it may.

    A type that differs means something else for the documents that are brought.
    """
    return conflict.part in _TYPES and conflict.state == _S.DIFFERS


def is_open(conflict: Conflict) -> bool:
    """True where nothing can be chosen, although something has to be done about it."""
    return (conflict.part, conflict.state) in _ALLOWED and not allowed(conflict)


def choices_of(item: PlanItem) -> dict[tuple[str, str], ConflictChoice]:
    """The item's choices by part and key."""
    return {(one.part, one.key): one for one in item.choices.all()}


def choices_for(item: PlanItem, conflicts: Iterable[Conflict]) -> Choices:
    """Those that were made about some of its conflicts."""
    rows = item.choices.filter(key__in=[one.key for one in conflicts]).select_related("chosen_by")
    return {(one.part, one.key): one for one in rows}


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
