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

from dashboard.templatetags.words import moment
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


def kept_of(browser: Client, **filters: str) -> dict[int, str]:
    """What the list of archives says each is kept by, by its key."""
    rows = browser.get(reverse("archive-list"), filters).context["rows"]
    return {archive.pk: verdict.by for archive, verdict in rows}


def test_the_list_says_what_each_archive_is_kept_by(browser: Client, old: Archive) -> None:
    newer = Archive.objects.exclude(pk=old.pk).get()
    assert kept_of(browser) == {newer.pk: "no_rule", old.pk: "no_rule"}
    text = browser.get(reverse("archive-list")).content.decode()
    assert "No rule deletes archives" in text
    set_rule(Rule(30, 1), user=None)
    assert kept_of(browser) == {newer.pk: "newest", old.pk: "nothing"}
    set_rule(Rule(60, 1), user=None)
    assert kept_of(browser) == {newer.pk: "newest", old.pk: "age"}
    until = old.created_at + timedelta(days=60)
    text = browser.get(reverse("archive-list")).content.decode()
    assert f"Until {moment(until)}" in text
    detail = browser.get(reverse("archive-detail", args=[old.pk])).content.decode()
    assert f"Until {moment(until)}: then" in detail
    ArchiveHold.objects.create(archive=old, reason="The auditors look at it.")
    assert kept_of(browser) == {newer.pk: "newest", old.pk: "held"}


def test_archives_are_judged_with_those_that_the_filters_hide(
    browser: Client, old: Archive
) -> None:
    set_rule(Rule(30, 1), user=None)
    Archive.objects.filter(pk=old.pk).update(workspace_name="Claims of old")
    assert kept_of(browser, q="of old") == {old.pk: "nothing"}


def test_archives_are_filtered_by_instance_and_state(browser: Client, old: Archive) -> None:
    newer = Archive.objects.exclude(pk=old.pk).get()
    both = {old.pk, newer.pk}
    assert kept_of(browser, instance=f"{old.instance_id}").keys() == both
    assert kept_of(browser, state="verified").keys() == both
    for state in ("damaged", "held", "encrypted", "never"):
        assert not kept_of(browser, state=state)
    ArchiveHold.objects.create(archive=old, reason="One.")
    ArchiveHold.objects.create(archive=old, reason="Another.")
    ArchiveHold.objects.create(archive=newer, reason="Over.", lifted_at=timezone.now())
    Archive.objects.filter(pk=newer.pk).update(verify_problem="Altered.", encryption="passphrase")
    assert kept_of(browser, state="held").keys() == {old.pk}
    assert kept_of(browser, state="damaged").keys() == {newer.pk}
    assert kept_of(browser, state="encrypted").keys() == {newer.pk}
    assert kept_of(browser, state="verified").keys() == {old.pk}
    Archive.objects.filter(pk=newer.pk).update(instance=None, verified_at=None)
    assert kept_of(browser, instance=f"{old.instance_id}").keys() == {old.pk}
    assert kept_of(browser, state="never").keys() == {newer.pk}
