"""People: adding them, their roles, switching them off, and taking their data out."""

from datetime import timedelta

from django.contrib.auth.models import Permission, User
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q, QuerySet
from django.utils.encoding import force_bytes, force_str
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from migrator.errors import ServiceError
from migrator.models import ApiToken
from migrator.services import audit
from migrator.services.permissions import requires

DOWNLOAD = "download_archive"
TOKEN_DAYS = (7, 30, 90, 365)


class Role(models.TextChoices):
    """What a person may do; each includes the one before. Downloading archives is apart."""

    VIEWER = "viewer", "Viewer"
    OPERATOR = "operator", "Operator"
    APPROVER = "approver", "Approver"
    ADMIN = "admin", "Administrator"


ROLE_WORDS = {
    Role.VIEWER: "Sees everything but document text; changes nothing.",
    Role.OPERATOR: "Plans, starts and steers backups and restores, and brings files.",
    Role.APPROVER: "Does what an operator does, and allows as a second person what destroys "
    "something.",
    Role.ADMIN: "Does everything: instances, credentials, people, deleting, the audit log.",
}
# Permissions of the app `migrator`; an administrator has all.
ROLE_PERMISSIONS: dict[str, frozenset[str]] = {
    Role.VIEWER: frozenset(),
    Role.OPERATOR: frozenset({"start_run"}),
    Role.APPROVER: frozenset({"start_run", "approve"}),
}
MANAGED = frozenset({"start_run", "approve", DOWNLOAD})


def users() -> QuerySet[User]:
    """Everybody, with what `role_of` and `may_download` read, in two queries."""
    return User.objects.prefetch_related("user_permissions").order_by("username")


def role_of(person: User) -> Role:
    """The role that a person's permissions make."""
    if person.is_superuser:
        return Role.ADMIN
    held = {permission.codename for permission in person.user_permissions.all()}
    weaker = (Role.APPROVER, Role.OPERATOR, Role.VIEWER)
    return next(role for role in weaker if ROLE_PERMISSIONS[role] <= held)


def may_download(person: User) -> bool:
    """Whether a person may download archives and the files of runs."""
    held = {permission.codename for permission in person.user_permissions.all()}
    return person.is_superuser or DOWNLOAD in held


@requires("auth.add_user")
@transaction.atomic
def add_person(*, user: User | None, name: str, role: str, downloads: bool = False) -> User:
    """Add somebody without a password: the link of `invitation` lets them choose one.

    ServiceError where the name is taken or none.
    """
    person = User(username=User.normalize_username(name.strip()))
    person.set_unusable_password()
    try:
        person.full_clean(exclude=["password"])
    except ValidationError as error:
        raise ServiceError(
            " ".join(error.messages), meaning="Nobody was added.", remedy="Choose another name."
        ) from None
    person.save()
    _give(person, Role(role), downloads=downloads)
    audit.record(user, "person.added", person, name=person.username, role=role)
    return person


@requires("auth.change_user")
@transaction.atomic
def change_role(person: User, *, user: User | None, role: str, downloads: bool) -> None:
    """Give another role; ServiceError where no administrator would be left."""
    if Role(role) != Role.ADMIN:
        keep_one_admin(person)
    before = role_of(person)
    _give(person, Role(role), downloads=downloads)
    audit.record(
        user, "person.role_changed", person, before=before, after=role, downloads=downloads
    )


@requires("auth.change_user")
@transaction.atomic
def switch_off(person: User, *, user: User | None) -> None:
    """End a person's access at once: password, sessions and tokens stop working."""
    keep_one_admin(person)
    User.objects.filter(pk=person.pk).update(is_active=False)
    ApiToken.objects.filter(user=person).delete()
    audit.record(user, "person.switched_off", person)


@requires("auth.change_user")
@transaction.atomic
def switch_on(person: User, *, user: User | None) -> None:
    """Let somebody in again; tokens have to be made anew."""
    User.objects.filter(pk=person.pk).update(is_active=True)
    audit.record(user, "person.switched_on", person)


