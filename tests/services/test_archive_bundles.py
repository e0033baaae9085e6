"""All archives of a plan in one ZIP: sums that a person checks, and memory that stays flat."""

import hashlib
import os
import subprocess
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from migrator.errors import ServiceError
from migrator.models import Archive, AuditEntry, Instance, Plan, PlanItem
from migrator.services.archive_bundles import bundle, size_of
from migrator.services.permissions import NotAllowed
from migrator.services.plans import add_workspace_by_hand, plan_backup

pytestmark = pytest.mark.django_db(transaction=True)

NAMES = ("Claims", "News", "Pharma")


@pytest.fixture
def plan(by_hand: Instance, operator: User) -> Plan:
    operator.user_permissions.add(Permission.objects.get(codename="download_archive"))
    rows = [
        add_workspace_by_hand(instance=by_hand, user=operator, name=name, language="en")
        for name in NAMES
    ]
    return plan_backup(source=by_hand, workspaces=rows, user=operator)


def kept(item: PlanItem, name: str, content: bytes, **changes: object) -> Archive:
    """A stored archive; what is in it does not matter here."""
    stored = default_storage.save(name, ContentFile(content))
    values = {
        "file": stored,
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "item": item,
        "workspace_name": item.name,
        "source_workspace_id": "w",
        "verified_at": timezone.now(),
        **changes,
    }
    return Archive.objects.create(**values)


def test_the_newest_whole_archives_are_in_it_and_their_sums_hold(
    plan: Plan, operator: User, tmp_path: Path
) -> None:
    claims, news, _ = plan.items.order_by("name")
    kept(claims, "a/claims.zip", b"old")
    first = kept(claims, "b/same.zip", b"new" * 1000)
    second = kept(news, "c/same.zip", os.urandom(70_000))
    kept(news, "c/damaged.zip", b"x", verify_problem="It is damaged.")
    kept(news, "c/unread.zip", b"y", verified_at=None)
    assert size_of(plan) == (2, first.size + second.size)

    found = bundle(plan, user=operator)
    path = tmp_path / found.name
    path.write_bytes(b"".join(found.pieces))
    assert path.stat().st_size == found.size
    subprocess.run(["unzip", "-q", str(path), "-d", str(tmp_path / "out")], check=True)
    names = {f"{first.pk}-same.zip", f"{second.pk}-same.zip", "README.txt", "SHA256SUMS"}
    assert {entry.name for entry in (tmp_path / "out").iterdir()} == names
    checked = subprocess.run(
        ["sha256sum", "-c", "SHA256SUMS"], cwd=tmp_path / "out", capture_output=True, check=True
    )
    assert checked.stdout.count(b": OK") == 3
    with zipfile.ZipFile(path) as packed:
        assert {info.compress_type for info in packed.infolist()} == {zipfile.ZIP_STORED}
    told = (tmp_path / "out" / "README.txt").read_text()
    assert "Pharma: no verified archive, so not in here" in told
    entries = AuditEntry.objects.filter(action="archive.downloaded", who="operator")
    assert sorted(entry.subject for entry in entries) == sorted(
        f"archive {each.pk}" for each in (first, second)
    )
    assert {entry.details["bundle_of_plan"] for entry in entries} == {plan.pk}


def test_a_plan_without_a_verified_archive_has_nothing_to_download(
    plan: Plan, operator: User
) -> None:
    with pytest.raises(ServiceError, match="no verified archive yet"):
        bundle(plan, user=operator)


def test_a_missing_file_is_said_before_anything_is_sent_or_noted(
    plan: Plan, operator: User
) -> None:
    claims, news, _ = plan.items.order_by("name")
    kept(claims, "a/claims.zip", b"here")
    gone = kept(news, "a/news.zip", b"gone")
    default_storage.delete(gone.file)
    with pytest.raises(ServiceError):
        bundle(plan, user=operator)
    assert not AuditEntry.objects.filter(action="archive.downloaded").exists()


def test_a_file_that_was_cut_ends_the_download_with_an_error(plan: Plan, operator: User) -> None:
    claims = plan.items.order_by("name")[0]
    kept(claims, "a/claims.zip", b"whole" * 100, size=999)
    with pytest.raises(RuntimeError):
        b"".join(bundle(plan, user=operator).pieces)


def test_who_may_not_download_archives_gets_none(plan: Plan) -> None:
    viewer = User.objects.create_user("viewer")
    with pytest.raises(NotAllowed):
        bundle(plan, user=viewer)


def test_memory_does_not_grow_with_the_archives(plan: Plan, operator: User) -> None:
    claims, news, _ = plan.items.order_by("name")
    kept(claims, "a/claims.zip", bytes(40_000_000))
    kept(news, "a/news.zip", bytes(40_000_000))
    found = bundle(plan, user=operator)
    tracemalloc.start()
    try:
        sent = sum(map(len, found.pieces))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert sent == found.size > 80_000_000
    assert peak < 2_000_000
