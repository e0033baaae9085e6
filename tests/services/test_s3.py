"""Archives in a bucket of a real S3 server: kept, proved, sent in parts, restored from, deleted."""

import hashlib
import logging
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pyrage
import pytest
import requests
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from dashboard.restore_source import entity_types_of
from migrator.archives.age.files import encrypt_file
from migrator.archives.age.keys import Key, Lock
from migrator.archives.check import check_archive
from migrator.archives.errors import ArchiveError
from migrator.errors import StorageAway, StorageRefuses, TransientError
from migrator.models import Archive, Run, Step
from migrator.services import archives, arrivals, queue
from migrator.services.archive_files import LocalFile, local_copy
from migrator.services.archive_keys import unlock_archive
from migrator.services.bringing import bring_archive
from migrator.services.drive import drive
from migrator.storage import PART, PARTS_AT_ONCE, Bucket
from sandbox.generator import generate
from tests.s3 import BUCKET, SECRET_KEY, S3Server, s3_server

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def server() -> Iterator[S3Server]:
    """One for all tests here."""
    with s3_server() as running:
        yield running


@pytest.fixture
def bucket(server: S3Server, tmp_path: Path, settings: Settings) -> S3Server:
    """The bucket as the product's storage."""
    settings.WORK_DIR = tmp_path / "work"
    settings.WORK_DIR.mkdir()
    use(settings, server.options())
    return server


def use(settings: Settings, options: dict[str, object]) -> None:
    """Make a bucket the storage."""
    default = {"BACKEND": "migrator.storage.Bucket", "OPTIONS": options}
    settings.STORAGES = {**settings.STORAGES, "default": default}


@pytest.fixture
def archive(bucket: S3Server, run: Run, operator: User, tmp_path: Path) -> Archive:
    """What a backup by hand left in the bucket."""
    export = generate(tmp_path, seed=7, documents=12)
    with queue.in_process():
        drive(run)
        for file in (export.types, export.corpus, export.dictionaries):
            arrivals.bring_file(run, run.plan.items.get(), file, name=file.name, user=operator)
            drive(run)
        arrivals.say_complete(run.steps.get(kind=Step.Kind.DICTIONARIES), user=operator)
        drive(run)
    return Archive.objects.get()


@pytest.fixture
def browser(operator: User) -> Client:
    """The operator's browser."""
    client = Client()
    client.force_login(operator)
    return client


def body(answer: HttpResponseBase) -> bytes:
    """Everything that a streamed answer sends."""
    return b"".join(answer)


def test_a_backup_lies_in_the_bucket_and_lives_there_to_its_end(
    bucket: S3Server, archive: Archive, browser: Client, operator: User
) -> None:
    assert archive.file in bucket.names()
    content = bucket.client.get_object(Bucket=BUCKET, Key=archive.file)["Body"].read()
    assert hashlib.sha256(content).hexdigest() == archive.sha256
    archives.verify_archive(archive, user=operator)
    assert archive.verify_problem == ""
    assert entity_types_of(archive)

    address = reverse("archive-download", args=[archive.pk])
    assert body(browser.get(address)) == content
    part = browser.get(address, headers={"Range": "bytes=100-"})
    assert part.status_code == 206
    assert body(part) == content[100:]
    assert body(browser.get(address, headers={"Range": "bytes=-9"})) == content[-9:]

    archives.delete_archive(archive, user=User.objects.create_superuser("admin"))
    assert archive.file not in bucket.names()


def test_an_encrypted_archive_lies_in_the_bucket_and_is_read_there(
    bucket: S3Server, archive: Archive, operator: User, tmp_path: Path
) -> None:
    identity = pyrage.x25519.Identity.generate()
    locked, key = tmp_path / "claims.zip.age", Key(identities=str(identity))
    with local_copy(archive) as path:
        encrypt_file(path, locked, Lock(recipients=(str(identity.to_public()),)))
    encrypted = bring_archive(locked, user=operator, key=key)
    assert encrypted.file in bucket.names()
    unlock_archive(encrypted, user=operator, key=key)
    archives.verify_archive(encrypted, user=operator)
    assert encrypted.verify_problem == ""
    assert set(entity_types_of(encrypted)) >= set(entity_types_of(archive))
    content = bytearray(bucket.client.get_object(Bucket=BUCKET, Key=encrypted.file)["Body"].read())
    content[-1] ^= 0xFF
    bucket.client.put_object(Bucket=BUCKET, Key=encrypted.file, Body=bytes(content))
    archives.verify_archive(encrypted, user=operator)
    assert "is not the one that was stored" in encrypted.verify_problem
    with pytest.raises(ArchiveError, match="cut short or altered"), local_copy(encrypted):
        pass


