"""The page of personal data: look, take the report, erase after a confirmation."""

import json
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from migrator.models import Member, Workspace

pytestmark = pytest.mark.django_db(transaction=True)

NAMES = "Jörg Müller\r\njoerg.mueller@example.com"


@pytest.fixture
def member(workspace: Workspace) -> Member:
    """The person in a workspace."""
    return Member.objects.create(
        workspace=workspace, user_id="joerg.mueller@example.com", name="Jörg Müller", role="admin"
    )


@pytest.fixture
def browser(signed_in: Callable[[User], Client], admin: User) -> Client:
    """The administrator's browser."""
    return signed_in(admin)


def test_what_is_found_is_shown_and_taken_along(browser: Client, member: Member) -> None:
    address = reverse("user-data")
    page = browser.post(address, {"terms": NAMES, "wish": "look"}).content.decode()
    assert "Members of workspaces" in page
    assert "Is replaced by a pseudonym" in page
    csv = b"".join(browser.post(address, {"terms": NAMES, "wish": "csv"}))
    assert "Members of workspaces,migrator.Member" in csv.decode()
    answer = browser.post(address, {"terms": NAMES, "wish": "json"})
    [entry] = json.loads(b"".join(answer))["entries"]
    assert entry["columns"] == "user_id, name"
    assert "nowhere" in browser.post(address, {"terms": "Nobody Here"}).content.decode()
    assert "Give 1 to 10 names" in browser.post(address, {"terms": "Al"}).content.decode()


def test_a_person_is_erased_after_a_confirmation(browser: Client, member: Member) -> None:
    address = reverse("user-data")
    refused = browser.post(address, {"terms": NAMES, "wish": "erase"}).content.decode()
    assert "Confirm this first; nothing was changed." in refused
    member.refresh_from_db()
    assert member.name == "Jörg Müller"
    sent = {"terms": NAMES, "wish": "erase", "confirmed": "on"}
    page = browser.post(address, sent, follow=True).content.decode()
    member.refresh_from_db()
    assert f"the person is called {member.name} in 1 row now" in page
    assert member.name.startswith("person-")


def test_ones_own_account_is_refused_in_words(browser: Client, admin: User) -> None:
    User.objects.filter(pk=admin.pk).update(username="grace.hopper")
    sent = {"terms": "grace.hopper", "wish": "erase", "confirmed": "on"}
    page = browser.post(reverse("user-data"), sent).content.decode()
    assert "Nobody erases their own account." in page
    admin.refresh_from_db()
    assert admin.is_active
