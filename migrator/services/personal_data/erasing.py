"""Replacing a person by a pseudonym wherever the product's own database may be changed."""

import secrets
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from migrator.errors import ServiceError
from migrator.models import ApiToken, NotificationChoice, OidcIdentity
from migrator.services import audit, second_factor
from migrator.services.permissions import requires
from migrator.services.personal_data.looking import Terms, is_name, model_of, rows_of
from migrator.services.personal_data.places import PLACES, Place
from migrator.services.users import keep_one_admin

MOST_TRIES = 20  # rows of one person that must not be alike


@dataclass(frozen=True)
class Erased:
    """What the person is called from now on, and how many rows of each place were changed."""

    pseudonym: str
    counts: dict[str, int]


@requires("auth.delete_user")
@transaction.atomic
def erase(terms: Terms, *, user: User | None) -> Erased:
    """Replace the person in every place that does not say why it stays.

    The accounts of the person are closed: no password, tokens, authenticator or role is left. The
    audit log notes the pseudonym and the numbers, never the name. Raises ServiceError where an
    account is one's own, or that of the only administrator; nothing is changed then.
    """
    pseudonym = f"person-{secrets.token_hex(4)}"
    counts: Counter[str] = Counter()
    for place in PLACES:
        if place.stays:
            continue
        for row in list(rows_of(place, terms)):
            counts[place.model] += _changed(place, row, terms, pseudonym, user)
    told = {name: count for name, count in counts.items() if count}
    if user is not None:
        audit.record(user, "person.erased", user, pseudonym=pseudonym, rows=told)
    return Erased(pseudonym, told)


def _changed(
    place: Place, row: dict[str, Any], terms: Terms, pseudonym: str, user: User | None
) -> bool:
    named = [column for column in place.fields if terms.are_in(row[column])]
    if not named:
        return False
    if place.model == "auth.User":
        _close_account(User.objects.get(pk=row["pk"]), pseudonym, user)
        return True
    for number in range(1, MOST_TRIES):
        name = pseudonym if number == 1 else f"{pseudonym}-{number}"
        changes = {column: _without(row[column], terms, name) for column in named}
        try:
            with transaction.atomic():
                _write(place, row["pk"], changes)
        except IntegrityError:
            continue  # another row of the person has that name already
        return True
    raise ServiceError(
        f"{place.words}: too many rows of one person would be alike.",
        meaning="Nothing was changed.",
        remedy="Erase fewer names at a time.",
    )


def _write(place: Place, key: Any, changes: dict[str, Any]) -> None:
    model = model_of(place)
    for column, value in changes.items():
        longest = getattr(model._meta.get_field(column), "max_length", None)
        if isinstance(value, str) and longest:
            changes[column] = value[:longest]
    model._base_manager.filter(pk=key).update(**changes)


def _without(value: Any, terms: Terms, name: str) -> Any:
    if isinstance(value, str):
        return terms.pattern.sub(name, value)
    if isinstance(value, Mapping):
        return {
            _without(key, terms, name) if is_name(key) else key: _without(each, terms, name)
            for key, each in value.items()
        }
    if isinstance(value, list):
        return [_without(each, terms, name) for each in value]
    return value


def _close_account(person: User, pseudonym: str, user: User | None) -> None:
    """Leave a row without a name, so that what it started keeps its starter."""
    if user is not None and person.pk == user.pk:
        raise ServiceError(
            "Nobody erases their own account.",
            meaning="Nothing was changed.",
            remedy="Ask another administrator.",
        )
    keep_one_admin(person)
    second_factor.forget(person)
    ApiToken.objects.filter(user=person).delete()
    OidcIdentity.objects.filter(user=person).delete()
    NotificationChoice.objects.filter(user=person).delete()
    person.user_permissions.clear()
    taken = User.objects.filter(username__startswith=pseudonym).count()
    person.username = f"{pseudonym}-{taken + 1}" if taken else pseudonym
    person.first_name = person.last_name = person.email = ""
    person.is_superuser = person.is_staff = person.is_active = False
    person.set_unusable_password()
    person.save()
