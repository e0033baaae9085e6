"""The audit log: append-only, chained, and every break told with its place."""

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.contrib.auth.models import Permission, User
from django.core.management import call_command
from django.db import connection
from django.db.models.query import QuerySet
from django.test import Client

from migrator.models import AppendOnly, AuditChain, AuditEntry
from migrator.services import audit, audit_chain
from tests.launcher.servers import ROOT
from tests.postgres import postgres_address

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def entries() -> list[AuditEntry]:
    """Five entries in their places."""
    user = User.objects.create_user("ines")
    for number in range(5):
        audit.record(user, "run.paused", user, number=number)
    return list(AuditEntry.objects.chained())


def tamper(position: int, **changes: object) -> None:
    """Do what somebody with access to the database could."""
    rows: QuerySet[AuditEntry] = QuerySet(AuditEntry)
    rows.filter(position=position).update(**changes)


def remove(*positions: int) -> None:
    """Remove rows behind the product's back."""
    with connection.cursor() as cursor:
        for position in positions:
            cursor.execute("DELETE FROM migrator_auditentry WHERE position = %s", [position])


def test_entries_follow_each_other(entries: list[AuditEntry]) -> None:
    assert [entry.position for entry in entries] == [1, 2, 3, 4, 5]
    hashes = ["", *(entry.hash for entry in entries)]
    assert [entry.previous_hash for entry in entries] == hashes[:-1]
    chain = audit_chain.check_chain()
    assert (chain.length, chain.head, chain.is_intact) == (5, hashes[-1], True)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("who", "somebody else"),
        ("action", "run.resumed"),
        ("subject", "run 9"),
        ("details", {"number": 7}),
    ],
)
def test_a_changed_entry_is_named(entries: list[AuditEntry], column: str, value: object) -> None:
    tamper(3, **{column: value})
    chain = audit_chain.check_chain()
    assert chain.broken_at == 3
    assert "changed" in chain.problem


def test_a_changed_time_is_noticed(entries: list[AuditEntry]) -> None:
    tamper(2, at=entries[0].at)
    assert audit_chain.check_chain().broken_at == 2


def test_an_entry_with_a_fitting_hash_of_its_own_breaks_the_next(
    entries: list[AuditEntry],
) -> None:
    entries[1].who = "somebody else"
    tamper(2, who="somebody else", hash=audit_chain.hash_of(entries[1]))
    assert audit_chain.check_chain().broken_at == 3


def test_a_removed_entry_leaves_a_gap(entries: list[AuditEntry]) -> None:
    remove(4)
    chain = audit_chain.check_chain()
    assert chain.broken_at == 4
    assert "missing" in chain.problem


def test_removed_last_entries_are_missed(entries: list[AuditEntry]) -> None:
    remove(4, 5)
    chain = audit_chain.check_chain()
    assert (chain.broken_at, chain.problem) == (4, "Entry 4 and all later ones are missing.")


def test_entries_are_neither_changed_nor_deleted_by_code_of_ours(
    entries: list[AuditEntry],
) -> None:
    with pytest.raises(AppendOnly):
        entries[0].save()
    with pytest.raises(AppendOnly):
        entries[0].delete()
    with pytest.raises(AppendOnly):
        AuditEntry.objects.all().delete()
    with pytest.raises(AppendOnly):
        AuditEntry.objects.update(who="x")


def test_the_chain_survives_the_deletion_of_a_user(entries: list[AuditEntry]) -> None:
    User.objects.get(username="ines").delete()
    assert audit_chain.check_chain().is_intact
    assert AuditEntry.objects.filter(user=None, who="ines").count() == 5


def test_what_a_dead_process_left_unchained_gets_its_place(entries: list[AuditEntry]) -> None:
    AuditEntry.objects.create(who="worker", action="run.paused", subject="run 1")
    assert AuditEntry.objects.unchained().count() == 1
    assert audit_chain.extend_chain() == 1
    assert audit_chain.check_chain().length == 6


