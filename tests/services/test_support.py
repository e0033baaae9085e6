"""The support bundle: enough to see what happened, and nothing that must not leave the server."""

import io
import json
import zipfile

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.utils import timezone

from migrator.models import AuditEntry, Event, Instance, LedgerEntry, Member, Run, Workspace
from migrator.services import support
from migrator.services.credentials import seal_credential
from migrator.services.redaction import Redaction

pytestmark = pytest.mark.django_db(transaction=True)

TEXT = "The insured drove into the pond behind the church."
KEY = "Zq8-planted-api-key-1"
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl"
PEOPLE = ("rosalind.quux", "Rosalind", "Quux", "rq@example.org", "ann-7781", "Ann Otator")
FILES = {
    *("README.txt", "run.json", "steps.jsonl", "ledger.jsonl", "events.jsonl", "log.txt"),
    *("versions.json", "settings.json"),
}


@pytest.fixture
def planted(run: Run, by_hand: Instance, workspace: Workspace) -> Run:
    """A run in whose rows secrets, people and a document's text stand wherever they could."""
    user = User.objects.create_user(
        "rosalind.quux", "rq@example.org", first_name="Rosalind", last_name="Quux"
    )
    by_hand.credential = seal_credential({"kind": "apikey", "apikey": KEY})
    by_hand.address = f"https://rosalind.quux:{KEY}@tool.example.org/path?token={KEY}"
    by_hand.answers = [{"operation": "workspaces", "sentence": f"apikey={KEY} was refused"}]
    by_hand.save()
    Member.objects.create(workspace=workspace, user_id="ann-7781", name="Ann Otator", role="x")
    Run.objects.filter(pk=run.pk).update(started_by=user)
    step = run.steps.get(kind="documents")
    findings = [{"code": "overlap", "level": "warning", "count": 3, "examples": [TEXT]}]
    inspection = {"counts": {"documents": 12}, "findings": findings, "details": {"text": TEXT}}
    step.facts = {"inspection": inspection, "members": ["Ann Otator"], "workspace_id": "w-1"}
    step.problem = f"Authorization: Bearer {TOKEN} was refused for ann-7781."
    step.problem_reference = f"https://x:{KEY}@host/"
    step.answer = {"skipped": "Rosalind said so"}
    step.save()
    LedgerEntry.objects.create(step=step, kind="upload", source_id="s", target_id=KEY)
    for words in (f"Cookie: DPAT={KEY}", f"Key {settings.SECRET_KEY}", "Set Q2 of Ann Otator"):
        Event.objects.create(run=run, text=words, at=timezone.now())
    return Run.objects.for_listing().get(pk=run.pk)


def opened(run: Run, user: User) -> dict[str, str]:
    """The bundle's files; zipfile checks each sum while it reads."""
    packed = zipfile.ZipFile(io.BytesIO(b"".join(support.bundle(run, user=user))))
    assert packed.testzip() is None
    return {name: packed.read(name).decode() for name in packed.namelist()}


def test_no_secret_no_text_and_no_person_leaves(planted: Run, operator: User) -> None:
    files = opened(planted, operator)
    forbidden = (KEY, TOKEN, TEXT, settings.SECRET_KEY, *settings.CREDENTIAL_KEYS, *PEOPLE)
    for name, content in files.items():
        for word in forbidden:
            assert word not in content, (name, word)


def test_what_happened_is_inside(planted: Run, operator: User) -> None:
    files = opened(planted, operator)
    assert set(files) == FILES
    told = json.loads(files["run.json"])
    assert told["id"] == planted.pk
    assert told["source"]["host"] == "tool.example.org"
    assert told["source"]["credential"] == "apikey"
    steps = [json.loads(line) for line in files["steps.jsonl"].splitlines()]
    assert len(steps) == planted.steps.count()
    documents = next(step for step in steps if step["kind"] == "documents")
    assert documents["counts"] == {"documents": 12}
    assert documents["findings"] == [{"code": "overlap", "level": "warning", "count": 3}]
    events = [json.loads(line) for line in files["events.jsonl"].splitlines()]
    assert len(events) == len(files["log.txt"].splitlines()) == planted.events.count()
    assert json.loads(files["versions.json"])["django"]
    assert json.loads(files["settings.json"])["credential_keys"] == len(settings.CREDENTIAL_KEYS)


def test_taking_it_is_audited(planted: Run, operator: User) -> None:
    opened(planted, operator)
    assert AuditEntry.objects.filter(action="run.support_bundle", who="operator").exists()


def test_a_credential_that_no_key_opens_does_not_stop_it(
    planted: Run, operator: User, by_hand: Instance
) -> None:
    assert by_hand.credential is not None
    by_hand.credential.sealed = b"of another server"
    by_hand.credential.save()
    assert set(opened(planted, operator)) == FILES


def test_a_name_is_found_as_a_word_only() -> None:
    clean = Redaction(secrets=[], people=["an", "Ann Lee"])
    assert clean.text("an archive of Ann Lee's plan") == "[person] archive of [person]'s plan"


@pytest.mark.parametrize(
    "words",
    [
        "apikey=abc123",
        '"api_key": "abc123"',
        "password: abc123",
        "xsrf-token=abc123",
        "DPAT=abc123",
    ],
)
def test_what_looks_like_a_secret_is_taken_out(words: str) -> None:
    assert "abc123" not in Redaction([], []).text(f"It said {words}; nothing else.")
