"""The archive's pages: what is inside, the download, and the end of one."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.files.storage import default_storage
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from migrator import tasks
from migrator.models import Archive, AuditEntry
from tests.stored import spoil_stored, stored_bytes

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def browser(signed_in: Callable[[User], Client], operator: User) -> Client:
    """The operator's browser."""
    return signed_in(operator)


def body(answer: HttpResponseBase) -> bytes:
    """Everything that a streamed answer sends."""
    return b"".join(answer)


def test_the_page_says_what_is_inside(browser: Client, archive: Archive) -> None:
    text = browser.get(reverse("archive-detail", args=[archive.pk])).content.decode()
    assert archive.sha256 in text
    assert "Verified" in text
    assert "What could not be backed up" in text
    assert f">{archive.counts['documents']}<" in text


def test_a_download_is_the_archive_byte_for_byte(browser: Client, archive: Archive) -> None:
    answer = browser.get(reverse("archive-download", args=[archive.pk]))
    content = body(answer)
    assert hashlib.sha256(content).hexdigest() == archive.sha256
    assert answer.headers["Content-Length"] == str(archive.size)
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert AuditEntry.objects.filter(action="archive.downloaded").exists()


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [("bytes=0-9", 0, 9), ("bytes=100-", 100, -1), ("bytes=-20", -20, -1)],
)
def test_a_broken_download_goes_on_where_it_stopped(
    asked: str, first: int, last: int, browser: Client, archive: Archive
) -> None:
    answer = browser.get(reverse("archive-download", args=[archive.pk]), headers={"Range": asked})
    start, end = (n % archive.size for n in (first, last))
    assert answer.status_code == 206
    assert answer.headers["Content-Range"] == f"bytes {start}-{end}/{archive.size}"
    with default_storage.open(archive.file) as file:
        assert body(answer) == file.read()[start : end + 1]


def test_a_range_behind_the_end_is_refused(browser: Client, archive: Archive) -> None:
    address = reverse("archive-download", args=[archive.pk])
    answer = browser.get(address, headers={"Range": f"bytes={archive.size}-"})
    assert answer.status_code == 416
    assert answer.headers["Content-Range"] == f"bytes */{archive.size}"


@pytest.mark.parametrize("asked", ["bytes=", "bytes=-", "bytes=9-3", "lines=1-2", "bytes=1-2,5-6"])
def test_nonsense_gives_the_whole_file(asked: str, browser: Client, archive: Archive) -> None:
    address = reverse("archive-download", args=[archive.pk])
    answer = browser.get(address, headers={"Range": asked})
    assert answer.status_code == 200
    assert len(body(answer)) == archive.size


def test_another_file_by_now_is_sent_from_its_beginning(browser: Client, archive: Archive) -> None:
    answer = browser.get(
        reverse("archive-download", args=[archive.pk]),
        headers={"Range": "bytes=10-", "If-Range": '"another"'},
    )
    assert answer.status_code == 200
    assert len(body(answer)) == archive.size


def test_a_lost_file_is_told_in_a_sentence(browser: Client, archive: Archive) -> None:
    default_storage.delete(archive.file)
    address = reverse("archive-download", args=[archive.pk])
    text = browser.get(address, follow=True).content.decode()
    assert "not in the storage any more" in text


def test_a_damaged_archive_is_said_to_be_damaged(browser: Client, archive: Archive) -> None:
    spoil_stored(archive.file)
    text = verified_again(browser, archive)
    assert "The archive is damaged." in text
    archive.refresh_from_db()
    assert archive.verify_problem


def verified_again(browser: Client, archive: Archive) -> str:
    """The archive's page after somebody asked for it and a worker read it."""
    browser.post(reverse("archive-verify", args=[archive.pk]))
    tasks.verify_archive(archive.pk)
    return browser.get(reverse("archive-detail", args=[archive.pk])).content.decode()


def test_a_whole_archive_is_read_again_by_a_worker(browser: Client, archive: Archive) -> None:
    before = archive.verified_at
    assert before is not None
    browser.post(reverse("archive-verify", args=[archive.pk]))
    page = browser.get(reverse("archive-detail", args=[archive.pk])).content.decode()
    assert "Being verified" in page
    assert "Verify again" not in page
    state = reverse("archive-state", args=[archive.pk])
    assert browser.get(state, {"seen": "reading"}).status_code == 204
    tasks.verify_archive(archive.pk)
    part = browser.get(state, {"seen": "reading"}).content.decode()
    assert "Being verified" not in part
    assert "hx-get" not in part
    archive.refresh_from_db()
    assert archive.verified_at is not None
    assert archive.verified_at > before
    assert AuditEntry.objects.filter(action="archive.verification_asked", who="operator").exists()


