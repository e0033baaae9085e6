"""A second person for what destroys something."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from migrator.errors import ServiceError
from migrator.models import Approval, Archive, Instance
from migrator.services import approvals, users
from migrator.services.approvals import NeedsApproval
from migrator.services.users import Role

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def asked_for(settings: Settings) -> None:
    """The setting asks for a second person."""
    settings.SECOND_PERSON = ["delete"]


@pytest.fixture
def approver(admin: User) -> User:
    """Another person who may allow things."""
    return users.add_person(user=admin, name="ada", role=Role.APPROVER)


def wish(admin: User, instance: Instance) -> Approval:
    """What `admin` was refused without a second person."""
    with pytest.raises(NeedsApproval) as refused:
        approvals.approved("delete", user=admin, subject=instance, words="Delete Dallas")
    return Approval.objects.get(pk=refused.value.approval_pk)


def test_without_the_setting_nobody_is_asked(
    admin: User, by_hand: Instance, settings: Settings
) -> None:
    approvals.approved("undeploy", user=admin, subject=by_hand, words="Undeploy")
    settings.SECOND_PERSON = []
    approvals.approved("delete", user=admin, subject=by_hand, words="Delete")


def test_an_approval_is_good_for_one_use_by_one_person(
    admin: User, approver: User, by_hand: Instance
) -> None:
    asked = wish(admin, by_hand)
    assert wish(admin, by_hand) == asked
    approvals.decide(asked, user=approver, granted=True)
    with pytest.raises(NeedsApproval):
        approvals.approved("delete", user=approver, subject=by_hand, words="Delete Dallas")
    approvals.approved("delete", user=admin, subject=by_hand, words="Delete Dallas")
    assert wish(admin, by_hand) != asked


def test_nobody_allows_their_own_wish(admin: User, by_hand: Instance) -> None:
    with pytest.raises(ServiceError, match="for themselves"):
        approvals.decide(wish(admin, by_hand), user=admin, granted=True)


def test_a_refusal_needs_a_reason_and_is_told(
    admin: User, approver: User, by_hand: Instance
) -> None:
    asked = wish(admin, by_hand)
    with pytest.raises(ServiceError, match="needs a reason"):
        approvals.decide(asked, user=approver, granted=False)
    approvals.decide(asked, user=approver, granted=False, reason="Still in use.")
    with pytest.raises(NeedsApproval, match="refused it"):
        approvals.approved("delete", user=admin, subject=by_hand, words="Delete Dallas")
    with pytest.raises(ServiceError, match="decided already"):
        approvals.decide(asked, user=approver, granted=True)


def test_an_old_wish_is_asked_anew(admin: User, approver: User, by_hand: Instance) -> None:
    asked = wish(admin, by_hand)
    Approval.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert wish(admin, by_hand) != asked


def test_an_archive_is_deleted_after_another_person_allowed_it(
    admin: User, approver: User, archive: Archive, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(admin)
    refused = client.post(
        f"/archives/{archive.pk}/delete", {"typed": "Claims"}, follow=True
    ).content.decode()
    assert "another person has to allow it" in refused
    assert Archive.objects.exists()
    other = signed_in(approver)
    assert "Allow it once" in other.get("/approvals/").content.decode()
    assert "Allow it once" not in client.get("/approvals/").content.decode()
    other.post(f"/approvals/{Approval.objects.get().pk}/decide", {"allow": "1"})
    client.post(f"/archives/{archive.pk}/delete", {"typed": "Claims"}, follow=True)
    assert not Archive.objects.exists()
