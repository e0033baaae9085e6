"""/healthz names the part that does not answer."""

import pytest
from django.test import Client
from pytest_django import Settings


@pytest.fixture(autouse=True)
def no_broker(settings: Settings) -> None:
    """Nobody listens where the broker is said to be."""
    settings.REDIS_URL = "redis://127.0.0.1:9/0"


@pytest.mark.django_db
def test_without_a_broker_it_says_so_and_does_not_ask_the_worker(client: Client) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json() == {
        "status": "unavailable",
        "database": "ok",
        "broker": "no answer",
        "worker": "not asked",
    }
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.django_db
def test_it_only_answers_questions(client: Client) -> None:
    assert client.post("/healthz").status_code == 405


@pytest.mark.django_db
def test_readiness_is_of_this_host_and_names_its_parts(client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {
        "status": "unavailable",
        "database": "ok",
        "broker": "no answer",
        "storage": "ok",
    }


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("backend", "options"),
    [
        ("django.core.files.storage.FileSystemStorage", {"location": "/nowhere/at/all"}),
        (
            "migrator.storage.Bucket",
            {
                "bucket_name": "x",
                "endpoint_url": "http://127.0.0.1:9",
                "access_key": "a",
                "secret_key": "b",
            },
        ),
    ],
)
def test_a_storage_that_is_away_is_named(
    backend: str, options: dict[str, str], client: Client, settings: Settings
) -> None:
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": backend, "OPTIONS": options}}
    assert client.get("/readyz").json()["storage"] == "no answer"
