"""Encrypting and decrypting whole files as streams; memory stays flat whatever their size."""

import contextlib
import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pyrage

from migrator.archives.age import passphrases
from migrator.archives.age.errors import (
    bad_header,
    damaged,
    wants_identity,
    wants_passphrase,
    wrong_identity,
)
from migrator.archives.age.headers import LockKind, kind_of
from migrator.archives.age.keys import Key, Lock, identities_in, opened_recipients
from migrator.archives.meter import CHUNK, Meter, Progress
from migrator.archives.seal import create, draft_beside, flush_to_disk

SUFFIX = ".age"


@dataclass(frozen=True)
class Written:
    """A file that was written: its size in bytes and its SHA-256."""

    size: int
    sha256: str


def encrypt_file(
    source: Path, destination: Path, lock: Lock, *, progress: Progress | None = None
) -> Written:
    """Encrypt `source` into `destination`, which appears whole or not at all.

    `progress` counts the bytes of `source`, and may raise to stop.
    """
    meter = Meter(progress, source.stat().st_size)
    with source.open("rb") as plain, _appearing(destination) as written:
        if lock.passphrase:
            passphrases.encrypt(plain, written, lock.passphrase, meter)  # type: ignore[arg-type]
        else:
            _to_recipients(plain, written, lock, meter)
    return written.result


def decrypt_file(
    source: IO[bytes], destination: Path, key: Key, *, name: str, progress: Progress | None = None
) -> Written:
    """Decrypt `source`, which can be sought, into `destination`: whole and authentic, or not there.

    `name` is what the words of an error call it. Raises WrongKey where the key does not fit, and
    ArchiveError where it is no age file, was cut short or altered.
    """
    size = source.seek(0, os.SEEK_END)
    with _appearing(destination) as written:
        _decrypt(source, written, key, Meter(progress, size), name)
    return written.result


def hash_within(
    source: IO[bytes], key: Key, *, name: str, progress: Progress | None = None
) -> Written:
    """Size and SHA-256 of what `decrypt_file` would write, without writing it; raises the same."""
    size = source.seek(0, os.SEEK_END)
    with open(os.devnull, "wb") as nowhere:
        written = _Writing(nowhere)
        _decrypt(source, written, key, Meter(progress, size), name)
    return written.result


def refuse_wrong_key(source: IO[bytes], key: Key, *, name: str) -> None:
    """Raise what `decrypt_file` would raise at its beginning; the rest is not read."""
    with contextlib.suppress(_Enough):
        _decrypt(source, _FirstPiece(), key, Meter(None, 0), name)


def _to_recipients(plain: IO[bytes], written: "_Writing", lock: Lock, meter: Meter) -> None:
    recipients = opened_recipients(lock.recipients)
    reading = _Reading(plain, meter)
    with _own_errors(reading, written):
        pyrage.encrypt_io(reading, written, recipients)  # type: ignore[arg-type]


def _decrypt(source: IO[bytes], target: Any, key: Key, meter: Meter, name: str) -> None:
    if kind_of(source, name) == LockKind.PASSPHRASE:
        if not key.passphrase:
            raise wants_passphrase(name)
        passphrases.decrypt(source, target, key.passphrase, meter, name=name)
        return
    if not key.identities:
        raise wants_identity(name)
    _with_identities(source, target, key, meter, name)


def _with_identities(source: IO[bytes], target: Any, key: Key, meter: Meter, name: str) -> None:
    identities, reading = identities_in(key.identities), _Reading(source, meter)
    try:
        with _own_errors(reading, target):
            pyrage.decrypt_io(reading, target, identities)  # type: ignore[arg-type]
    except pyrage.DecryptError as error:  # of the header; its words are told apart by these alone
        raise (wrong_identity if "No matching keys" in str(error) else bad_header)(name) from None
    except _PayloadError:
        raise damaged(name) from None


class _Enough(Exception):
    """The first piece came out right."""


class _PayloadError(Exception):
    """What was encrypted is not what is there."""


class _Reading:
    """What pyrage reads from; what was raised here is kept, since pyrage words it anew."""

    def __init__(self, file: IO[bytes], meter: Meter) -> None:
        self._file, self._meter = file, meter
        self.raised: BaseException | None = None

    def read(self, size: int = -1) -> bytes:
        """At most CHUNK bytes."""
        try:
            piece = self._file.read(size if 0 <= size < CHUNK else CHUNK)
            self._meter.add(len(piece))
        except BaseException as error:
            self.raised = error
            raise
        return piece


class _Writing:
    """What is written to: hashed on its way."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._digest, self._size = file, hashlib.sha256(), 0
        self.raised: BaseException | None = None

    def write(self, piece: bytes) -> int:
        """Take all of it."""
        try:
            self._file.write(piece)
        except BaseException as error:
            self.raised = error
            raise
        self._digest.update(piece)
        self._size += len(piece)
        return len(piece)

    def flush(self) -> None:
        """Nothing: the file is flushed at its end."""

    @property
    def result(self) -> Written:
        """What was written so far."""
        return Written(self._size, self._digest.hexdigest())


class _FirstPiece:
    """Takes the first piece and no more."""

    raised: BaseException | None = None

    def write(self, _piece: bytes) -> int:
        """Stop here."""
        self.raised = _Enough()
        raise self.raised

    def flush(self) -> None:
        """Nothing was kept."""


@contextlib.contextmanager
def _own_errors(*pipes: Any) -> Iterator[None]:
    """Raise what a pipe of ours raised instead of what pyrage made of it."""
    try:
        yield
    except Exception as error:
        raised = next((pipe.raised for pipe in pipes if pipe.raised), None)
        if raised is not None:
            raise raised from None
        if isinstance(error, OSError):
            raise _PayloadError from error
        raise


@contextlib.contextmanager
def _appearing(destination: Path) -> Iterator[_Writing]:
    """A file for its owner only, renamed to `destination` when it is on the disk as a whole."""
    with draft_beside(destination) as draft:
        with open(create(draft), "wb") as file:
            yield _Writing(file)
            file.flush()
            flush_to_disk(file.fileno())
        draft.replace(destination)
