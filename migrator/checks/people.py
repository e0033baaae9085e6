"""Checks of people: roles belong to the instance and are never lowered."""

from collections.abc import Iterable, Iterator

from migrator import menus
from migrator.checks.answers import (
    NOT_DUE,
    Answer,
    AsNoted,
    NotDue,
    State,
    Unknown,
    many,
    passed,
    verb,
    warning,
)
from migrator.checks.check import Group, Source, check, yes_no
from migrator.checks.facts import Facts, ItemFacts, TaskFacts
from migrator.checks.seeing import unlisted
from migrator.models.work_progress import FINISHED

# From least to most, in Knowledge Studio's words.
ROLES = ("human annotator", "project manager", "admin")


class Person(Facts, frozen=True, kw_only=True):
    """Somebody of the source workspace, and what was decided: `becomes` is None where nothing was.

    `becomes` is empty for somebody who is left out on purpose. `role` is the wanted one; the one in
    the target is empty for somebody who is not there.
    """

    user_id: str
    role: str
    becomes: str | None
    role_there: str
    is_there: bool


class Meeting(Facts, frozen=True, kw_only=True):
    """The people of the source workspace and of its unfinished tasks, against the target."""

    people: tuple[Person, ...]
    target: str


def _meeting(facts: ItemFacts) -> Meeting | AsNoted | Unknown | NotDue:
    target = facts.target
    if target is None:
        return NOT_DUE
    people = _people(facts)
    if people is None:
        return unlisted(facts)
    if target.people is None:
        return Unknown(f"The people of {target.instance.name} were not read yet.")
    there = target.people
    rows = [_person(who, role, target.mapped_people, there) for who, role in people.items()]
    meeting = Meeting(people=tuple(rows), target=target.instance.name)
    return meeting if facts.lists else AsNoted(meeting)


def _people(facts: ItemFacts) -> dict[str, str] | None:
    """Everybody who is to be mapped, with the role; "" where only a task names the person.

    What was waived in writing is not to be given again. None where nobody knows the members.
    """
    noted, lists = facts.noted, facts.lists
    listed = lists.members if lists else noted.members
    if listed is None:
        return None
    members = [*listed, *((noted.members or ()) if lists else ())]
    tasks = [*(lists.tasks if lists else ()), *(noted.tasks or ())]
    people: dict[str, str] = {}
    spelled: dict[str, str] = {}
    if "roles" not in noted.waived:
        for member in members:
            who = spelled.setdefault(member.user_id.casefold(), member.user_id)
            people[who] = max(people.get(who, ""), member.role, key=rank)
    for one in _unfinished(tasks) if "tasks" not in noted.waived else ():
        people.setdefault(spelled.setdefault(one.casefold(), one), "")
    return {who: people[who] for who in sorted(people, key=str.casefold)}


def _unfinished(tasks: Iterable[TaskFacts]) -> Iterator[str]:
    """Whoever annotates in a task that is not finished: it is created again in the target."""
    for task in tasks:
        if task.state.casefold() not in FINISHED:
            yield from (one.annotator for one in task.sets if one.annotator)


def _person(
    who: str, role: str, mapped: dict[str, tuple[str, str]], there: dict[str, str]
) -> Person:
    becomes, wanted = mapped.get(who.lower(), (None, ""))
    target = (who if becomes is None else becomes).lower()
    return Person(
        user_id=who,
        role=wanted or role,
        becomes=becomes,
        role_there=there.get(target, ""),
        is_there=target in there,
    )


@check(
    "People",
    group=Group.PEOPLE,
    level=State.WARNING,
    looked_at="People of the workspace and annotators of its unfinished tasks, in the people map "
    "and in the target instance",
    source=Source.TARGET,
    sees=_meeting,
    question=yes_no(
        "Is somebody of this workspace missing in the target instance?",
        where=menus.USERS,
        state=State.WARNING,
        yes="There are people without a counterpart in the target.",
        no="Everybody is in the target.",
        names="Who?",
        fix="Add them to the target instance, or say in the people map who stands for them.",
    ),
)
def unmapped_people(meeting: Meeting) -> Answer:
    """Tasks and roles need people: nobody is given anything whom nobody decided about."""
    open_ones = [one for one in meeting.people if one.becomes is None]
    allowed = "Everybody mapped to a user of the target, or left out on purpose"
    if not open_ones:
        return passed("Everybody is mapped or left out on purpose.", allowed)
    missing = sum(not one.is_there for one in open_ones)
    absent = f"; {missing:,} of them {verb(missing, 'is', 'are')} not in {meeting.target}"
    return warning(
        f"{many(len(open_ones), 'person', 'people')} not mapped: "
        f"{verb(len(open_ones), 'gets', 'get')} no role and no task{absent if missing else ''}.",
        allowed=allowed,
        items=[_words(one, meeting.target) for one in open_ones],
        fix="Save the people map: it proposes the same user and role for each. Whoever is not in "
        "the target is added there; an empty user leaves somebody out.",
    )


def _words(one: Person, target: str) -> str:
    where = f"is in {target}" if one.is_there else f"is not in {target}"
    return f"{one.user_id} ({one.role or 'by a task only'}): not mapped, {where}"


@check(
    "Roles",
    group=Group.PEOPLE,
    level=State.WARNING,
    looked_at="The roles wanted in the target, and those that the same people have there",
    source=Source.TARGET,
    sees=_meeting,
    question=yes_no(
        "Has somebody a higher role in the target than in the source?",
        where=menus.USERS,
        state=State.WARNING,
        yes="Somebody has a higher role in the target.",
        no="Nobody has a higher role in the target.",
        names="Who?",
        fix="Knowledge Studio cannot lower a role: accept it, or let IBM's support remove them.",
    ),
)
def lowered_roles(meeting: Meeting) -> Answer:
    """Knowledge Studio raises roles and never lowers them."""
    items = [
        f"{one.user_id}: {one.role or 'annotates'} in the source, {one.role_there} in the target"
        for one in meeting.people
        if one.becomes != "" and rank(one.role_there) > max(rank(one.role), 0)
    ]
    allowed = "No higher role in the target than in the source"
    if not items:
        return passed("No role would have to be lowered.", allowed)
    return warning(
        f"{many(len(items), 'role')} would have to be lowered, which Knowledge Studio cannot do.",
        allowed=allowed,
        items=items,
        fix="Accept the higher role, or let these people use another account in the target.",
    )


def rank(role: str) -> int:
    """The place of a role, -1 for an unknown one."""
    return ROLES.index(role.lower()) if role.lower() in ROLES else -1


CHECKS = (unmapped_people, lowered_roles)
