"""The services of an instance's own account: found and linked with its API key."""

import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from migrator.models import Instance, ModelService
from migrator.services.instances import add_instance
from tests.sandbox.fixtures import RunningSandbox

pytestmark = pytest.mark.django_db

SignIn = Callable[[User], Client]


@pytest.fixture
def source(sandbox: RunningSandbox, settings: Settings) -> Instance:
    """The sandbox's instance in the cloud, with its API key, and its Resource Controller."""
    described = sandbox.source
    settings.INSTANCE_HOSTS = ["127.0.0.1"]
    settings.RESOURCE_CONTROLLER_URL = described.resource_controller_url
    root = described.resource_controller_url.rpartition("/")[0]
    settings.SERVICE_ADDRESS = f"{root}/{{service}}/instances/{{guid}}"
    return add_instance(
        user=None,
        name="source",
        kind=described.kind,
        address=described.address,
        credential=described.credential,
        iam_url=described.iam_url,
        connector_enabled=True,
    )


def words(client: Client, address: str) -> str:
    """The page without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", client.get(address).content.decode()))


def test_what_the_account_has_is_found_and_linked(
    source: Instance, sandbox: RunningSandbox, admin: User, signed_in: SignIn
) -> None:
    client = signed_in(admin)
    find = reverse("instance-service-find", args=[source.pk])
    assert find in client.get(reverse("instance-detail", args=[source.pk])).content.decode()
    assert find in client.get(reverse("instance-service-link", args=[source.pk])).content.decode()
    page = words(client, find)
    assert page.count("Not linked: nobody looks into it") == 2
    assert "Nothing was linked." in words(client, client.post(find).headers["Location"])
    guid = sandbox.source.nlu_url.rpartition("/")[2]
    told = words(client, client.post(find, {"guid": [guid, "not-there"]}).headers["Location"])
    assert "Linked: " in told
    service = ModelService.objects.get()
    assert service.address == sandbox.source.nlu_url
    assert service.scans.exists(), "it is asked at once"
    assert words(client, find).count("Not linked: nobody looks into it") == 1


def test_without_a_key_the_account_cannot_be_asked(
    by_hand: Instance, admin: User, signed_in: SignIn
) -> None:
    client = signed_in(admin)
    find = reverse("instance-service-find", args=[by_hand.pk])
    answer = client.get(find)
    assert answer.headers["Location"] == reverse("instance-service-link", args=[by_hand.pk])
    assert "so its account cannot be asked" in words(client, answer.headers["Location"])
    assert find not in client.get(answer.headers["Location"]).content.decode()