def test_an_archive_is_read_once_at_a_time(browser: Client, archive: Archive) -> None:
    address = reverse("archive-verify", args=[archive.pk])
    browser.post(address)
    text = browser.post(address, follow=True).content.decode()
    assert "is being read again already" in text


def test_a_reading_whose_worker_died_may_be_asked_for_again(
    browser: Client, archive: Archive
) -> None:
    browser.post(reverse("archive-verify", args=[archive.pk]))
    Archive.objects.update(verifying_at=timezone.now() - timedelta(minutes=6))
    page = browser.get(reverse("archive-detail", args=[archive.pk])).content.decode()
    assert "Verify again" in page
    verified_again(browser, archive)
    archive.refresh_from_db()
    assert archive.verifying_at is None


def test_a_message_for_an_archive_that_was_read_meanwhile_does_nothing(archive: Archive) -> None:
    before = archive.verified_at
    tasks.verify_archive(archive.pk)
    tasks.verify_archive(archive.pk + 1)
    archive.refresh_from_db()
    assert archive.verified_at == before


def test_an_archive_is_deleted_only_by_its_workspaces_name(
    signed_in: Callable[[User], Client], admin: User, archive: Archive
) -> None:
    client = signed_in(admin)
    address = reverse("archive-delete", args=[archive.pk])
    assert "only verified archive" in client.get(address).content.decode()
    refused = client.post(address, {"typed": "yes"}).content.decode()
    assert "That is not the name. Nothing was deleted." in refused
    assert Archive.objects.exists()
    client.post(address, {"typed": archive.workspace_name})
    assert not Archive.objects.exists()
    assert not default_storage.exists(archive.file)


def test_an_archive_can_be_brought_from_outside(
    browser: Client, archive: Archive, tmp_path: Path
) -> None:
    copy = tmp_path / "brought.zip"
    copy.write_bytes(stored_bytes(archive.file))
    with copy.open("rb") as file:
        text = browser.post(reverse("archive-bring"), {"files": [file]}, follow=True)
    assert "is whole and kept" in text.content.decode()
    junk = tmp_path / "junk.zip"
    junk.write_bytes(b"no archive at all")
    with junk.open("rb") as file:
        answer = browser.post(reverse("archive-bring"), {"files": [file]}, follow=True)
    assert "cds--inline-notification--error" in answer.content.decode()
    assert Archive.objects.count() == 1


def test_examples_from_documents_are_kept_from_a_viewer(
    signed_in: Callable[[User], Client], viewer: User, archive: Archive
) -> None:
    text = signed_in(viewer).get(reverse("archive-detail", args=[archive.pk])).content.decode()
    assert archive.findings
    assert " example" not in text.split("What the inspection found")[1].split("What could")[0]


def test_an_archive_without_a_count_is_listed(browser: Client, archive: Archive) -> None:
    Archive.objects.update(counts={})
    assert "–" in browser.get(reverse("archive-list")).content.decode()


def second_copy(archive: Archive, **changes: object) -> Archive:
    """Another archive of the same workspace, made a day before."""
    copy = Archive.objects.get(pk=archive.pk)
    copy.pk, copy.file = None, "another/copy.zip"
    for name, value in changes.items():
        setattr(copy, name, value)
    copy.save(force_insert=True)
    Archive.objects.filter(pk=copy.pk).update(created_at=timezone.now() - timedelta(days=1))
    return copy


def test_a_damaged_archive_names_the_newest_whole_copy(browser: Client, archive: Archive) -> None:
    copy = second_copy(archive)
    second_copy(archive, file="third.zip", verify_problem="It is damaged, too.")
    second_copy(archive, file="fourth.zip", verified_at=None)
    Archive.objects.filter(pk=archive.pk).update(verify_problem="It was altered.")
    page = browser.get(reverse("archive-detail", args=[archive.pk]))
    assert page.context["copy"] == copy
    text = page.content.decode()
    there = reverse("archive-detail", args=[copy.pk])
    assert f'<a href="{there}">the copy of ' in text
    assert f'cds--btn--primary" href="{there}"' in text
    restore = reverse("restore-new", args=[archive.pk])
    assert f'cds--btn--primary" href="{restore}"' not in text
    state = browser.get(reverse("archive-state", args=[archive.pk])).content.decode()
    assert f'<a href="{there}">the copy of ' in state


def test_without_a_copy_it_says_how_to_get_one(browser: Client, archive: Archive) -> None:
    Archive.objects.update(verify_problem="It was altered.")
    text = browser.get(reverse("archive-detail", args=[archive.pk])).content.decode()
    assert "No other archive of this workspace is known to be whole." in text
    assert archive.workspace is not None
    again = f"{reverse('backup-new', args=[archive.workspace.instance_id])}?workspace="
    assert f"{again}{archive.workspace_id}" in text
