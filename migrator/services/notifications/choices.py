"""What each person wants by mail, and at which address."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from migrator.errors import ServiceError
from migrator.models import Notification, NotificationChoice
from migrator.services import audit
from migrator.services.users import Role, role_of, users

_K = Notification.Kind
# Who approves as a second person.
_APPROVING = frozenset({Role.APPROVER, Role.ADMIN})
# That nothing went wrong is told only where somebody asks for it.
SUGGESTED = frozenset(_K) - {_K.RUN_DONE}
_ABOUT_RUNS = frozenset({_K.RUN_WAITS, _K.RUN_FAILED, _K.RUN_DIFFERS, _K.RUN_DONE})


@dataclass(frozen=True)
class Choice:
    """What reaches a person by mail."""

    kinds: frozenset[str]
    own_runs_only: bool = False


def choice_of(person: User) -> Choice:
    """What the person chose; else what the role suggests: a viewer gets nothing."""
    row = getattr(person, "notification_choice", None)
    if row is not None:
        return Choice(frozenset(row.kinds), row.own_runs_only)
    return Choice(frozenset() if role_of(person) == Role.VIEWER else SUGGESTED)


def kinds_for(person: User) -> list[Notification.Kind]:
    """What the person may choose from."""
    approves = role_of(person) in _APPROVING
    return [kind for kind in _K if kind != _K.APPROVAL_WAITS or approves]


@transaction.atomic
def choose(*, user: User, address: str, kinds: Iterable[str], own_runs_only: bool) -> None:
    """Set one's own address and what goes there; no address: nothing does.

    ServiceError where it is no e-mail address.
    """
    address = address.strip()
    if address:
        _check(address)
    wanted = set(kinds)
    NotificationChoice.objects.update_or_create(
        user=user,
        defaults={
            "kinds": [kind.value for kind in kinds_for(user) if kind in wanted],
            "own_runs_only": own_runs_only,
        },
    )
    changed = user.email != address
    user.email = address
    user.save(update_fields=["email"])
    audit.record(user, "notifications.chosen", user, kinds=len(wanted), address_changed=changed)


def wanting(kind: str, *, started_by: int | None = None, not_to: int | None = None) -> list[User]:
    """Whoever is to be told by mail, in three queries: `started_by` is who started the run that it
    is about, `not_to` who did it and knows."""
    people = users().filter(is_active=True).exclude(email="")
    return [
        person
        for person in people.select_related("notification_choice")
        if person.pk != not_to and _wants(person, kind, started_by)
    ]


def _wants(person: User, kind: str, started_by: int | None) -> bool:
    choice = choice_of(person)
    if kind not in choice.kinds or kind not in kinds_for(person):
        return False
    of_others = kind in _ABOUT_RUNS and started_by not in {None, person.pk}
    return not (choice.own_runs_only and of_others)


def _check(address: str) -> None:
    try:
        validate_email(address)
    except ValidationError:
        raise ServiceError(
            f"“{address}” is no e-mail address.",
            meaning="Nothing was saved.",
            remedy="It looks like name@example.com.",
        ) from None
