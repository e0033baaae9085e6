"""The page behind the link that the server prints at its first start."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from migrator.services.first_admin import make_set_up_token

pytestmark = pytest.mark.django_db

CHOSEN = {"name": "keeper", "password": "seven-tall-pines", "again": "seven-tall-pines"}


@pytest.fixture
def page() -> str:
    return reverse("set-up", args=[make_set_up_token()])


def test_a_person_chooses_name_and_password_and_is_signed_in(client: Client, page: str) -> None:
    assert client.get(page).status_code == 200
    answer = client.post(page, CHOSEN)
    assert answer.status_code == 302
    assert answer.headers["Location"] == reverse("home")
    assert client.session["_auth_user_id"] == str(User.objects.get().pk)


def test_two_different_passwords_make_nobody(client: Client, page: str) -> None:
    answer = client.post(page, {**CHOSEN, "again": "another-tall-pine"})
    assert "This is not the same password" in answer.content.decode()
    assert not User.objects.exists()


def test_a_weak_password_is_told_on_the_page(client: Client, page: str) -> None:
    answer = client.post(page, {**CHOSEN, "password": "short", "again": "short"})
    assert "too short" in answer.content.decode()
    assert not User.objects.exists()


def test_refuses_a_used_link(client: Client, page: str) -> None:
    client.post(page, CHOSEN)
    assert Client().get(page).status_code == 410
    assert Client().post(page, {**CHOSEN, "name": "second"}).status_code == 410
    assert User.objects.count() == 1


def test_refuses_an_invented_link(client: Client) -> None:
    assert client.post(reverse("set-up", args=["guess"]), CHOSEN).status_code == 410
    assert not User.objects.exists()


def test_no_password_comes_back_in_the_page(client: Client, page: str) -> None:
    answer = client.post(page, {**CHOSEN, "name": "no blanks"})
    assert CHOSEN["password"] not in answer.content.decode()
