"""The first administrator: chosen by whoever holds the link that the server printed.

The link is a signed sentence, "whoever holds this may make the first user", that expires. Nothing
is stored: it works while there is no user at all, so using it once ends every link ever printed.
"""

import secrets

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from migrator.errors import ServiceError
from migrator.services import audit

SALT = "migrator.first-admin"
LINK_SECONDS = 24 * 3600


def has_users() -> bool:
    """Whether anybody can sign in; with one user the set-up links are dead."""
    return get_user_model().objects.exists()


def make_set_up_token() -> str:
    """A token that lets its holder make the first administrator within LINK_SECONDS."""
    return signing.dumps(secrets.token_urlsafe(16), salt=SALT)


def is_set_up_token(token: str) -> bool:
    """Whether the token is ours and fresh, and there is no user yet."""
    try:
        signing.loads(token, salt=SALT, max_age=LINK_SECONDS)
    except signing.BadSignature:
        return False
    return not has_users()


@transaction.atomic
def create_first_admin(*, token: str, name: str, password: str) -> User:
    """Make the first administrator; ServiceError where the link is dead or the choice is no good.

    Two people may hold the link: the second waits here for the first, and is refused.
    """
    _lock_users()
    if not is_set_up_token(token):
        raise ServiceError(
            "This link no longer works: it was used, or it is older than a day.",
            meaning="Nothing was changed.",
            remedy="Sign in, or start the server again for a new link.",
        )
    return create_admin(name=name, password=password)


@transaction.atomic
def create_admin(*, name: str, password: str) -> User:
    """Make an administrator; ServiceError where the name is taken or the password is too weak."""
    user = User(username=User.normalize_username(name), is_staff=True, is_superuser=True)
    try:
        user.full_clean(exclude=["password"])
        validate_password(password, user)
    except ValidationError as error:
        raise ServiceError(
            " ".join(error.messages),
            meaning="No administrator was made.",
            remedy="Choose another name or password.",
        ) from None
    user.set_password(password)
    user.save()
    audit.record(user, "admin.created", user)
    return user


def _lock_users() -> None:
    # SQLite's transactions are begun IMMEDIATE, which is a lock on everything.
    if connection.vendor == "postgresql":
        table = connection.ops.quote_name(User._meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
