"""The pages of encryption: chosen for a backup, for a plan, for all; an archive's key."""

from collections.abc import Callable
from pathlib import Path

import pyrage
import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from migrator.archives.age.files import encrypt_file
from migrator.archives.age.keys import Key, Lock
from migrator.models import (
    Archive,
    ArchiveRules,
    Credential,
    Encryption,
    Instance,
    Locked,
    Plan,
    Run,
    Workspace,
)
from migrator.services import runs
from migrator.services.archive_files import local_copy
from migrator.services.archives import delete_archive
from migrator.services.bringing import bring_archive
from migrator.services.encryption import KEY_LOSS
from tests.dashboard.test_archives import verified_again

pytestmark = pytest.mark.django_db(transaction=True)

IDENTITY = pyrage.x25519.Identity.generate()
RECIPIENT = str(IDENTITY.to_public())
PASSPHRASE = "forty red herons in the reeds"


@pytest.fixture
def browser(signed_in: Callable[[User], Client], operator: User) -> Client:
    """The operator's browser."""
    return signed_in(operator)


@pytest.fixture
def encrypted(archive: Archive, tmp_path: Path) -> Path:
    """A file of the archive that is encrypted to IDENTITY; the plain archive is gone."""
    target = tmp_path / "claims.zip.age"
    with local_copy(archive) as path:
        encrypt_file(path, target, Lock(recipients=(RECIPIENT,)))
    delete_archive(archive, user=None)
    return target


@pytest.fixture
def locked(encrypted: Path) -> Archive:
    """The archive, brought and locked."""
    key = Key(identities=str(IDENTITY))
    archive = bring_archive(encrypted, user=None, keep=True, key=key)
    Archive.objects.update(opened_at=None)
    return archive


def detail(browser: Client, archive: Archive) -> str:
    """The archive's page."""
    return browser.get(reverse("archive-detail", args=[archive.pk])).content.decode()


def test_a_backup_is_encrypted_to_recipients_that_are_typed(
    browser: Client, by_hand: Instance, workspace: Workspace
) -> None:
    address = reverse("backup-new", args=[by_hand.pk])
    page = browser.get(address).content.decode()
    assert KEY_LOSS in page
    sent = {"workspaces": workspace.pk, "lock": "recipients", "recipients": RECIPIENT}
    refused = browser.post(address, sent).content.decode()
    assert "Confirm this first; nothing was started." in refused
    assert RECIPIENT in refused, "what was typed is not lost"
    assert not Run.objects.exists()
    browser.post(address, {**sent, "key_loss": "on"})
    chosen = Encryption.objects.get(plan=Run.objects.get().plan)
    assert (chosen.kind, chosen.recipients) == (Locked.RECIPIENTS, [RECIPIENT])
    assert chosen.confirmed_by is not None


def test_a_workspace_that_is_named_can_be_encrypted_with_a_passphrase(
    browser: Client, by_hand: Instance
) -> None:
    address = reverse("backup-new", args=[by_hand.pk])
    sent = {
        "name": "Orders",
        "language": "en",
        "tokenizer": "ml",
        "named-lock": "passphrase",
        "named-passphrase": PASSPHRASE,
        "named-key_loss": "on",
    }
    refused = browser.post(address, {**sent, "named-passphrase_again": "other"}).content.decode()
    assert "The two are not the same." in refused
    assert PASSPHRASE not in refused
    weak = {"named-passphrase": "short", "named-passphrase_again": "short"}
    assert "at least 12 characters" in browser.post(address, {**sent, **weak}).content.decode()
    assert not Workspace.objects.exists()
    browser.post(address, {**sent, "named-passphrase_again": PASSPHRASE})
    chosen = Encryption.objects.get(plan=Run.objects.get().plan)
    assert chosen.kind == Locked.PASSPHRASE
    assert chosen.passphrase is not None


@pytest.mark.parametrize(
    "line", ["age1nonsense", str(IDENTITY), ""], ids=["nonsense", "private", "nothing"]
)
def test_what_is_no_recipient_is_refused_beside_its_field(
    line: str, browser: Client, by_hand: Instance, workspace: Workspace
) -> None:
    sent = {"workspaces": workspace.pk, "lock": "recipients", "recipients": line, "key_loss": "on"}
    answer = browser.post(reverse("backup-new", args=[by_hand.pk]), sent)
    assert 'aria-invalid="true"' in answer.content.decode()
    assert not Run.objects.exists()


def test_a_plan_says_how_its_archives_are_made_and_lets_it_be_changed(
    browser: Client, guided: Plan
) -> None:
    page = reverse("plan-collect", args=[guided.pk])
    assert "makes archives that are not encrypted" in browser.get(page).content.decode()
    address = reverse("plan-encryption", args=[guided.pk])
    sent = {"lock": "recipients", "recipients": RECIPIENT, "key_loss": "on"}
    answer = browser.post(address, sent, follow=True)
    assert "makes archives that are encrypted to 1 recipient." in answer.content.decode()
    browser.post(reverse("plan-start-backup", args=[guided.pk]))
    assert Encryption.objects.get(plan=guided).recipients == [RECIPIENT]
    told = browser.post(address, {"lock": "plain"}).content.decode()
    assert "A backup of this plan is under way." in told
    runs.cancel_run(Run.objects.get(), user=None)
    browser.post(address, {"lock": "plain"})
    assert not Encryption.objects.exists()


