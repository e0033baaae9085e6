"""A disk that is really full: nothing half-written shows, and work goes on once there is room."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.files.storage import default_storage
from pytest_django import Settings

from migrator.errors import ServiceError
from migrator.formats import scratch
from migrator.models import Archive, Instance, Run, RunState, Step
from migrator.services import archives, queue, retrying
from tests.services.test_by_connector import back_up, performed, problems
from tests.tmpfs import SmallDisk, small_disk

pytestmark = pytest.mark.django_db(transaction=True)
Connected = dict[str, Instance]

ROOM = 64 * 1024  # kilobytes; enough for everything here


@pytest.fixture
def work(tmp_path: Path, settings: Settings) -> Iterator[SmallDisk]:
    """A small disk under the working files."""
    settings.DISK_RESERVE_MB = 0
    with small_disk(tmp_path / "work", 64) as disk:
        settings.WORK_DIR = disk.folder
        yield disk


@pytest.fixture
def storage(tmp_path: Path, settings: Settings) -> Iterator[SmallDisk]:
    """A small disk under the archives alone."""
    settings.DISK_RESERVE_MB = 0
    with small_disk(tmp_path / "storage", 64) as disk:
        options = {"location": disk.folder}
        backend = "django.core.files.storage.FileSystemStorage"
        settings.STORAGES = {
            **settings.STORAGES,
            "default": {"BACKEND": backend, "OPTIONS": options},
        }
        yield disk


def retried(run: Run, user: User) -> Run:
    """The run after a person made room and pressed Retry."""
    with queue.in_process():
        retrying.retry_failed(run, user=user)
    return performed(run)


def test_a_download_that_does_not_fit_fails_in_words_and_goes_on(
    connected: Connected, operator: User, work: SmallDisk
) -> None:
    run = back_up(connected["source"], operator, "Claims")
    assert run.state == RunState.FAILED
    assert "No space left on device" in problems(run)[0]
    assert not list(work.folder.rglob("*.zip"))
    work.resize(ROOM)
    run = retried(run, operator)
    assert run.state in {RunState.COMPLETED, RunState.WARNINGS}, problems(run)
    assert Archive.objects.get().verify_problem == ""
    assert not [path for path in work.folder.rglob("*") if path.is_file()]


def test_an_archive_that_does_not_fit_is_never_half_visible(
    connected: Connected, operator: User, storage: SmallDisk
) -> None:
    run = back_up(connected["source"], operator, "Claims")
    assert run.state == RunState.FAILED
    assert run.steps.get(status="failed").kind == Step.Kind.SEAL
    assert "disk is nearly full" in problems(run)[0]
    assert not [path for path in storage.folder.rglob("*") if path.is_file()]
    storage.resize(ROOM)
    run = retried(run, operator)
    assert run.state in {RunState.COMPLETED, RunState.WARNINGS}, problems(run)
    archive = Archive.objects.get()
    assert archives.verify_archive(archive, user=operator).verify_problem == ""
    stored = [path for path in storage.folder.rglob("*") if path.is_file()]
    assert stored == [Path(default_storage.path(archive.file))]


def test_a_whole_archive_is_not_called_damaged_where_it_cannot_be_unpacked(
    connected: Connected, operator: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    back_up(connected["source"], operator, "Claims")
    archive = Archive.objects.get()
    with small_disk(tmp_path / "scratch", 64) as disk:
        monkeypatch.setattr(scratch, "_parent", disk.folder)
        with pytest.raises(ServiceError, match="disk is nearly full"):
            archives.verify_archive(archive, user=operator)
    archive.refresh_from_db()
    assert archive.verify_problem == ""
