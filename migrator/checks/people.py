"""Checks of people: roles belong to the instance and are never lowered."""

from migrator.checks.answers import (
    NOT_DUE,
    Answer,
    AsNoted,
    NotDue,
    State,
    Unknown,
    many,
    passed,
    warning,
)
from migrator.checks.check import Group, Source, check, yes_no
from migrator.checks.facts import Facts, ItemFacts

# From least to most, in Knowledge Studio's words.
ROLES = ("human annotator", "project manager", "admin")


class Meeting(Facts, frozen=True, kw_only=True):
    """People of the source workspace: user id, role there, id and role in the target.

    The id is empty for somebody who is left out on purpose, None for one without a counterpart.
    """

    people: tuple[tuple[str, str, str | None, str], ...]


def _meeting(facts: ItemFacts) -> Meeting | AsNoted | Unknown | NotDue:
    target = facts.target
    if target is None:
        return NOT_DUE
    members = facts.lists.members if facts.lists else facts.noted.members
    if members is None:
        return Unknown(facts.why_unlisted)
    if target.people is None:
        return Unknown(f"The people of {target.instance.name} were not read yet.")
    there = target.people
    rows = []
    for member in members:
        who = member.user_id.lower()
        known = target.mapped_people.get(who, _same_id(member.user_id, there))
        rows.append((member.user_id, member.role, known, there.get((known or "").lower(), "")))
    meeting = Meeting(people=tuple(rows))
    return meeting if facts.lists else AsNoted(meeting)


def _same_id(user_id: str, there: dict[str, str]) -> str | None:
    return user_id if user_id.lower() in there else None


@check(
    "People",
    group=Group.PEOPLE,
    level=State.WARNING,
    looked_at="People of the workspace against those of the target instance",
    source=Source.TARGET,
    sees=_meeting,
    question=yes_no(
        "Is somebody of this workspace missing in the target instance?",
        where="Settings > Users",
        state=State.WARNING,
        yes="There are people without a counterpart in the target.",
        no="Everybody is in the target.",
        names="Who?",
        fix="Invite them into the target instance, or say who stands for them.",
    ),
)
def unmapped_people(meeting: Meeting) -> Answer:
    """Tasks and roles need people who are there."""
    items = [
        f"{who} ({role or 'role unknown'})"
        for who, role, known, _ in meeting.people
        if known is None
    ]
    allowed = "A counterpart in the target for everybody, or left out on purpose"
    if not items:
        return passed("Everybody has a counterpart in the target.", allowed)
    return warning(
        f"{many(len(items), 'person', 'people')} without a counterpart in the target.",
        allowed=allowed,
        items=items,
        fix="Invite them into the target instance, or say in the people map who stands for them "
        "or that they are left out.",
    )


@check(
    "Roles",
    group=Group.PEOPLE,
    level=State.WARNING,
    looked_at="Roles of the same people in source and target",
    source=Source.TARGET,
    sees=_meeting,
    question=yes_no(
        "Has somebody a higher role in the target than in the source?",
        where="Settings > Users",
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
        f"{who}: {role} in the source, {there} in the target"
        for who, role, known, there in meeting.people
        if known and rank(there) > rank(role) >= 0
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
