"""Linking the services that models are deployed to: add, change, replace the credential, unlink."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from migrator.clients.addresses import WATSON, clean_address
from migrator.errors import ServiceError
from migrator.models import Instance, ModelService, Undeployment
from migrator.services import audit, checks
from migrator.services.connections import host_policy
from migrator.services.credentials import seal_credential
from migrator.services.permissions import requires


@requires("migrator.manage_instances")
@transaction.atomic
def link_model_service(
    instance: Instance,
    *,
    user: User | None,
    address: str,
    credential: Mapping[str, Any] | None,
    kind: str = ModelService.Kind.NLU,
    name: str = "",
    iam_url: str = "",
    ca_file: str = "",
) -> ModelService:
    """Link a service to `instance`; one that another instance uses already is shared with it.

    Without a credential a person looks at what it serves. ServiceError where the address is no
    good or already linked as something else.
    """
    clean = clean_address(address, WATSON)
    for url in filter(None, (clean, iam_url)):
        host_policy().check(url)
    service, is_new = ModelService.objects.get_or_create(address=clean, defaults={"kind": kind})
    _refuse_other_kind(service, kind)
    service.name = name.strip() or service.name
    if is_new or credential is not None:
        service.iam_url, service.ca_file = iam_url, ca_file
    if credential is not None:
        service.credential = seal_credential(credential, into=service.credential)
    service.save()
    service.instances.add(instance)
    audit.record(user, "model_service.linked", service, instance=instance.pk, address=clean)
    checks.recheck_of(instance)
    return service


@requires("migrator.manage_instances")
@transaction.atomic
def replace_service_credential(
    service: ModelService, *, user: User | None, credential: Mapping[str, Any]
) -> None:
    """Store a new credential over the old one."""
    row = seal_credential(credential, into=service.credential)
    service.credential = row
    service.save(update_fields=["credential"])
    audit.record(user, "credential.replaced", service, kind=row.kind)


@requires("migrator.manage_instances")
@transaction.atomic
def forget_service_credential(service: ModelService, *, user: User | None) -> None:
    """Delete the stored credential; from now on a person looks at what it serves."""
    if service.credential is not None:
        service.credential.delete()
        service.credential = None
        audit.record(user, "credential.forgotten", service)


@requires("migrator.manage_instances")
@transaction.atomic
def change_model_service(
    service: ModelService,
    *,
    user: User | None,
    name: str,
    monthly_rate: Decimal | None = None,
    currency: str = "",
) -> None:
    """Rename it, or note what one deployed model costs a month."""
    service.name = name.strip()
    service.monthly_rate = monthly_rate
    service.currency = currency.strip().upper() if monthly_rate is not None else ""
    service.save(update_fields=["name", "monthly_rate", "currency"])
    audit.record(user, "model_service.changed", service, rate=str(monthly_rate or ""))


@requires("migrator.manage_instances")
@transaction.atomic
def unlink_model_service(service: ModelService, instance: Instance, *, user: User | None) -> None:
    """Take the link away; with the last one the service, its credential and its scans go.

    Nothing is undeployed. ServiceError while an undeployment there is not at its end.
    """
    if not service.instances.exclude(pk=instance.pk).exists():
        _refuse_while_undeploying(service)
    audit.record(user, "model_service.unlinked", service, instance=instance.pk)
    service.instances.remove(instance)
    forget_unlinked(service)
    checks.recheck_of(instance)


def forget_unlinked(service: ModelService) -> None:
    """Delete a service that no instance is linked to any more, and its credential."""
    if service.instances.exists():
        return
    credential = service.credential
    service.delete()
    if credential is not None:
        credential.delete()


def _refuse_other_kind(service: ModelService, kind: str) -> None:
    if service.kind != kind:
        raise ServiceError(
            f"This address is linked already, as {service.get_kind_display()}.",
            meaning="Nothing was stored.",
            remedy="Check the address and which service it belongs to.",
        )


def _refuse_while_undeploying(service: ModelService) -> None:
    if Undeployment.objects.under_way().filter(model__service=service).exists():
        raise ServiceError(
            f"A model of {service} is being undeployed and was not yet seen to be gone.",
            meaning="The link stays, since nobody would look after the model any more.",
            remedy="Wait until the model is gone, then unlink the service.",
        )
