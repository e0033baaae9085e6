"""Archives that are encrypted at rest: sealed, verified, unlocked, and their keys."""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pyrage
import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from migrator import tasks
from migrator.archives.age.errors import WrongKey
from migrator.archives.age.headers import is_encrypted
from migrator.archives.age.keys import Key, Lock
from migrator.archives.check import check_archive
from migrator.archives.errors import ArchiveError
from migrator.errors import ServiceError
from migrator.models import (
    Archive,
    ArchiveKey,
    AuditEntry,
    Credential,
    Encryption,
    Instance,
    Locked,
    Plan,
    Run,
    Step,
    Workspace,
)
from migrator.services import arrivals, encryption, runs
from migrator.services.archive_files import ArchiveLocked, local_copy, opened_archive
from migrator.services.archive_keys import forget_old_keys, lock_archive, unlock_archive
from migrator.services.archives import delete_archive, verify_archive
from migrator.services.bringing import bring_archive
from migrator.services.drive import drive
from migrator.services.encryption import KEY_LOSS, choose_encryption, set_recipients
from migrator.services.gate_facts import read_facts
from migrator.services.model_guard import gates_of
from migrator.services.plans import plan_backup, plan_restore
from migrator.services.redaction import Redaction
from sandbox.generator import GeneratedExport
from tests.archives.age_tool import age, new_identity
from tests.stored import spoil_stored, stored_bytes, stored_files

pytestmark = pytest.mark.django_db(transaction=True)

PASSPHRASE = "forty red herons in the reeds"
IDENTITY = pyrage.x25519.Identity.generate()
RECIPIENT = str(IDENTITY.to_public())
OTHER = pyrage.x25519.Identity.generate()
KEYS = {"recipients": Key(identities=str(IDENTITY)), "passphrase": Key(passphrase=PASSPHRASE)}
LOCKS = {"recipients": Lock(recipients=(RECIPIENT,)), "passphrase": Lock(passphrase=PASSPHRASE)}
BOTH = pytest.mark.parametrize("kind", LOCKS)

Seal = Callable[[Lock | None], Archive]


def backed_up(plan: Plan, export: GeneratedExport, folder: Path) -> Run:
    """The plan's backup, with its files brought."""
    run = runs.start_run(plan=plan, user=None)
    drive(run)
    item = plan.items.get()
    for file in (export.types, export.corpus, export.dictionaries):
        copy = folder / f"copy{file.suffix}"
        copy.write_bytes(file.read_bytes())
        arrivals.bring_file(run, item, copy, name=file.name, user=None)
        drive(run)
    arrivals.say_complete(run.steps.get(kind="dictionaries"), user=None)
    drive(run)
    return run


@pytest.fixture
def plan(by_hand: Instance, workspace: Workspace) -> Plan:
    """A backup of the one workspace, not started."""
    return plan_backup(source=by_hand, workspaces=[workspace], user=None)


@pytest.fixture
def sealed(plan: Plan, export: GeneratedExport, tmp_path: Path) -> Seal:
    """Backs up under a lock; the archive that came of it."""

    def seal(lock: Lock | None) -> Archive:
        if lock is not None:
            choose_encryption(plan, user=None, lock=lock, understood=True)
        run = backed_up(plan, export, tmp_path)
        run.refresh_from_db()
        assert run.finished_at is not None
        return Archive.objects.latest("pk")

    return seal


def stored(archive: Archive, folder: Path) -> Path:
    """A copy of its file as it lies in the storage, which may be a bucket."""
    path = folder / "stored.zip.age"
    path.write_bytes(stored_bytes(archive.file))
    return path


@BOTH
def test_an_archive_is_encrypted_where_it_lies(kind: str, sealed: Seal, tmp_path: Path) -> None:
    archive = sealed(LOCKS[kind])
    path = stored(archive, tmp_path)
    assert archive.file.endswith(".zip.age")
    assert is_encrypted(path)
    assert archive.size == path.stat().st_size
    assert archive.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert archive.encryption == kind
    assert archive.recipients == list(LOCKS[kind].recipients)
    assert archive.plain_sha256 != archive.sha256
    assert archive.is_locked
    assert archive.verified_at is not None


def test_the_age_program_and_a_bag_checker_open_what_a_backup_sealed(
    sealed: Seal, tmp_path: Path
) -> None:
    key, recipient = new_identity(tmp_path)
    archive = sealed(Lock(recipients=(recipient,)))
    plain = tmp_path / "opened.zip"
    ended = age("-d", "-i", key, "-o", plain, stored(archive, tmp_path))
    assert ended.returncode == 0, ended.stderr
    checked = check_archive(plain)
    assert (checked.sha256, checked.size) == (archive.plain_sha256, archive.plain_size)
    assert checked.counts == archive.counts


