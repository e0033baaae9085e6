"""What locks and opens encrypted archives, on the command line: from files, never as arguments."""

import contextlib
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from migrator.archives.age.files import SUFFIX, Written, decrypt_file
from migrator.archives.age.headers import is_encrypted
from migrator.archives.age.keys import Key, Lock
from migrator.errors import ServiceError
from migrator.formats.scratch import scratch_folder
from migrator.management.answers import Progress, read_secret_file


def add_key_arguments(parser: ArgumentParser) -> None:
    """What opens an encrypted archive."""
    group = parser.add_mutually_exclusive_group()
    group.add_argument(
        "--identity-file",
        metavar="FILE",
        help="private key (age-keygen, SSH) that opens an encrypted archive; - for standard input",
    )
    group.add_argument(
        "--passphrase-file",
        metavar="FILE",
        help="file with the passphrase that opens an encrypted archive; - for standard input",
    )


def key_from(options: Mapping[str, Any]) -> Key | None:
    """The key that was named; None where none was."""
    if options["identity_file"]:
        return Key(identities=read_secret_file(options["identity_file"], noun="private key"))
    if options["passphrase_file"]:
        return Key(passphrase=_passphrase(options["passphrase_file"]))
    return None


def add_lock_arguments(parser: ArgumentParser) -> None:
    """With what archives are encrypted."""
    parser.add_argument(
        "--recipient",
        action="append",
        default=[],
        metavar="KEY",
        help="encrypt to this public key (age1…, ssh-ed25519 … or ssh-rsa …); may be repeated",
    )
    parser.add_argument(
        "--recipients-file", type=Path, metavar="FILE", help="public keys, one a line"
    )
    parser.add_argument(
        "--passphrase-file",
        metavar="FILE",
        help="encrypt with the passphrase in this file; - for standard input",
    )
    parser.add_argument(
        "--accept-key-loss",
        action="store_true",
        help="confirm that nobody can open the archives again without the key",
    )


def lock_from(options: Mapping[str, Any]) -> Lock | None:
    """What was asked for; None: as the server's rule says. ServiceError where it is both."""
    recipients = list(options["recipient"])
    if options["recipients_file"]:
        recipients += options["recipients_file"].read_text("utf-8-sig").splitlines()
    if recipients and options["passphrase_file"]:
        raise ServiceError(
            "An archive is encrypted to recipients or with a passphrase, not both.",
            meaning="Nothing was started: the age format knows the one or the other.",
            remedy="Leave out --passphrase-file, or the recipients.",
        )
    if options["passphrase_file"]:
        return Lock(passphrase=_passphrase(options["passphrase_file"]))
    return Lock(recipients=tuple(recipients)) if recipients else None


@contextlib.contextmanager
def plain_archive(
    path: Path, key: Key | None, progress: Progress | None = None
) -> Iterator[tuple[Path, Written | None]]:
    """The archive's ZIP: `path` itself, or what it holds encrypted, gone at the end.

    Beside it, of an encrypted one, size and SHA-256 of the ZIP. Raises what `decrypt_file` raises.
    """
    if not is_encrypted(path):
        yield path, None
        return
    with scratch_folder("archive-opened-") as folder, path.open("rb") as file:
        plain = folder / path.name.removesuffix(SUFFIX)
        written = decrypt_file(file, plain, key or Key(), name=path.name, progress=progress)
        yield plain, written


def _passphrase(path: str) -> str:
    return read_secret_file(path, noun="passphrase").removesuffix("\n").removesuffix("\r")
