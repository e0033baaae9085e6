"""Encrypting a sealed archive, where its plan or the server's rule says so."""

import hashlib
from pathlib import Path

from migrator.archives.age.files import SUFFIX, encrypt_file, hash_within
from migrator.archives.age.keys import Key, Lock
from migrator.archives.check import Checked
from migrator.errors import TransientError
from migrator.models import Locked, Step
from migrator.services import disk
from migrator.services.beats import progress_of
from migrator.services.encryption import Encrypted, lock_of


def encrypted_path(path: Path) -> Path:
    """Where the encrypted file of the one at `path` lies."""
    return path.with_name(path.name + SUFFIX)


def encrypt_sealed(step: Step, path: Path, checked: Checked) -> Encrypted | None:
    """Encrypt the archive at `path`, read it back and remove the plain one; None: it stays plain.

    What a passphrase encrypted is opened again and hashed. What recipients open, nobody here can:
    there the file is read back from the disk and its bytes are those that were written.
    """
    lock = lock_of(step.item.plan)
    if lock is None:
        return None
    disk.refuse_when_nearly_full(checked.size)
    target = encrypted_path(path)
    written = encrypt_file(path, target, lock, progress=progress_of(step, "bytes"))
    if not _is_right(step, target, lock, checked, written.sha256):
        raise _read_otherwise()
    path.unlink()
    kind = Locked.PASSPHRASE if lock.passphrase else Locked.RECIPIENTS
    return Encrypted(kind, list(lock.recipients), written.size, written.sha256)


def _is_right(step: Step, target: Path, lock: Lock, checked: Checked, sha256: str) -> bool:
    with target.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
            return False
        if not lock.passphrase:
            return True
        key, progress = Key(passphrase=lock.passphrase), progress_of(step, "bytes")
        return hash_within(file, key, name=target.name, progress=progress).sha256 == checked.sha256


def _read_otherwise() -> TransientError:
    return TransientError(
        "The encrypted archive was read back otherwise than it was written.",
        meaning="It does not count as kept. Other archives are untouched.",
        remedy="It is tried again. When it stays, look at the disk under the data folder.",
    )
