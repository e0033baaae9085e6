"""Comparing two archives of one workspace: chosen on a page, compared by a worker."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from migrator import tasks
from migrator.archives.check import check_archive
from migrator.archives.contents import Contents
from migrator.archives.write import write_archive
from migrator.formats.inspect import inspect
from migrator.models import Archive, ArchiveComparison, AuditEntry
from migrator.services.archive_files import local_copy
from migrator.services.archives import store_archive
from sandbox.generator import generate
from tests.stored import spoil_stored

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def browser(signed_in: Callable[[User], Client], operator: User) -> Client:
    """The operator's browser."""
    return signed_in(operator)


@pytest.fixture
def newer(archive: Archive, tmp_path: Path) -> Archive:
    """The same workspace a day later, with other documents and without its dictionaries."""
    Archive.objects.filter(pk=archive.pk).update(created_at=timezone.now() - timedelta(days=1))
    archive.refresh_from_db()
    export = generate(tmp_path / "later", seed=7, documents=9)
    contents = Contents(
        workspace=archive.facts,
        inspection=inspect([export.types, export.corpus]).to_json_dict(),
        created_at=timezone.now(),
        types=export.types,
        corpus=export.corpus,
    )
    path = tmp_path / "later.zip"
    write_archive(path, contents)
    return store_archive(
        path, check_archive(path), name="later.zip", user=None, workspace=archive.workspace
    )


def compared(browser: Client, one: Archive, other: Archive) -> ArchiveComparison:
    """What a worker found after somebody asked for it on the page."""
    answer = browser.post(reverse("archive-compare", args=[one.pk]), {"other": other.pk})
    comparison = ArchiveComparison.objects.get()
    there = reverse("archive-comparison", args=[comparison.pk])
    assert answer.headers["Location"] == there
    tasks.compare_archives(comparison.pk)
    comparison.refresh_from_db()
    return comparison


def shown(browser: Client, comparison: ArchiveComparison, **headers: str) -> str:
    """Its page, or the part that htmx asks for."""
    there = reverse("archive-comparison", args=[comparison.pk])
    return browser.get(there, headers=headers).content.decode()


def test_what_changed_between_two_backups_is_shown(
    browser: Client, archive: Archive, newer: Archive
) -> None:
    offered = browser.get(reverse("archive-compare", args=[archive.pk])).content.decode()
    assert f'value="{newer.pk}"' in offered
    found = compared(browser, newer, archive)
    assert (found.older, found.newer) == (archive, newer)
    assert found.compared["documents"] == [archive.counts["documents"], 9]
    assert found.totals["missing_document"] > 0
    assert found.totals["missing_dictionary"] > 0
    text = shown(browser, found)
    assert "Gone since: document" in text
    assert AuditEntry.objects.filter(action="archives.compared", who="operator").exists()


def test_the_same_content_is_said_to_be_equal(
    browser: Client, archive: Archive, tmp_path: Path
) -> None:
    with local_copy(archive) as path:
        twin = tmp_path / "twin.zip"
        twin.write_bytes(path.read_bytes())
    copy = store_archive(twin, check_archive(twin), name="twin.zip", user=None)
    assert copy.source_workspace_id == archive.source_workspace_id
    found = compared(browser, archive, copy)
    assert found.is_identical
    assert "Nothing changed" in shown(browser, found)


def test_the_page_waits_without_asking_for_more_than_a_row(
    browser: Client, archive: Archive, newer: Archive
) -> None:
    ask = reverse("archive-compare", args=[archive.pk])
    browser.post(ask, {"other": newer.pk})
    comparison = ArchiveComparison.objects.get()
    assert "hx-trigger" in shown(browser, comparison)
    there = reverse("archive-comparison", args=[comparison.pk])
    assert browser.get(there, headers={"HX-Request": "true"}).status_code == 204
    again = browser.post(ask, {"other": newer.pk}, follow=True).content.decode()
    assert "being compared already" in again
    tasks.compare_archives(comparison.pk)
    part = shown(browser, comparison, **{"HX-Request": "true"})
    assert "hx-trigger" not in part
    assert "<html" not in part
    tasks.compare_archives(comparison.pk)  # a message that came twice


def test_a_comparison_whose_worker_died_may_be_asked_for_again(
    browser: Client, archive: Archive, newer: Archive
) -> None:
    browser.post(reverse("archive-compare", args=[archive.pk]), {"other": newer.pk})
    ArchiveComparison.objects.update(working_at=timezone.now() - timedelta(minutes=6))
    assert "did not come to its end" in shown(browser, ArchiveComparison.objects.get())
    assert compared(browser, archive, newer).totals


def test_an_altered_archive_is_not_compared(
    browser: Client, archive: Archive, newer: Archive
) -> None:
    spoil_stored(newer.file)
    found = compared(browser, archive, newer)
    assert "no longer matches its fingerprint" in found.problem
    assert "could not be compared" in shown(browser, found)


def test_only_archives_of_one_workspace_are_compared(
    browser: Client, archive: Archive, newer: Archive
) -> None:
    Archive.objects.filter(pk=newer.pk).update(source_workspace_id="another")
    for other in (f"{newer.pk}", f"{archive.pk}", "nonsense", ""):
        ask = reverse("archive-compare", args=[archive.pk])
        text = browser.post(ask, {"other": other}, follow=True).content.decode()
        assert "Two archives of one workspace can be compared." in text
    assert not ArchiveComparison.objects.exists()


def test_a_locked_archive_is_not_compared(
    browser: Client, archive: Archive, newer: Archive
) -> None:
    Archive.objects.filter(pk=newer.pk).update(encryption="passphrase")
    ask = reverse("archive-compare", args=[archive.pk])
    text = browser.post(ask, {"other": newer.pk}, follow=True).content.decode()
    assert "nobody has unlocked it" in text


def test_who_sees_no_document_text_sees_none_here(
    browser: Client,
    archive: Archive,
    newer: Archive,
    viewer: User,
    signed_in: Callable[[User], Client],
) -> None:
    found = compared(browser, archive, newer)
    secret = "the text of a document"
    example = {"kind": "changed_text", "part": "documents", "subject": "Letter 1"}
    found.examples = [{**example, "detail": secret, "reason": "", "left": secret, "right": secret}]
    found.save()
    assert secret in shown(browser, found)
    text = shown(signed_in(viewer), found)
    assert secret not in text
    assert "Letter 1" in text
