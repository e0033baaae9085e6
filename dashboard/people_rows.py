"""People of all instances: where each is known, with which role; one instance against another."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db.models import Count
from django.db.models.functions import Lower

from dashboard.states import Look
from migrator.models import Instance, InstancePerson, Member, PersonMapping
from migrator.services.people import rank, spelled

BATCH = 200  # people of a download that are read together
KEY = Lower("user_id")


@dataclass
class Place:
    """One person in one instance; `role` is "" where nobody read the instance's list of people."""

    instance: str
    instance_pk: int
    role: str = ""
    state: str = ""
    # The roles that workspaces give, and in how many workspaces each.
    in_workspaces: dict[str, int] = field(default_factory=dict)

    @property
    def highest(self) -> str:
        """The role in the instance; where that is not known, the highest in a workspace."""
        return self.role or max(self.in_workspaces, key=rank, default="")


@dataclass
class Person:
    """One person, told by the user id without its case."""

    user: str
    name: str = ""
    places: dict[int, Place] = field(default_factory=dict)


def keys_of(people: Any, members: Any) -> list[str]:
    """Whom these rows name, in order: user ids in lower case."""
    named = [rows.order_by().annotate(key=KEY).values_list("key") for rows in (people, members)]
    return [key for (key,) in named[0].union(named[1]).order_by("key")]


def people_of(keys: Sequence[str]) -> list[Person]:
    """These people with all their places; two queries."""
    found: dict[str, Person] = {}
    listed = InstancePerson.objects.annotate(key=KEY).filter(key__in=keys)
    for row in listed.select_related("instance").order_by("instance__name"):
        place = _place(found, vars(row)["key"], row.user_id, row.name, row.instance)
        place.role, place.state = row.role, row.state
    for (key, user, name, pk, instance, role), count in _memberships(keys):
        place = _place(found, key, user, name, Instance(pk=pk, name=instance))
        place.in_workspaces[role] = place.in_workspaces.get(role, 0) + count
    return [found[key] for key in keys if key in found]


def _memberships(keys: Sequence[str]) -> Iterator[tuple[tuple[Any, ...], int]]:
    columns = ("key", "user_id", "name", "workspace__instance", "workspace__instance__name", "role")
    rows = Member.objects.annotate(key=KEY).filter(key__in=keys, workspace__gone_at=None)
    counted = rows.order_by("workspace__instance__name").values_list(*columns)
    return ((row[:-1], row[-1]) for row in counted.annotate(n=Count("pk")))


def _place(found: dict[str, Person], key: str, user: str, name: str, instance: Instance) -> Place:
    person = found.setdefault(key, Person(user))
    person.name = person.name or name
    return person.places.setdefault(instance.pk, Place(instance.name, instance.pk))


COLUMNS = ("User", "Name", "Instance", "Role", "State", "Roles in workspaces")


def cells_of(keys: Sequence[str], instance_pk: int | None) -> Iterator[dict[str, Any]]:
    """A row of the download for each person and instance, read in batches."""
    for first in range(0, len(keys), BATCH):
        for person in people_of(keys[first : first + BATCH]):
            for place in person.places.values():
                if instance_pk in {None, place.instance_pk}:
                    yield dict(zip(COLUMNS, _cells(person, place), strict=True))


def _cells(person: Person, place: Place) -> tuple[str, ...]:
    roles = (f"{role}: {number}" for role, number in place.in_workspaces.items())
    return (person.user, person.name, place.instance, place.role, place.state, ", ".join(roles))


# What comes out for one person of the source: (how it looks, key of the filter).
SAME = Look("ok", "checkmark--filled", "Same role")
OTHER = Look("warn", "warning--alt--filled", "Another role")
LACKING = Look("warn", "warning--alt--filled", "Not in the target")
LEFT_OUT = Look("idle", "subtract--alt", "Left out by a plan")
ONLY_THERE = Look("idle", "circle-dash", "Only in the target")
UNKNOWN = Look("idle", "unknown", "Target not looked at")
RESULTS = {
    "lacking": LACKING,
    "other": OTHER,
    "same": SAME,
    "left_out": LEFT_OUT,
    "only_there": ONLY_THERE,
    "unknown": UNKNOWN,
}


