"""The people of an instance: read by the connector, or listed by a person."""

from collections.abc import Iterable
from pathlib import Path

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from migrator.clients.shapes import User as ToolUser
from migrator.errors import ServiceError
from migrator.models import Instance, InstancePerson
from migrator.services import audit, checks
from migrator.services.connections import QUICK, connect
from migrator.services.csv_lists import BadLines, read_list, write_list
from migrator.services.permissions import requires
from migrator.services.worksheets.columns import ROLES

LONGEST = 256  # characters of a user or name
COLUMNS = (["user", "User", "User ID", "E-mail"], ["name", "Name"], ["role", "Role"])


@requires("migrator.start_run")
def refresh_people(instance: Instance, *, user: User | None) -> int:
    """Read the users of an instance through its connector; how many there are.

    Raises ServiceError and TransientError where they cannot be read to the end; what was known is
    kept then.
    """
    with connect(instance, timeout=QUICK) as client:
        found = client.users()
    with transaction.atomic():
        keep_people(instance, found)
        audit.record(user, "people.read", instance, people=len(found))
    checks.recheck_of(instance)
    return len(found)


@transaction.atomic
def keep_people(instance: Instance, found: Iterable[ToolUser]) -> None:
    """Keep what the connector listed as all users of an instance, instead of those known."""
    now = timezone.now()
    instance.people.all().delete()
    InstancePerson.objects.bulk_create(
        InstancePerson(
            instance=instance,
            user_id=each.user_id[:LONGEST],
            name=(each.name or "")[:LONGEST],
            role=spelled(each.role or ""),
            state=(each.state or "")[:40],
            seen_at=now,
        )
        for each in found
    )


@requires("migrator.start_run")
@transaction.atomic
def bring_people(instance: Instance, path: Path, *, user: User | None) -> int:
    """Take the users of an instance from a CSV file, instead of those known; how many there are.

    Raises BadLines that names each line that cannot be taken; nothing changes then.
    """
    people: dict[str, InstancePerson] = {}
    bad: list[tuple[int, str]] = []
    for line in read_list(path, COLUMNS):
        person = _person(instance, line.cells)
        bad += [(line.number, words) for words in _wrong(person, line.cells, people)]
        people.setdefault(person.user_id.casefold(), person)
    if bad:
        raise BadLines(bad)
    instance.people.all().delete()
    InstancePerson.objects.bulk_create(people.values())
    audit.record(user, "people.brought", instance, people=len(people))
    checks.recheck_of(instance)
    return len(people)


def people_csv(instance: Instance) -> str:
    """The users of an instance as CSV."""
    rows = instance.people.values_list("user_id", "name", "role")
    return write_list([names[1] for names in COLUMNS], rows)


def spelled(role: str) -> str:
    """A role in IBM's spelling, whatever its case; another word as it is."""
    plain = " ".join(role.replace("_", " ").split())
    known = next((word for word in ROLES if word.casefold() == plain.casefold()), None)
    return known or plain[:40]


def rank(role: str) -> int:
    """0 for the lowest role, -1 for none or one that is not known."""
    word = spelled(role)
    return ROLES.index(word) if word in ROLES else -1


def checked_role(role: str) -> str:
    """The role in IBM's spelling; ServiceError where it is none. Empty stays empty."""
    word = spelled(role)
    if word and word not in ROLES:
        raise ServiceError(
            f"Knowledge Studio has no role {word}.",
            meaning="Nothing was stored.",
            remedy=f"The roles are {', '.join(ROLES)}.",
        )
    return word


def _person(instance: Instance, cells: dict[str, str]) -> InstancePerson:
    return InstancePerson(
        instance=instance,
        user_id=cells.get("user", "").strip(),
        name=cells.get("name", "").strip(),
        role=spelled(cells.get("role", "")),
    )


def _wrong(
    person: InstancePerson, cells: dict[str, str], others: dict[str, InstancePerson]
) -> list[str]:
    found = []
    if not person.user_id:
        found.append("User is missing.")
    if max(len(person.user_id), len(person.name)) > LONGEST:
        found.append(f"has more than {LONGEST} characters in a cell.")
    if person.role and rank(person.role) < 0:
        found.append(f"Role is none of {', '.join(ROLES)}: {cells['role'].strip()[:40]}")
    if person.user_id.casefold() in others:
        found.append(f"{person.user_id[:80]} stands there twice.")
    return found