@pytest.mark.slow
@pytest.mark.own_house
@pytest.mark.parametrize("server", ["sqlite", "postgresql"])
def test_many_who_do_something_at_once_make_one_chain(server: str, tmp_path: Path) -> None:
    with ExitStack() as stack:
        address = stack.enter_context(postgres_address()) if server == "postgresql" else ""
        place = {**os.environ, "DATA_DIR": str(tmp_path / "data"), "DATABASE_URL": address}
        _run(place, "manage.py", "migrate", "--verbosity=0")
        _run(place, "manage.py", "shell", "-c", ONE_USER)
        begun = [_begin(place, "-m", "tests.security.noting", "20") for _ in range(4)]
        writers = [stack.enter_context(writer) for writer in begun]
        assert [writer.wait(60) for writer in writers] == [0] * 4
        found = json.loads(_run(place, "manage.py", "check_audit", "--json"))
    assert (found["entries"], found["intact"]) == (80, True)


ONE_USER = "from django.contrib.auth.models import User; User.objects.create_user('ines')"


def _begin(place: dict[str, str], *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *arguments], env=place, cwd=ROOT, stdout=subprocess.PIPE, text=True
    )


def _run(place: dict[str, str], *arguments: str) -> str:
    with _begin(place, *arguments) as process:
        said, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    return said


def test_the_command_says_whether_it_is_intact(
    entries: list[AuditEntry], capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("check_audit")
    assert "Intact: 5 entries" in capsys.readouterr().out
    tamper(3, who="x")
    with pytest.raises(SystemExit) as ended:
        call_command("check_audit", as_json=True)
    assert ended.value.code == 1
    assert json.loads(capsys.readouterr().out)["broken_at"] == 3


@pytest.fixture
def auditor(signed_in: Callable[[User], Client]) -> Client:
    """Somebody who may read the log."""
    user = User.objects.create_user("auditor")
    user.user_permissions.set(Permission.objects.filter(codename="view_auditentry"))
    return signed_in(user)


def test_the_page_shows_the_state_and_the_place(entries: list[AuditEntry], auditor: Client) -> None:
    assert "was not checked yet" in auditor.get("/audit/").content.decode()
    assert "intact" in auditor.post("/audit/check", follow=True).content.decode()
    tamper(3, who="x")
    page = auditor.post("/audit/check", follow=True).content.decode()
    assert "broken at entry 3" in page
    assert "Entry 3 was changed after it was written." in page


def test_details_are_listed_whatever_they_are_called(auditor: Client) -> None:
    user = User.objects.create_user("ines")
    audit.record(user, "plan.created", user, items=3, keys=["a"], values="b")
    page = auditor.get("/audit/").content.decode()
    assert "items: 3" in page
    assert "values: b" in page


def test_the_filter_narrows_the_list(entries: list[AuditEntry], auditor: Client) -> None:
    assert "run.paused" in auditor.get("/audit/?who=ines").content.decode()
    assert "No entry fits" in auditor.get("/audit/?action=archive").content.decode()
    assert "No entry fits" in auditor.get("/audit/?until=2001-01-01").content.decode()


def test_the_exports_hold_every_entry_and_no_formula(
    entries: list[AuditEntry], auditor: Client
) -> None:
    audit.record(User.objects.create_user("=cmd()"), "run.paused", entries[0])
    answer = auditor.get("/audit/csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["position"] for row in rows[:6]] == ["1", "2", "3", "4", "5", "6"]
    assert rows[5]["who"] == "'=cmd()"
    document = json.loads(b"".join(auditor.get("/audit/json").streaming_content))  # type: ignore[attr-defined]
    assert len(document["entries"]) == document["length"]
    assert document["entries"][-1]["action"] == "audit.downloaded"
    assert document["head"] == AuditChain.objects.get().head


def test_who_may_not_read_it_is_refused(
    signed_in: Callable[[User], Client],
) -> None:
    client = signed_in(User.objects.create_user("viewer"))
    assert client.get("/audit/").status_code == 403
    assert client.get("/audit/csv").status_code == 403