# User id in lower case: user id, name and role.
Known = dict[str, tuple[str, str, str]]


class Against(NamedTuple):
    """One person of the source and who that is in the target, or one that only the target has."""

    user: str
    name: str
    role: str
    user_there: str
    role_there: str
    result: str

    @property
    def look(self) -> Look:
        """The result in words."""
        return RESULTS[self.result]


def against(source: Instance, target: Instance) -> list[Against]:
    """The people of one instance against those of another, those who lack something first.

    A person is another one in the target where the newest plan between the two says so, else the
    one of the same user id. Three queries, however many people there are.
    """
    roles, looked_at = _roles(source, target)
    here, there = roles[source.pk], roles[target.pk]
    mapped = _mapped(source, target)
    rows = [_against(key, here[key], there, mapped, target.pk in looked_at) for key in here]
    met = {row.user_there.lower() for row in rows}
    rows += [
        Against("", name, "", user, role, "only_there")
        for key, (user, name, role) in there.items()
        if key not in met
    ]
    order = list(RESULTS)
    return sorted(rows, key=lambda row: (order.index(row.result), row.user or row.user_there))


def _against(
    key: str,
    known: tuple[str, str, str],
    there: Known,
    mapped: dict[str, str],
    is_known: bool,
) -> Against:
    user, name, role = known
    wanted = mapped.get(key, user)
    if not wanted:
        return Against(user, name, role, "", "", "left_out")
    found = there.get(wanted.lower())
    if found is None:
        shown = wanted if key in mapped else ""
        return Against(user, name, role, shown, "", "lacking" if is_known else "unknown")
    result = "same" if found[2] == role else "other"
    return Against(user, name, role, found[0], found[2], result)


def _roles(*instances: Instance) -> tuple[dict[int, Known], set[int]]:
    """By instance and user id in lower case: user id, name and role; whose list was looked at.

    Who is not on the list has the highest role of a workspace.
    """
    found: dict[int, Known] = {instance.pk: {} for instance in instances}
    listed = InstancePerson.objects.filter(instance__in=instances)
    for pk, user, name, role in listed.values_list("instance", "user_id", "name", "role"):
        found[pk][user.lower()] = (user, name, role)
    known = {pk: set(people) for pk, people in found.items()}
    members = Member.objects.filter(workspace__instance__in=instances, workspace__gone_at=None)
    columns = ("workspace__instance", "user_id", "name", "role")
    for pk, user, name, role in members.order_by().values_list(*columns).distinct():
        if user.lower() not in known[pk]:
            before = found[pk].get(user.lower(), (user, name, ""))
            highest = max(before[2], spelled(role), key=rank)
            found[pk][user.lower()] = (before[0], before[1] or name, highest)
    return found, {pk for pk, people in known.items() if people}


def _mapped(source: Instance, target: Instance) -> dict[str, str]:
    """Whom plans made of each, by user id in lower case; the newest plan counts."""
    rows = PersonMapping.objects.filter(plan__source=source, plan__target=target)
    said = rows.order_by("plan_id", "pk").values_list("source_user", "target_user")
    return {user.lower(): wanted for user, wanted in said}


AGAINST_COLUMNS = (
    "User in the source",
    "Name",
    "Role in the source",
    "User in the target",
    "Role in the target",
    "Result",
)


def against_cells(rows: Iterable[Against]) -> Iterator[dict[str, Any]]:
    """A row of the download for each."""
    for row in rows:
        yield dict(zip(AGAINST_COLUMNS, (*row[:5], row.look.word), strict=True))
