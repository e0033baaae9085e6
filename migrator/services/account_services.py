"""The services of an instance's own account: which list deployed models, and are not linked yet."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import User

from migrator.clients.credentials import ApiKeyCredential
from migrator.clients.http import Http
from migrator.clients.resource_controller import ResourceController
from migrator.errors import ServiceError
from migrator.models import Instance, ModelService
from migrator.services.connections import QUICK, host_policy
from migrator.services.credentials import reveal_credential
from migrator.services.model_services import link_model_service
from migrator.services.permissions import requires


@dataclass(frozen=True)
class Found:
    """One service of the account that models can be deployed to."""

    guid: str
    name: str
    kind: str
    region: str
    state: str
    address: str
    is_linked: bool

    @property
    def kind_words(self) -> str:
        """What kind of service it is, as IBM calls it."""
        return ModelService.Kind(self.kind).label


def may_be_asked(instance: Instance) -> bool:
    """Whether its stored credential can list the services of its account: only an API key can."""
    stored = instance.credential
    has_key = stored is not None and stored.kind == stored.Kind.APIKEY
    return instance.kind == Instance.Kind.CLOUD and has_key


@requires("migrator.manage_instances")
def services_of_account(instance: Instance, *, user: User | None) -> list[Found]:
    """The services that its API key may see, by name; nothing is stored.

    ServiceError or TransientError, with what it means, where the account could not be asked.
    """
    if not may_be_asked(instance):
        raise _no_key(instance)
    with Http(host_policy(), ca_file=instance.ca_file, timeout=QUICK) as http:
        client = ResourceController(
            http,
            address=settings.RESOURCE_CONTROLLER_URL,
            apikey=_key_of(instance).apikey,
            iam_url=instance.iam_url,
        )
        listed = client.services()
    linked = {each.guid for each in instance.model_services.all()}
    found = [
        Found(
            guid=each.guid,
            name=each.name,
            kind=each.service,
            region=each.region_id,
            state=each.state,
            address=settings.SERVICE_ADDRESS.format(
                region=each.region_id, service=each.service, guid=each.guid
            ),
            is_linked=each.guid in linked,
        )
        for each in listed
        if each.service in ModelService.Kind.values
    ]
    return sorted(found, key=lambda each: (each.is_linked, each.kind, each.name.casefold()))


@requires("migrator.manage_instances")
def link_found(
    instance: Instance, guids: Iterable[str], *, user: User | None
) -> list[ModelService]:
    """Link services of the account by the API key of `instance`; those that are linked stay.

    The account is asked again: what is not in it any more is not linked. Raises as
    `services_of_account` does, before anything is stored.
    """
    wanted = set(guids)
    found = services_of_account(instance, user=user)
    return [
        link_model_service(
            instance,
            user=user,
            address=each.address,
            credential=_key_of(instance).to_dict(),
            kind=each.kind,
            name=each.name,
            iam_url=instance.iam_url,
        )
        for each in found
        if each.guid in wanted and not each.is_linked
    ]


def _key_of(instance: Instance) -> ApiKeyCredential:
    stored = instance.credential
    credential = reveal_credential(stored) if stored else None
    if not isinstance(credential, ApiKeyCredential):
        raise _no_key(instance)
    return credential


def _no_key(instance: Instance) -> ServiceError:
    return ServiceError(
        f"No IBM Cloud API key is stored for {instance.name}, so its account cannot be asked.",
        meaning="Which services it has is not known.",
        remedy="Store an API key with the instance, or link each service by its address.",
    )
