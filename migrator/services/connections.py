"""From an instance's row to a client that can talk to it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from migrator.clients.discovery import DiscoveryClient
from migrator.clients.hosts import HostPolicy
from migrator.clients.http import Http
from migrator.clients.nlu import NluClient
from migrator.clients.profile import load_profile
from migrator.clients.tool import ToolClient
from migrator.errors import ServiceError, SessionLost
from migrator.models import Credential, Instance, ModelService
from migrator.services.contacts import noting
from migrator.services.credentials import reveal_credential
from migrator.services.pacing import pace_of, pace_of_models

IAM_URL = "https://iam.cloud.ibm.com"
# Seconds to connect, and of silence while reading; a person waits for a connection test.
CONNECT_SECONDS = 10.0
QUICK = (5.0, 15.0)


@contextmanager
def connect(
    instance: Instance,
    *,
    timeout: tuple[float, float] | None = None,
    before_call: Callable[[], None] = lambda: None,
) -> Iterator[ToolClient]:
    """The connector for `instance`, closed at the end of the block.

    `timeout` is the seconds to connect and of silence while reading. `before_call` runs before
    every attempt of a call, and each waits for the instance's turn. Raises ServiceError where it is
    served by hand or the connector is off, SessionLost where no credential is stored.
    """
    if not instance.is_connected:
        raise ServiceError(
            f"The instance {instance.name} has no connector: a person performs its steps.",
            remedy="Turn the connector on for this instance, or bring the files by hand.",
        )
    stored = _stored(instance.credential, instance.name)
    with Http(
        host_policy(),
        ca_file=instance.ca_file,
        timeout=timeout or _patient(),
        before_call=_both(before_call, pace_of(instance)),
    ) as http:
        try:
            yield _tool_of(instance, http, stored)
        except SessionLost as lost:
            lost.refused_stored_at = stored.stored_at
            raise


def _both(first: Callable[[], None], second: Callable[[], None]) -> Callable[[], None]:
    def both() -> None:
        first()
        second()

    return both


def _tool_of(instance: Instance, http: Http, stored: Credential) -> ToolClient:
    return ToolClient(
        http,
        address=instance.address,
        credential=reveal_credential(stored),
        profile=load_profile(Path(instance.profile_file) if instance.profile_file else None),
        iam_url=instance.iam_url or IAM_URL,
        cp4d_url=instance.cp4d_url,
        answered=noting(instance),
    )


@contextmanager
def connect_models(
    service: ModelService, *, timeout: tuple[float, float] | None = None
) -> Iterator[NluClient | DiscoveryClient]:
    """The client of a linked service, closed at the end of the block.

    SessionLost where no credential is stored.
    """
    credential = reveal_credential(_stored(service.credential, str(service)))
    client = NluClient if service.kind == ModelService.Kind.NLU else DiscoveryClient
    with Http(
        host_policy(),
        ca_file=service.ca_file,
        timeout=timeout or _patient(),
        before_call=pace_of_models(service),
    ) as http:
        yield client(
            http,
            address=service.address,
            credential=credential,
            iam_url=service.iam_url or IAM_URL,
        )


def host_policy() -> HostPolicy:
    """Where this deployment lets an address point to."""
    return HostPolicy(settings.INSTANCE_HOSTS)


def _patient() -> tuple[float, float]:
    return CONNECT_SECONDS, float(settings.INSTANCE_SILENCE_SECONDS)


def _stored(credential: Credential | None, name: str) -> Credential:
    if credential is None:
        raise SessionLost(
            f"No credential is stored for {name}.",
            meaning="Nothing was sent and nothing changed.",
            remedy="Store a credential on the instance's page.",
        )
    return credential
