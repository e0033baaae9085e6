"""People who sign in with an OpenID Connect provider."""

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction

from migrator.models import OidcIdentity
from migrator.services import audit
from migrator.services.users import Role, add_person, change_role, may_download, role_of

# The strongest first: whoever is in several groups gets the first role of these.
_ORDER = (Role.ADMIN, Role.APPROVER, Role.OPERATOR, Role.VIEWER)


@transaction.atomic
def add_from_provider(*, subject: str, name: str, groups: set[str]) -> User:
    """Add the person whom the provider knows as `subject`.

    ServiceError where an account of that name is there: it may be somebody else's.
    """
    person = add_person(user=None, name=name, role=_role_of(groups) or Role.VIEWER)
    OidcIdentity.objects.create(user=person, subject=subject)
    audit.record(person, "person.joined", person, by="OpenID Connect")
    return person


def follow_groups(person: User, *, groups: set[str]) -> None:
    """Give the role that the groups stand for; without OIDC_ROLES roles are given here alone.

    The last administrator keeps the role: ServiceError from `change_role`.
    """
    role = _role_of(groups)
    if settings.OIDC_ROLES and role != role_of(person):
        change_role(person, user=None, role=role or Role.VIEWER, downloads=may_download(person))


def _role_of(groups: set[str]) -> Role | None:
    return next((role for role in _ORDER if settings.OIDC_ROLES.get(role) in groups), None)
