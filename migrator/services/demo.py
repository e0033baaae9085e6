"""What the demo needs in the database: an administrator and the sandbox's instances."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from migrator.errors import ServiceError
from migrator.models import AuditEntry, Instance
from migrator.services import audit
from migrator.services.instances import (
    add_instance,
    change_instance,
    check_connection,
    replace_credential,
)
from migrator.services.model_services import link_model_service

ADMIN = "admin"
RENEWED = "admin.password_renewed"  # in the audit log: by this a demo's database is known


@transaction.atomic
def renew_demo_admin(password: str) -> User:
    """Make the demo's administrator, or give the one there a new password.

    ServiceError where somebody else works with this database: nobody's password is changed.
    """
    if User.objects.exists() and not AuditEntry.objects.filter(action=RENEWED).exists():
        raise ServiceError(
            "The database is used for real and not by a demo.",
            meaning="The demo would change its users and instances, so it was left as it is.",
            remedy="Leave DATABASE_URL out, or name an empty database.",
        )
    user, _ = User.objects.get_or_create(
        username=ADMIN, defaults={"is_staff": True, "is_superuser": True}
    )
    user.set_password(password)
    user.save()
    audit.record(user, RENEWED, user)
    return user


def connect_demo_instance(described: Mapping[str, Any], *, user: User) -> Instance:
    """Add or update one instance as the sandbox describes it, and test its connection.

    `described` is an item of the file that `sandbox --write-config` writes. ServiceError where it
    cannot be stored or does not answer.
    """
    instance = _store(described, user)
    if described.get("nlu_url"):
        link_model_service(
            instance,
            user=user,
            address=described["nlu_url"],
            credential=described["nlu_credential"],
            iam_url=described.get("iam_url", ""),
            name=f"NLU of {instance.name}",
        )
    check_connection(instance, user=user)
    if instance.connection != Instance.Connection.CONNECTED:
        raise ServiceError(
            f"The sandbox's instance {instance.name} does not answer.",
            meaning="The demo has no instance to work with.",
            remedy="The lines marked “sandbox” say why.",
        )
    return instance


@transaction.atomic
def _store(described: Mapping[str, Any], user: User) -> Instance:
    fields = {
        "address": described["address"],
        "iam_url": described.get("iam_url", ""),
        "cp4d_url": described.get("cp4d_url", ""),
        "connector_enabled": True,
    }
    credential = described["credential"]
    found = Instance.objects.filter(name=described["name"]).first()
    if found is None:
        return add_instance(
            user=user,
            name=described["name"],
            kind=described["kind"],
            credential=credential,
            **fields,
        )
    change_instance(found, user=user, **fields)
    replace_credential(found, user=user, credential=credential)
    return found
