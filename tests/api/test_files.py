"""Files over the API: archives down by range and up again, and what a run waits for."""

import hashlib
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from rest_framework.test import APIClient

from migrator.models import Archive, AuditEntry, PlanItem, Run
from sandbox.generator import GeneratedExport
from tests.dashboard.conftest import *  # noqa: F403 - the same cast, runs and archives

pytestmark = pytest.mark.django_db(transaction=True)


def body_of(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def client_of(user: User) -> APIClient:
    client = APIClient()
    client.force_authenticate(user)
    return client


def test_an_archive_is_downloaded_whole_and_by_range(archive: Archive, operator: User) -> None:
    client = client_of(operator)
    address = f"/api/archives/{archive.pk}/download/"
    whole = body_of(client.get(address))
    assert hashlib.sha256(whole).hexdigest() == archive.sha256
    assert AuditEntry.objects.filter(action="archive.downloaded", who="operator").count() == 1
    part = client.get(address, headers={"Range": "bytes=10-19"})
    assert part.status_code == 206
    assert body_of(part) == whole[10:20]
    assert client.get(address, headers={"Range": f"bytes={archive.size}-"}).status_code == 416


def test_a_viewer_downloads_nothing(archive: Archive, viewer: User) -> None:
    assert client_of(viewer).get(f"/api/archives/{archive.pk}/download/").status_code == 403


def test_an_archive_is_brought_and_known_again(
    archive: Archive, operator: User, tmp_path: Path
) -> None:
    client = client_of(operator)
    answer = client.get(f"/api/archives/{archive.pk}/download/")
    copy = tmp_path / "any name.zip"
    copy.write_bytes(body_of(answer))
    with copy.open("rb") as file:
        brought = client.post("/api/archives/bring/", {"file": file})
    assert brought.status_code == 201
    assert brought.json()["id"] == archive.pk


def test_what_is_no_archive_is_refused_in_words(operator: User, tmp_path: Path) -> None:
    file = tmp_path / "x.zip"
    file.write_bytes(b"PK no")
    with file.open("rb") as opened:
        answer = client_of(operator).post("/api/archives/bring/", {"file": opened})
    assert answer.status_code == 422
    assert answer.json()["remedy"]
    assert not Archive.objects.exists()


def test_a_run_gets_the_file_it_waits_for(
    run: Run, item: PlanItem, export: GeneratedExport, operator: User
) -> None:
    client = client_of(operator)
    with export.types.open("rb") as file:
        brought = client.post(f"/api/runs/{run.pk}/files/", {"item": item.pk, "file": file})
    assert brought.status_code == 201
    assert brought.json()["kind"] == "type_system"
    with export.types.open("rb") as file:
        again = client.post(f"/api/runs/{run.pk}/files/", {"item": item.pk, "file": file})
    assert again.status_code == 409
    assert again.json()["remedy"]
