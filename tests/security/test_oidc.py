"""Sign-in with a real OpenID Connect provider, over HTTP on loopback."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from migrator.services import users
from migrator.services.users import Role
from tests.waiting import wait_until

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

PEOPLE: list[dict[str, object]] = [
    {"sub": "7d1", "preferred_username": "kai", "groups": ["ks-users"]},
    {"sub": "7d2", "preferred_username": "ada", "groups": ["ks-admins", "others"]},
    {"sub": "7d3", "preferred_username": "admin", "groups": ["ks-users"]},
    {"sub": "7d4", "preferred_username": "kai", "groups": []},
]


def _port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def _answers(address: str) -> bool:
    try:
        return requests.get(f"{address}/jwks", timeout=1).ok
    except requests.ConnectionError:
        return False


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The provider's address."""
    port = _port()
    program = str(Path(sys.executable).with_name("oidc-provider-mock"))
    known = [word for one in PEOPLE for word in ("--user-claims", json.dumps(one))]
    log = tmp_path_factory.mktemp("provider") / "log"
    with log.open("wb") as file:
        process = subprocess.Popen(
            [program, "--port", str(port), "--require-nonce", "true", *known],
            stdout=file,
            stderr=file,
        )
        address = f"http://127.0.0.1:{port}"
        try:
            wait_until(lambda: _answers(address), "the provider")
            yield address
        finally:
            process.terminate()
            process.wait(20)


@pytest.fixture(autouse=True)
def configured(provider: str, settings: Settings) -> None:
    """The settings as OIDC_CLIENT_ID and its fellows make them."""
    settings.ROOT_URLCONF = "tests.security.oidc_urls"
    settings.OIDC_NAME = "the company"
    settings.OIDC_RP_CLIENT_ID, settings.OIDC_RP_CLIENT_SECRET = "migrator", "not so secret"
    settings.OIDC_OP_AUTHORIZATION_ENDPOINT = f"{provider}/oauth2/authorize"
    settings.OIDC_OP_TOKEN_ENDPOINT = f"{provider}/oauth2/token"
    settings.OIDC_OP_USER_ENDPOINT = f"{provider}/userinfo"
    settings.OIDC_OP_JWKS_ENDPOINT = f"{provider}/jwks"
    settings.AUTHENTICATION_BACKENDS = [*settings.AUTHENTICATION_BACKENDS, "dashboard.oidc.Backend"]
    settings.OIDC_ROLES = {"admin": "ks-admins", "operator": "ks-users"}
    settings.OIDC_VERIFY_KID = False  # this provider has one key and gives it no id


def sign_in(client: Client, subject: str) -> str:
    """Walk from our sign-in over the provider back to us; gives where it ends."""
    begun = client.get("/oidc/authenticate/?next=/runs/")
    allowed = requests.post(
        begun.headers["Location"], data={"sub": subject}, allow_redirects=False, timeout=10
    )
    back = allowed.headers["Location"].removeprefix("http://testserver")
    return client.get(back).headers["Location"]


def test_the_page_offers_it(client: Client) -> None:
    assert "Sign in with the company" in client.get("/sign-in").content.decode()


def test_a_new_person_gets_the_role_of_their_group(client: Client) -> None:
    assert sign_in(client, "7d1") == "/runs/"
    assert client.get("/runs/").status_code == 200
    assert users.role_of(User.objects.get(username="kai")) == Role.OPERATOR


def test_the_role_follows_the_groups(client: Client, settings: Settings) -> None:
    sign_in(client, "7d2")
    person = User.objects.get(username="ada")
    assert users.role_of(person) == Role.ADMIN
    User.objects.create_superuser("another")
    settings.OIDC_ROLES = {"viewer": "others"}
    sign_in(Client(), "7d2")
    assert users.role_of(User.objects.get(pk=person.pk)) == Role.VIEWER


def test_a_name_that_is_taken_signs_nobody_in(client: Client) -> None:
    User.objects.create_superuser("admin")
    assert sign_in(client, "7d3") == "/sign-in?oidc=failed"
    assert client.get("/runs/").status_code == 302
    assert "did not confirm" in client.get("/sign-in?oidc=failed").content.decode()


def test_another_person_of_the_same_name_is_another_person(client: Client) -> None:
    sign_in(client, "7d1")
    assert sign_in(Client(), "7d4") == "/sign-in?oidc=failed"


def test_a_provider_that_is_away_signs_nobody_in(client: Client, settings: Settings) -> None:
    settings.OIDC_OP_TOKEN_ENDPOINT = f"http://127.0.0.1:{_port()}/token"
    assert sign_in(client, "7d1") == "/sign-in?oidc=failed"


def test_an_answer_that_was_not_asked_for_signs_nobody_in(client: Client) -> None:
    assert client.get("/oidc/callback/?code=1&state=2").status_code in {302, 400, 403}
    assert client.get("/runs/").status_code == 302
