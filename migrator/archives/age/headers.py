"""The beginning of an encrypted file, as far as it can be read without a key."""

from enum import StrEnum
from pathlib import Path
from typing import IO

from migrator.archives.age.errors import armored, bad_header, not_age

MAGIC = b"age-encryption.org/v1\n"
_ARMOR = b"-----BEGIN AGE ENCRYPTED FILE-----"
_STANZA = b"-> "
_SCRYPT = b"-> scrypt "
LONGEST_LINE = 4096  # bytes; a stanza's arguments are far shorter


class LockKind(StrEnum):
    """What opens a file."""

    RECIPIENTS = "recipients"
    PASSPHRASE = "passphrase"  # noqa: S105 - a kind, no passphrase


def is_encrypted(path: Path) -> bool:
    """True where the file begins as an age file does, in its binary or its text form."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(_ARMOR)).startswith((MAGIC, _ARMOR))


def kind_of(file: IO[bytes], name: str) -> LockKind:
    """What opens the file, which stands at its beginning afterwards.

    Raises ArchiveError where it is no age file, or none of which the beginning is whole.
    """
    file.seek(0)
    begin = file.read(len(_ARMOR))
    if begin.startswith(_ARMOR):
        raise armored(name)
    if not begin.startswith(MAGIC):
        raise not_age(name)
    file.seek(len(MAGIC))
    first = file.readline(LONGEST_LINE)
    file.seek(0)
    if not first.startswith(_STANZA) or not first.endswith(b"\n"):
        raise bad_header(name)
    return LockKind.PASSPHRASE if first.startswith(_SCRYPT) else LockKind.RECIPIENTS
