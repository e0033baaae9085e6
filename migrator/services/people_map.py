"""Who of the source becomes whom in the target of a plan, and what that changes there.

Roles belong to the instance and are never lowered: a wanted role below the one a person has in the
target changes nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from django.contrib.auth.models import User
from django.db import models, transaction
from django.db.models import Value

from migrator.models import (
    InstancePerson,
    PersonMapping,
    Plan,
    PlanItem,
    Worksheet,
    WorksheetRow,
)
from migrator.services import audit, checks
from migrator.services.csv_lists import BadLines, read_list, write_list
from migrator.services.people import LONGEST, checked_role, rank, spelled
from migrator.services.permissions import requires
from migrator.services.targets.changes import target_changed
from migrator.services.worksheets.columns import ROLES

_ANNOTATOR = ROLES[0]


class Effect(models.TextChoices):
    """What giving a person the wanted role does in the target (never stored)."""

    ADD = "add", "Is added with this role"
    RAISE = "raise", "Role is raised"
    SAME = "same", "Has this role already"
    KEEPS = "keeps", "Keeps the higher role"
    LEFT_OUT = "left_out", "Left out"
    UNKNOWN = "unknown", "Target not looked at"


@dataclass
class SourcePerson:
    """Somebody of the source: the highest role in any workspace of the plan, and which these are.

    `role` is empty where only tasks name the person.
    """

    user: str
    name: str = ""
    role: str = ""
    workspaces: list[str] = field(default_factory=list)
    is_annotator: bool = False


@dataclass(frozen=True)
class PersonChoice:
    """What one person of the source becomes; `role_there` is "" where the target lacks the person.

    `is_decided` is False where nobody said it yet: then the same user and role are proposed, and
    nothing is given.
    """

    person: SourcePerson
    target_user: str
    role: str
    role_there: str
    effect: Effect
    is_decided: bool

    @property
    def changes_target(self) -> bool:
        """True where the target has to be changed for it."""
        return self.effect in {Effect.ADD, Effect.RAISE}

    @property
    def is_given(self) -> bool:
        """True where somebody decided that the person gets a role."""
        return self.is_decided and bool(self.target_user) and rank(self.role) >= 0


def people_map(item: PlanItem) -> list[PersonChoice]:
    """The people of one workspace and what they become, by user."""
    return choices_of(item.plan, source_people([item]))


def people_map_of(plan: Plan) -> list[PersonChoice]:
    """The people of all workspaces of a plan and what they become, by user."""
    return choices_of(plan, source_people(plan.items.all()))


def given_of(choices: Iterable[PersonChoice]) -> list[list[str]]:
    """User and role of everybody who is to get one: what a review of a restore rests on."""
    return sorted([one.target_user, one.role] for one in choices if one.is_given)


def source_people(items: Iterable[PlanItem]) -> list[SourcePerson]:
    """Who the worksheets of these workspaces name: with a role, or as annotator of a task."""
    people: dict[str, SourcePerson] = {}
    kinds = [Worksheet.Kind.ROLES, Worksheet.Kind.TASKS]
    rows = (
        WorksheetRow.objects.filter(worksheet__item__in=list(items), worksheet__kind__in=kinds)
        .exclude(change=WorksheetRow.Change.GONE)
        .exclude(worksheet__state=Worksheet.State.WAIVED)
        .select_related("worksheet__item")
        .order_by("worksheet__item", "position", "pk")
    )
    for row in rows:
        is_role = row.worksheet.kind == Worksheet.Kind.ROLES
        user = str(row.cell("user" if is_role else "annotator"))
        if user:
            person = people.setdefault(user.casefold(), SourcePerson(user))
            _take(person, row, is_role=is_role)
    return sorted(people.values(), key=lambda person: person.user.casefold())


def _take(person: SourcePerson, row: WorksheetRow, *, is_role: bool) -> None:
    workspace = row.worksheet.item.name
    if workspace not in person.workspaces:
        person.workspaces.append(workspace)
    if not is_role:
        person.is_annotator = True
        return
    person.name = person.name or str(row.cell("name"))
    role = spelled(str(row.cell("role")))
    person.role = role if rank(role) > rank(person.role) else person.role


def choices_of(plan: Plan, people: Iterable[SourcePerson]) -> list[PersonChoice]:
    """What each of `people` becomes in the target of `plan`."""
    decided, there = _known(plan)
    return [_choice(person, decided.get(person.user.casefold()), there) for person in people]


Known = tuple[dict[str, PersonMapping], dict[str, str] | None]


def _known(plan: Plan) -> Known:
    """What was decided by source user, and the roles in the target by user, in one query.

    None where nobody looked at the target, which is not the same as nobody there; reading the
    target for a restore looks.
    """
    people = InstancePerson.objects.filter(instance=plan.target_id or 0).order_by()
    rows = people.values_list(Value("there"), "user_id", "role", Value(""))
    decided: dict[str, PersonMapping] = {}
    there: dict[str, str] = {}
    mappings = plan.person_mappings.order_by().values_list(
        Value("decided"), "source_user", "target_user", "target_role"
    )
    for sort, user, first, second in rows.union(mappings, all=True):
        if sort == "there":
            there[user.casefold()] = first
        else:
            decided[user.casefold()] = PersonMapping(
                source_user=user, target_user=first, target_role=second
            )
    return decided, there or None


def _choice(
    person: SourcePerson, decided: PersonMapping | None, there: dict[str, str] | None
) -> PersonChoice:
    target = decided.target_user if decided else person.user
    role = (decided.target_role if decided else "") or person.role or _ANNOTATOR
    role_there = (there or {}).get(target.casefold())
    if not target:
        effect = Effect.LEFT_OUT
    elif there is None:
        effect = Effect.UNKNOWN
    else:
        effect = _effect(role, role_there)
    return PersonChoice(person, target, role, role_there or "", effect, decided is not None)


def _effect(role: str, role_there: str | None) -> Effect:
    if role_there is None:
        return Effect.ADD
    if rank(role_there) == rank(role):
        return Effect.SAME
    return Effect.RAISE if rank(role_there) < rank(role) else Effect.KEEPS


@requires("migrator.start_run")
@transaction.atomic
def map_people(plan: Plan, wishes: Iterable[tuple[str, str, str]], *, user: User | None) -> int:
    """Keep (source user, target user or "" to leave out, role or "" for the source's); how many.

    ServiceError for a role that Knowledge Studio does not have; nothing is stored then.
    """
    rows = [
        PersonMapping(
            plan=plan,
            source_user=source.strip()[:LONGEST],
            target_user=target.strip()[:LONGEST],
            target_role=checked_role(role),
        )
        for source, target, role in wishes
        if source.strip()
    ]
    given = given_of(people_map_of(plan))
    plan.person_mappings.filter(source_user__in=[row.source_user for row in rows]).delete()
    PersonMapping.objects.bulk_create(rows)
    if given_of(people_map_of(plan)) != given:
        target_changed(plan)
    audit.record(user, "people.mapped", plan, people=len(rows))
    checks.recheck(plan)
    return len(rows)


_HEADER = ("Source user", "Name", "Source role", "Workspaces", "Target user", "Target role")
LEAVE_OUT = "leave out"  # what stands for the target user in a CSV file


def map_csv(plan: Plan) -> str:
    """The people map as CSV, what is proposed among it."""
    rows = [
        (
            choice.person.user,
            choice.person.name,
            choice.person.role,
            "; ".join(choice.person.workspaces),
            choice.target_user or LEAVE_OUT,
            choice.role,
        )
        for choice in people_map_of(plan)
    ]
    return write_list(_HEADER, rows)


@requires("migrator.start_run")
@transaction.atomic
def bring_map(plan: Plan, path: Path, *, user: User | None) -> int:
    """Take the people map from a CSV file; how many people it maps. All lines or none.

    Raises BadLines that names each line that cannot be taken.
    """
    known = {person.user.casefold() for person in source_people(plan.items.all())}
    wishes: dict[str, tuple[str, str, str]] = {}
    bad: list[tuple[int, str]] = []
    for line in read_list(path, [[word] for word in _HEADER]):
        source, target, role = (
            line.cells.get(name, "").strip()
            for name in ("Source user", "Target user", "Target role")
        )
        bad += [(line.number, words) for words in _wrong(source, target, role, known, wishes)]
        if target:
            left_out = target.casefold() == LEAVE_OUT
            wishes.setdefault(source.casefold(), (source, "" if left_out else target, role))
    if bad:
        raise BadLines(bad)
    return map_people(plan, wishes.values(), user=user)


def _wrong(
    source: str, target: str, role: str, known: set[str], wishes: dict[str, tuple[str, str, str]]
) -> list[str]:
    found = []
    if source.casefold() not in known:
        found.append(f"{source[:80] or 'Source user'} is in no worksheet of this plan.")
    if source.casefold() in wishes:
        found.append(f"{source[:80]} stands there twice.")
    if role and rank(role) < 0:
        found.append(f"Target role is none of {', '.join(ROLES)}: {role[:40]}")
    if max(len(source), len(target)) > LONGEST:
        found.append(f"has more than {LONGEST} characters in a cell.")
    return found