def test_nothing_of_the_plain_archive_is_left(sealed: Seal, tmp_path: Path) -> None:
    archive = sealed(LOCKS["passphrase"])
    local = (path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    kept = map(stored_bytes, stored_files())
    hashes = {hashlib.sha256(content).hexdigest() for content in (*local, *kept)}
    assert archive.sha256 in hashes
    assert archive.plain_sha256 not in hashes


def test_a_passphrase_is_forgotten_with_its_run(sealed: Seal, plan: Plan) -> None:
    sealed(LOCKS["passphrase"])
    assert not Credential.objects.exists()
    with pytest.raises(ServiceError, match="is not kept any more"):
        runs.start_run(plan=plan, user=None)
    with pytest.raises(ServiceError, match="is not kept any more"):
        runs.run_again(Run.objects.get(), user=None)
    assert Run.objects.count() == 1
    assert Archive.objects.count() == 1, "and no plain one instead"


def test_the_same_again_is_encrypted_to_the_same_recipients(
    sealed: Seal, export: GeneratedExport, tmp_path: Path
) -> None:
    sealed(LOCKS["recipients"])
    again = runs.run_again(Run.objects.get(), user=None)
    assert Encryption.objects.get(plan=again.plan).recipients == [RECIPIENT]


def test_a_passphrase_that_nobody_came_back_for_is_forgotten(plan: Plan) -> None:
    choose_encryption(plan, user=None, lock=LOCKS["passphrase"], understood=True)
    assert encryption.forget_old_passphrases() == 0
    Encryption.objects.update(confirmed_at=timezone.now() - timedelta(hours=25))
    run = runs.start_run(plan=plan, user=None)
    assert encryption.forget_old_passphrases() == 0, "its run still needs it"
    Run.objects.filter(pk=run.pk).update(finished_at=timezone.now() - timedelta(hours=23))
    assert encryption.forget_old_passphrases() == 0, "a retry may need it"
    Run.objects.filter(pk=run.pk).update(finished_at=timezone.now() - timedelta(hours=25))
    assert encryption.forget_old_passphrases() == 1
    assert not Credential.objects.exists()
    with pytest.raises(ServiceError, match="is not kept any more"):
        encryption.lock_of(plan)


def test_a_backup_that_is_under_way_makes_all_of_its_archives_in_one_way(plan: Plan) -> None:
    choose_encryption(plan, user=None, lock=LOCKS["recipients"], understood=True)
    run = runs.start_run(plan=plan, user=None)
    with pytest.raises(ServiceError, match="is under way"):
        choose_encryption(plan, user=None, lock=None)
    assert encryption.lock_of(plan) == LOCKS["recipients"]
    runs.cancel_run(run, user=None)
    choose_encryption(plan, user=None, lock=None)
    assert encryption.lock_of(plan) is None


@BOTH
def test_nothing_is_encrypted_before_the_loss_of_the_key_is_confirmed(
    kind: str, plan: Plan
) -> None:
    with pytest.raises(ServiceError) as caught:
        choose_encryption(plan, user=None, lock=LOCKS[kind])
    assert KEY_LOSS in str(caught.value)
    assert not Encryption.objects.exists()
    assert not Credential.objects.exists()


@BOTH
def test_a_locked_archive_is_verified_by_its_bytes(kind: str, sealed: Seal) -> None:
    archive = sealed(LOCKS[kind])
    opened = archive.opened_at
    assert (opened is None) == (kind == "recipients"), "a passphrase was tried when it was sealed"
    verify_archive(archive, user=None)
    assert archive.verify_problem == ""
    assert archive.opened_at == opened
    spoil_stored(archive.file)
    verify_archive(archive, user=None)
    assert "is not the one that was stored" in archive.verify_problem


@BOTH
def test_a_locked_archive_is_not_read(kind: str, sealed: Seal, by_hand: Instance) -> None:
    archive = sealed(LOCKS[kind])
    for open_it in (local_copy, opened_archive):
        with pytest.raises(ArchiveLocked), open_it(archive):
            pass
    plan = plan_restore(archive=archive, target=by_hand, user=None)
    with pytest.raises(ArchiveLocked, match="nobody has unlocked it"):
        runs.start_run(plan=plan, user=None)


@BOTH
def test_an_unlocked_archive_is_read_verified_and_restored_from(
    kind: str, sealed: Seal, by_hand: Instance
) -> None:
    archive = sealed(LOCKS[kind])
    unlock_archive(archive, user=None, key=KEYS[kind])
    assert not archive.is_locked
    Archive.objects.update(opened_at=None)
    with opened_archive(archive) as opened:
        assert opened.corpus_name
    verify_archive(archive, user=None)
    assert archive.verify_problem == ""
    assert archive.opened_at is not None
    Archive.objects.update(opened_at=None)
    run = runs.start_run(plan=plan_restore(archive=archive, target=by_hand, user=None), user=None)
    drive(run)
    assert run.steps.get(kind=Step.Kind.CHECK_ARCHIVE).status == Step.Status.DONE
    assert Archive.objects.exclude(opened_at=None).exists()
    lock_archive(archive, user=None)
    assert archive.is_locked
    assert not Credential.objects.exists()
    acts = AuditEntry.objects.values_list("action", flat=True)
    assert {"archive.unlocked", "archive.locked"} <= set(acts)


@BOTH
def test_a_wrong_key_unlocks_nothing(kind: str, sealed: Seal) -> None:
    archive = sealed(LOCKS[kind])
    wrong = {"recipients": Key(identities=str(OTHER)), "passphrase": Key(passphrase="no herons")}
    for key in (wrong[kind], Key(), KEYS["passphrase" if kind == "recipients" else "recipients"]):
        with pytest.raises(WrongKey):
            unlock_archive(archive, user=None, key=key)
    assert archive.is_locked
    assert not Credential.objects.exists()


def test_a_plain_archive_has_nothing_to_unlock(sealed: Seal) -> None:
    archive = sealed(None)
    assert not archive.is_locked
    with pytest.raises(ServiceError, match="is not encrypted"):
        unlock_archive(archive, user=None, key=KEYS["passphrase"])


def test_a_key_is_forgotten_after_its_time(sealed: Seal) -> None:
    archive = sealed(LOCKS["recipients"])
    unlock_archive(archive, user=None, key=KEYS["recipients"])
    assert forget_old_keys() == 0
    ArchiveKey.objects.update(until=timezone.now())
    archive.refresh_from_db()
    assert archive.is_locked, "even before the beat comes by"
    tasks.remove_leftovers()
    assert not Credential.objects.exists()
    assert not ArchiveKey.objects.exists()


def test_a_key_goes_with_its_archive(sealed: Seal) -> None:
    archive = sealed(LOCKS["recipients"])
    unlock_archive(archive, user=None, key=KEYS["recipients"])
    delete_archive(archive, user=None)
    assert not Credential.objects.exists()


@BOTH
def test_an_encrypted_archive_from_outside_is_checked_with_its_key(
    kind: str, sealed: Seal, tmp_path: Path
) -> None:
    archive = sealed(LOCKS[kind])
    copy = tmp_path / "from-outside.zip.age"
    copy.write_bytes(stored(archive, tmp_path).read_bytes())
    assert bring_archive(copy, user=None, keep=True, key=KEYS[kind]) == archive, "known already"
    delete_archive(archive, user=None)
    with pytest.raises(WrongKey):
        bring_archive(copy, user=None, keep=True)
    brought = bring_archive(copy, user=None, keep=True, key=KEYS[kind])
    assert brought.encryption == kind
    assert (brought.sha256, brought.plain_sha256) == (archive.sha256, archive.plain_sha256)
    assert brought.is_locked
    assert brought.file.startswith("brought/")
    copy.write_bytes(copy.read_bytes()[:-100])
    with pytest.raises(ArchiveError, match="cut short or altered"):
        bring_archive(copy, user=None, keep=True, key=KEYS[kind])


def test_the_servers_recipients_are_in_every_archive(plan: Plan, sealed: Seal, admin: User) -> None:
    with pytest.raises(ServiceError, match="Nobody confirmed"):
        set_recipients(user=admin, text=RECIPIENT, understood=False)
    set_recipients(user=admin, text=f"# ours\n{RECIPIENT}", understood=True)
    own = str(OTHER.to_public())
    archive = sealed(Lock(recipients=(own,)))
    assert archive.encryption == Locked.RECIPIENTS
    assert archive.recipients == [RECIPIENT, own]
    choose_encryption(plan, user=None, lock=LOCKS["passphrase"], understood=True)
    with pytest.raises(ServiceError, match="every archive to recipients"):
        runs.start_run(plan=plan, user=None)
    choose_encryption(plan, user=None, lock=None)
    runs.start_run(plan=plan, user=None)
    assert Encryption.objects.get(plan=plan).recipients == [RECIPIENT]


def test_the_servers_recipients_can_be_taken_away(admin: User, sealed: Seal) -> None:
    set_recipients(user=admin, text=RECIPIENT, understood=True)
    set_recipients(user=admin, text="", understood=False)
    assert not sealed(None).is_encrypted


@BOTH
def test_nothing_is_safe_to_delete_before_somebody_has_shown_a_key(
    kind: str, sealed: Seal, plan: Plan
) -> None:
    archive = sealed(LOCKS[kind])
    assert is_archive_green(plan) == (kind == "passphrase")
    unlock_archive(archive, user=None, key=KEYS[kind])
    verify_archive(archive, user=None)
    assert is_archive_green(plan)


def is_archive_green(plan: Plan) -> bool:
    """Whether the archive's condition for deleting the source holds."""
    [gate] = gates_of(read_facts(plan))
    return next(each.is_green for each in gate.conditions if each.key == "archive")


def test_private_keys_are_taken_out_of_texts() -> None:
    text = Redaction([], []).text(f"{IDENTITY} and passphrase: herons-1234")
    assert str(IDENTITY) not in text
    assert "herons" not in text


def test_facts_of_a_sealed_archive_hold_no_secret(sealed: Seal) -> None:
    archive = sealed(LOCKS["passphrase"])
    assert PASSPHRASE not in json.dumps([archive.facts, list(Step.objects.values("facts"))])
