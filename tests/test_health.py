"""/healthz names the part that does not answer."""

import pytest
from django.test import Client


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