def test_with_presigned_addresses_the_server_sends_it_itself(
    bucket: S3Server, archive: Archive, browser: Client, settings: Settings
) -> None:
    use(settings, bucket.options(presigned=True))
    answer = browser.get(reverse("archive-download", args=[archive.pk]))
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(f"{bucket.endpoint}/{BUCKET}/")
    assert "X-Amz-Expires=60" in answer.headers["Location"]
    assert SECRET_KEY not in answer.headers["Location"]
    sent = requests.get(answer.headers["Location"], headers={"Range": "bytes=5-"}, timeout=10)
    assert sent.status_code == 206
    assert len(sent.content) == archive.size - 5
    assert sent.headers["Content-Disposition"].startswith("attachment")
    without = requests.get(answer.headers["Location"].partition("?")[0], timeout=10)
    assert without.status_code == 403


def test_a_damaged_object_is_found_and_a_lost_one_is_told(
    bucket: S3Server, archive: Archive, browser: Client, operator: User
) -> None:
    content = bytearray(bucket.client.get_object(Bucket=BUCKET, Key=archive.file)["Body"].read())
    content[len(content) // 2] ^= 0xFF
    bucket.client.put_object(Bucket=BUCKET, Key=archive.file, Body=bytes(content))
    archives.verify_archive(archive, user=operator)
    assert "Do not restore from this file." in archive.verify_problem
    bucket.client.delete_object(Bucket=BUCKET, Key=archive.file)
    page = browser.get(reverse("archive-download", args=[archive.pk]), follow=True)
    assert "not in the storage any more" in page.content.decode()


def test_a_large_file_goes_up_in_parts_and_is_read_from_any_byte(bucket: S3Server) -> None:
    content = bytes(range(256)) * (80 * 1024)  # 20 MB: three parts
    name = default_storage.save("large/one.zip", ContentFile(content))
    assert default_storage.size(name) == len(content)
    with default_storage.open(name, "rb") as file:
        file.seek(15_000_001)
        assert file.read(1000) == content[15_000_001:15_001_001]
        file.seek(-3, 2)
        assert file.read() == content[-3:]
    default_storage.delete(name)
    assert not default_storage.exists(name)


def test_memory_does_not_grow_with_the_file(bucket: S3Server, tmp_path: Path) -> None:
    large = tmp_path / "large.zip"
    with large.open("wb") as file:
        file.truncate(128 * 1024 * 1024)
    tracemalloc.start()
    try:
        with LocalFile(large) as content:
            name = default_storage.save("memory/large.zip", content)
        with default_storage.open(name, "rb") as stored:
            hashlib.file_digest(stored, "sha256")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 2 * PARTS_AT_ONCE * PART + 16 * 1024 * 1024


def test_nothing_is_ever_overwritten(bucket: S3Server) -> None:
    first = default_storage.save("same/name.zip", ContentFile(b"one"))
    second = default_storage.save("same/name.zip", ContentFile(b"two"))
    assert first != second
    assert sorted(default_storage.listdir("same")[1]) == sorted(
        Path(name).name for name in (first, second)
    )
    with default_storage.open(first, "rb") as file:
        assert file.read() == b"one"


def test_a_file_replaced_while_it_is_read_is_not_mixed(bucket: S3Server) -> None:
    name = default_storage.save("mixed.bin", ContentFile(b"a" * 1_000_000))
    with default_storage.open(name, "rb") as file:
        assert file.read(10) == b"a" * 10
        bucket.client.put_object(Bucket=BUCKET, Key=name, Body=b"b" * 1_000_000)
        file.seek(900_000)
        with pytest.raises(StorageAway):
            file.read(10)


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"secret_key": "wrong"}, StorageRefuses),
        ({"bucket_name": "nobody-made-this"}, StorageRefuses),
        ({"endpoint_url": "http://127.0.0.1:9"}, StorageAway),
    ],
)
def test_what_keeps_it_from_working_is_told_without_the_key(
    options: dict[str, object],
    error: type[Exception],
    server: S3Server,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.WARNING, "botocore")  # as in the settings
    storage = Bucket(**server.options(**options))
    with pytest.raises(error) as told:
        storage.answers()
    assert SECRET_KEY not in str(told.value) + caplog.text


def test_a_verification_says_nothing_of_the_archive_while_the_server_is_away(
    bucket: S3Server, archive: Archive, operator: User, settings: Settings, browser: Client
) -> None:
    use(settings, bucket.options(endpoint_url="http://127.0.0.1:9"))
    with pytest.raises(TransientError):
        archives.verify_archive(archive, user=operator)
    archive.refresh_from_db()
    assert archive.verify_problem == ""
    page = browser.get(reverse("archive-download", args=[archive.pk]), follow=True)
    assert "does not answer" in page.content.decode()


def test_bytes_that_come_back_changed_never_get_a_row(
    bucket: S3Server, archive: Archive, tmp_path: Path, operator: User
) -> None:
    copy = tmp_path / "copy.zip"
    with default_storage.open(archive.file, "rb") as stored:
        copy.write_bytes(stored.read())
    checked = check_archive(copy)
    copy.write_bytes(copy.read_bytes()[:-1])  # what arrives is not what was checked
    with pytest.raises(TransientError, match="other bytes"):
        archives.store_archive(copy, checked, name="late.zip", user=operator)
    assert not Archive.objects.filter(file="late.zip").exists()