@requires("auth.delete_user")
@transaction.atomic
def delete_person(person: User, *, user: User | None) -> None:
    """Delete the account with its tokens and authenticator.

    Runs, archives and plans stay without a name; the audit log keeps it, since it is evidence.
    """
    keep_one_admin(person)
    audit.record(user, "person.deleted", person, name=person.username)
    person.delete()


@requires("auth.change_user")
def invitation(person: User, *, user: User | None) -> str:
    """What a link needs with which its holder chooses the password: "uid/token", for three days.

    It dies with its use, since it is signed over the present password.
    """
    audit.record(user, "person.invited", person)
    uid = urlsafe_base64_encode(force_bytes(person.pk))
    return f"{uid}/{default_token_generator.make_token(person)}"


def invited(uid: str, token: str) -> User | None:
    """The person whose link this is; None where it is not good any more."""
    try:
        person = User.objects.get(pk=force_str(urlsafe_base64_decode(uid)), is_active=True)
    except (User.DoesNotExist, ValueError, OverflowError):
        return None
    return person if default_token_generator.check_token(person, token) else None


@transaction.atomic
def accept_invitation(*, uid: str, token: str, password: str) -> User:
    """Set the password that the invited person chose; ServiceError where it or the link is bad."""
    person = invited(uid, token)
    if person is None:
        raise ServiceError(
            "This link no longer works: it was used, or it is older than three days.",
            meaning="Nothing was changed.",
            remedy="Ask an administrator for a new one.",
        )
    _set_password(person, password)
    audit.record(person, "person.joined", person)
    return person


@transaction.atomic
def change_password(person: User, *, old: str, new: str) -> None:
    """Change one's own password; ServiceError where the old one is wrong or the new one weak."""
    if not person.check_password(old):
        raise ServiceError(
            "This is not your present password.",
            meaning="Nothing was changed.",
            remedy="Type it again; capitals count.",
        )
    _set_password(person, new)
    audit.record(person, "password.changed", person)


@transaction.atomic
def make_token(*, user: User, name: str, days: int) -> tuple[ApiToken, str]:
    """A new token for the API and its text, which nobody can ever see again."""
    if days not in TOKEN_DAYS or not name.strip():
        raise ServiceError("A token needs a name and an end.", meaning="None was made.")
    row, text = ApiToken.objects.create(user, expiry=timedelta(days=days), name=name.strip())
    audit.record(user, "token.made", user, name=row.name, days=days)
    return row, text


@transaction.atomic
def revoke_token(token: ApiToken, *, user: User) -> None:
    """End a token of one's own, or as an administrator anybody's."""
    if token.user_id != user.pk and not user.has_perm("auth.change_user"):
        raise ServiceError("This token belongs to somebody else.", meaning="Nothing changed.")
    audit.record(user, "token.revoked", token.user, name=token.name)
    token.delete()


def _set_password(person: User, password: str) -> None:
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise ServiceError(
            " ".join(error.messages),
            meaning="The password was not changed.",
            remedy="Choose another one.",
        ) from None
    person.set_password(password)
    person.save(update_fields=["password"])


def _give(person: User, role: Role, *, downloads: bool) -> None:
    person.is_superuser = person.is_staff = role == Role.ADMIN
    person.save(update_fields=["is_superuser", "is_staff"])
    wanted = ROLE_PERMISSIONS.get(role, frozenset()) | ({DOWNLOAD} if downloads else frozenset())
    ours = Q(content_type__app_label="migrator")
    person.user_permissions.remove(*Permission.objects.filter(ours, codename__in=MANAGED))
    person.user_permissions.add(*Permission.objects.filter(ours, codename__in=wanted))


def keep_one_admin(person: User) -> None:
    """Raise ServiceError where nobody else is an administrator who can sign in."""
    admins = User.objects.select_for_update().filter(is_superuser=True, is_active=True)
    if person.is_superuser and not admins.exclude(pk=person.pk).exists():
        raise ServiceError(
            f"{person.username} is the only administrator.",
            meaning="Nothing was changed.",
            remedy="Make somebody else an administrator first.",
        )
