"""The pages of the rule by which archives go, and of holds."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from migrator.models import Archive, ArchiveHold
from migrator.services.retention import Rule, rule_now, set_rule

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = "archive-retention"


@pytest.fixture
def browser(signed_in: Callable[[User], Client], admin: User) -> Client:
    """The administrator's browser."""
    return signed_in(admin)


@pytest.fixture
def old(archive: Archive) -> Archive:
    """An archive of fifty days, with a newer one of its workspace."""
    newer = Archive.objects.get(pk=archive.pk)
    newer.pk, newer.file, newer.sha256 = None, "newer.zip", "1" * 64
    newer.save()
    Archive.objects.filter(pk=archive.pk).update(created_at=timezone.now() - timedelta(days=50))
    archive.refresh_from_db()
    return archive


def test_what_would_go_is_shown_before_there_is_a_rule(browser: Client, old: Archive) -> None:
    page = browser.get(reverse(PAGE)).content.decode()
    assert "No archive is deleted by a rule." in page
    assert "Nothing goes." in page
    asked = browser.get(reverse(PAGE), {"days": 30, "newest": 1}).content.decode()
    assert reverse("archive-detail", args=[old.pk]) in asked
    assert "1 archive (" in asked
    assert "Make this the rule" in asked
    assert rule_now() == Rule(), "looking changes nothing"


def test_a_rule_is_saved_and_applied(browser: Client, old: Archive) -> None:
    browser.post(reverse(PAGE), {"days": 30, "newest": 1, "takes_receipts": "False"})
    assert rule_now() == Rule(30, 1)
    page = browser.get(reverse(PAGE)).content.decode()
    assert "Delete 1 archive now" in page
    detail = browser.get(reverse("archive-detail", args=[old.pk])).content.decode()
    assert "deletes this archive within the hour" in detail
    answer = browser.post(reverse("archive-retention-apply"), follow=True).content.decode()
    assert "1 archive was deleted." in answer
    assert not Archive.objects.filter(pk=old.pk).exists()


@pytest.mark.parametrize("sent", [{"days": "0"}, {"days": "soon"}, {"days": "3", "newest": "0"}])
def test_a_rule_that_keeps_nothing_is_refused_beside_its_field(
    sent: dict[str, str], browser: Client, old: Archive
) -> None:
    page = browser.post(reverse(PAGE), sent).content.decode()
    assert 'aria-invalid="true"' in page
    assert rule_now() == Rule()


def test_an_operator_places_a_hold_and_an_administrator_lifts_it(
    signed_in: Callable[[User], Client], operator: User, browser: Client, old: Archive
) -> None:
    set_rule(Rule(30, 1), user=None)
    client = signed_in(operator)
    address = reverse("archive-hold", args=[old.pk])
    assert "A hold has a reason." in client.post(address, {}, follow=True).content.decode()
    page = client.post(address, {"reason": "Case 4711"}, follow=True).content.decode()
    assert "Nobody can delete it." in page
    assert "Case 4711" in page
    assert "Lift this hold" not in page
    applied = browser.post(reverse("archive-retention-apply"), follow=True).content.decode()
    assert "0 archives were deleted." in applied
    typed = {"typed": old.workspace_name}
    told = browser.post(reverse("archive-delete", args=[old.pk]), typed, follow=True)
    assert "is held: Case 4711" in told.content.decode()
    hold = ArchiveHold.objects.get()
    browser.post(reverse("archive-hold-lift", args=[old.pk, hold.pk]))
    hold.refresh_from_db()
    assert hold.lifted_by is not None
    assert Archive.objects.filter(pk=old.pk).exists()


def test_pages_need_few_queries(browser: Client, old: Archive) -> None:
    for address in (reverse(PAGE), reverse("archive-detail", args=[old.pk])):
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(address).status_code == 200
        assert len(queries) <= 12, address
