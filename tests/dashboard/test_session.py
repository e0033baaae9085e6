"""Signing in, the appearance, and what the browser is told to refuse."""

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client, override_settings
from django.urls import reverse

from migrator import __version__

pytestmark = pytest.mark.django_db

GIVEN = {"username": "operator", "password": "tall pines by the lake"}


def test_signing_in_leads_to_where_the_person_was_going(client: Client, operator: User) -> None:
    answer = client.get(reverse("run-list"))
    asked = answer.headers["Location"]
    assert client.post(asked, GIVEN).headers["Location"] == reverse("run-list")


@pytest.mark.parametrize("away", ["https://example.com/", "//example.com", "javascript:alert(1)"])
def test_signing_in_never_leads_elsewhere(away: str, client: Client, operator: User) -> None:
    answer = client.post(reverse("sign-in"), {**GIVEN, "next": away})
    assert answer.headers["Location"] == "/"


def test_a_wrong_password_is_told_without_telling_which_of_the_two(
    client: Client, operator: User
) -> None:
    for given in ({**GIVEN, "password": "other"}, {**GIVEN, "username": "nobody"}):
        text = client.post(reverse("sign-in"), given).content.decode()
        assert "Name and password do not belong together" in text
        assert "other" not in text


def test_a_password_store_can_fill_in_the_form(client: Client, operator: User) -> None:
    text = client.get(reverse("sign-in")).content.decode()
    assert 'autocomplete="username"' in text
    assert 'autocomplete="current-password"' in text
    assert "onpaste" not in text


def test_nobody_to_sign_in_says_where_the_first_comes_from(client: Client) -> None:
    assert "There is no account yet." in client.get(reverse("sign-in")).content.decode()


def test_signing_out_ends_the_session(signed_in: Callable[[User], Client], operator: User) -> None:
    client = signed_in(operator)
    assert client.get(reverse("sign-out")).status_code == 405
    client.post(reverse("sign-out"))
    assert client.get(reverse("home")).status_code == 302


@pytest.mark.parametrize("theme", ["white", "g100", "system"])
def test_the_chosen_appearance_is_kept(theme: str, client: Client) -> None:
    answer = client.post(reverse("theme"), {"theme": theme, "next": "/help"})
    assert answer.headers["Location"] == "/help"
    assert f'data-theme="{theme}"' in client.get("/help").content.decode()


def test_an_invented_appearance_is_the_systems(client: Client) -> None:
    client.post(reverse("theme"), {"theme": '"><script>'})
    assert 'data-theme="system"' in client.get("/help").content.decode()


def test_every_answer_forbids_what_is_not_ours(client: Client) -> None:
    for address in ("/help", "/sign-in", "/nowhere"):
        policy = client.get(address).headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy


@override_settings(DEBUG=False)
def test_an_unknown_page_says_what_to_do(client: Client) -> None:
    answer = client.get("/nowhere")
    assert answer.status_code == 404
    assert "There is no such page" in answer.content.decode()


def test_a_forged_form_is_refused_in_words(operator: User) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post(reverse("sign-in"), GIVEN)
    assert answer.status_code == 403
    assert "The form had expired" in answer.content.decode()


def test_a_broken_page_is_made_without_database_or_context() -> None:
    from django.template.loader import render_to_string

    text = render_to_string("500.html")
    assert "Runs are not affected" in text


def test_the_version_is_the_projects() -> None:
    project = Path(__file__).resolve().parents[2] / "pyproject.toml"
    assert tomllib.loads(project.read_text())["project"]["version"] == __version__
