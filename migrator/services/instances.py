"""Adding, changing, testing and deleting instances."""

from collections.abc import Mapping
from typing import Any

import msgspec
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from migrator.clients.addresses import clean_address
from migrator.errors import ServiceError, SessionLost, TransientError
from migrator.models import Approval, Instance
from migrator.services import audit, model_services, queue
from migrator.services.approvals import approved
from migrator.services.connections import QUICK, connect, host_policy
from migrator.services.credentials import seal_credential
from migrator.services.permissions import requires

# The columns that a person fills in.
FIELDS = ("name", "address", "iam_url", "cp4d_url", "profile_file", "ca_file", "connector_enabled")


@requires("migrator.manage_instances")
@transaction.atomic
def add_instance(
    *,
    user: User | None,
    name: str,
    kind: str,
    address: str = "",
    credential: Mapping[str, Any] | None = None,
    **fields: Any,
) -> Instance:
    """Add an instance, its credential sealed; ServiceError where a name or address is no good."""
    instance = Instance(name=name.strip(), kind=kind, address=address, **fields)
    _clean(instance)
    if credential is not None:
        instance.credential = seal_credential(credential)
    _save(instance)
    audit.record(user, "instance.added", instance, kind=kind, address=instance.address)
    return instance


@requires("migrator.manage_instances")
@transaction.atomic
def change_instance(instance: Instance, *, user: User | None, **fields: Any) -> Instance:
    """Change what a person may change; another address makes the connection untested again."""
    before = {name: getattr(instance, name) for name in FIELDS}
    for name, value in fields.items():
        if name not in FIELDS:
            raise TypeError(f"{name} cannot be changed")
        setattr(instance, name, value)
    _clean(instance)
    changed = sorted(name for name in FIELDS if getattr(instance, name) != before[name])
    if set(changed) - {"name"}:
        instance.connection, instance.answers = Instance.Connection.UNTESTED, []
    _save(instance)
    audit.record(user, "instance.changed", instance, changed=changed)
    return instance


@requires("migrator.manage_instances")
@transaction.atomic
def replace_credential(
    instance: Instance, *, user: User | None, credential: Mapping[str, Any]
) -> None:
    """Store a new credential over the old one, and send on the steps that waited for it."""
    row = seal_credential(credential, into=instance.credential)
    instance.credential = row
    instance.connection = Instance.Connection.UNTESTED
    instance.save(update_fields=["credential", "connection"])
    audit.record(user, "credential.replaced", instance, kind=row.kind)
    queue.wake_steps_waiting_for_credential(instance)


@requires("migrator.manage_instances")
def check_connection(instance: Instance, *, user: User | None) -> Instance:
    """Try the read-only entries of the profile and store which of them answered.

    Raises nothing for a failing connection: what happened stands in `answers` and `connection`.
    """
    try:
        with connect(instance, timeout=QUICK) as client:
            answers = [msgspec.to_builtins(answer) for answer in client.check()]
        connection = _connection_of(answers)
    except SessionLost as lost:
        answers, connection = [_refusal(lost)], Instance.Connection.SESSION_LOST
    except (ServiceError, TransientError) as error:
        answers, connection = [_refusal(error)], Instance.Connection.FAILED
    Instance.objects.filter(pk=instance.pk).update(
        answers=answers, connection=connection, tested_at=timezone.now()
    )
    instance.refresh_from_db()
    audit.record(user, "instance.tested", instance, connection=connection)
    return instance


@requires("migrator.manage_instances")
def delete_instance(instance: Instance, *, user: User | None) -> None:
    """Delete an instance, its credential, and the services linked to it alone; archives stay.

    Raises ServiceError where runs of its plans are kept, since their record would go with it, and
    NeedsApproval where a second person has to allow it.
    """
    words = f"Delete the instance {instance.name}"
    approved(Approval.Action.DELETE, user=user, subject=instance, words=words)
    _delete_instance(instance, user)


@transaction.atomic
def _delete_instance(instance: Instance, user: User | None) -> None:
    credential, services = instance.credential, list(instance.model_services.all())
    audit.record(user, "instance.deleted", instance, name=instance.name)
    try:
        instance.delete()
    except ProtectedError:
        raise ServiceError(
            f"{instance.name} cannot be deleted: runs belong to it.",
            meaning="Nothing was deleted. The record of what was backed up and restored stays.",
            remedy="Turn its connector off and remove its credential instead.",
        ) from None
    if credential is not None:
        credential.delete()
    for service in services:
        model_services.forget_unlinked(service)


@requires("migrator.manage_instances")
@transaction.atomic
def forget_credential(instance: Instance, *, user: User | None) -> None:
    """Delete the stored credential; steps that need one will wait for a person."""
    if instance.credential is not None:
        instance.credential.delete()
        instance.credential = None
        instance.connection = Instance.Connection.UNTESTED
        instance.save(update_fields=["credential", "connection"])
        audit.record(user, "credential.forgotten", instance)


def _clean(instance: Instance) -> None:
    if instance.kind == Instance.Kind.BY_HAND:
        instance.address, instance.connector_enabled = "", False
        return
    instance.address = clean_address(instance.address, instance.kind)
    for url in (instance.address, instance.iam_url, instance.cp4d_url):
        if url:
            host_policy().check(url)


def _save(instance: Instance) -> None:
    if not instance.name:
        raise ServiceError("An instance needs a name.", remedy="Give it a name of your own.")
    try:
        with transaction.atomic():
            instance.save()
    except IntegrityError:
        raise ServiceError(
            f"There is already an instance named {instance.name}.",
            meaning="Nothing was stored.",
            remedy="Choose another name.",
        ) from None


def _connection_of(answers: list[dict[str, Any]]) -> str:
    # None is an entry that could not be tried, such as one that needs a running import.
    tried = [answer["answered"] for answer in answers if answer["answered"] is not None]
    if tried and all(tried):
        return Instance.Connection.CONNECTED
    return Instance.Connection.PARTLY if any(tried) else Instance.Connection.FAILED


def _refusal(error: ServiceError | TransientError) -> dict[str, Any]:
    return {
        "operation": "connect",
        "path": "",
        "answered": False,
        "status": "",
        "sentence": str(error),
        "transaction_id": error.reference,
    }