def test_the_servers_recipients_leave_no_way_around_them(
    signed_in: Callable[[User], Client], admin: User, by_hand: Instance, workspace: Workspace
) -> None:
    client = signed_in(admin)
    address = reverse("archive-rules")
    refused = client.post(address, {"recipients": RECIPIENT}).content.decode()
    assert "Nobody confirmed what losing the key means." in refused
    assert not ArchiveRules.objects.exists()
    client.post(address, {"recipients": RECIPIENT, "key_loss": "on"})
    assert ArchiveRules.objects.get().recipients == [RECIPIENT]
    backup = reverse("backup-new", args=[by_hand.pk])
    page = client.get(backup).content.decode()
    assert "To the recipients that the administrators set" in page
    assert "Not encrypted: whoever" not in page
    client.post(backup, {"workspaces": workspace.pk, "lock": "plain"})
    assert not Run.objects.exists()
    client.post(backup, {"workspaces": workspace.pk, "lock": "rule"})
    assert Encryption.objects.get().recipients == [RECIPIENT]


def test_the_page_of_a_locked_archive_says_what_works(browser: Client, locked: Archive) -> None:
    page = detail(browser, locked)
    assert "Nobody has opened this archive since it was encrypted." in page
    assert "Without the key" in page
    assert "Only with the key" in page
    assert locked.plain_sha256 in page
    assert locked.sha256 in page
    answer = browser.get(reverse("archive-download", args=[locked.pk]))
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].endswith('.zip.age"')
    assert b"".join(answer).startswith(b"age-encryption.org/v1\n")
    assert "every byte is as it was stored" in verified_again(browser, locked)
    with CaptureQueriesContext(connection) as queries:
        detail(browser, locked)
    assert len(queries) <= 12


def test_a_locked_archive_leads_to_its_key_before_a_restore(
    browser: Client, locked: Archive, by_hand: Instance
) -> None:
    for name, more in (("restore-new", []), ("restore-into", [by_hand.pk])):
        answer = browser.get(reverse(name, args=[locked.pk, *more]), follow=True)
        assert answer.redirect_chain[-1][0] == reverse("archive-unlock", args=[locked.pk])
        assert "nobody has unlocked it" in answer.content.decode()


def test_a_key_unlocks_it_and_is_forgotten_on_wish(
    browser: Client, locked: Archive, by_hand: Instance
) -> None:
    address = reverse("archive-unlock", args=[locked.pk])
    assert 'name="passphrase"' not in browser.get(address).content.decode()
    other = str(pyrage.x25519.Identity.generate())
    refused = browser.post(address, {"private_key": other}).content.decode()
    assert "None of the given private keys opens" in refused
    assert other not in refused
    page = browser.post(address, {"private_key": f"\n{IDENTITY}\n"}, follow=True).content.decode()
    assert "This archive is unlocked." in page
    assert str(IDENTITY) not in page
    assert "read to the end and found right" in verified_again(browser, locked)
    locked.refresh_from_db()
    assert locked.opened_at is not None
    into = browser.get(reverse("restore-into", args=[locked.pk, by_hand.pk]))
    assert into.status_code == 200
    assert "<option" in into.content.decode(), "its entity types are there"
    page = browser.post(reverse("archive-lock", args=[locked.pk]), follow=True).content.decode()
    assert "The key is forgotten." in page
    assert not Credential.objects.exists()


def test_an_encrypted_archive_is_brought_with_its_key(browser: Client, encrypted: Path) -> None:
    address = reverse("archive-bring")
    with encrypted.open("rb") as file:
        page = browser.post(address, {"files": [file]}, follow=True).content.decode()
    assert "is encrypted to recipients, so a private key opens it" in page
    assert not Archive.objects.exists()
    with encrypted.open("rb") as file:
        sent = {"files": [file], "private_key": str(IDENTITY)}
        page = browser.post(address, sent, follow=True).content.decode()
    assert "is whole and kept" in page
    assert Archive.objects.get().encryption == Locked.RECIPIENTS
    assert not Credential.objects.exists(), "the key was used once and is not kept"
    assert "Encrypted" in page


def test_a_key_that_was_sent_after_the_session_ended_is_not_kept(
    client: Client, locked: Archive
) -> None:
    address = reverse("archive-unlock", args=[locked.pk])
    client.post(address, {"private_key": str(IDENTITY), "passphrase": PASSPHRASE})
    kept = repr(dict(client.session))
    assert str(IDENTITY) not in kept
    assert PASSPHRASE not in kept
