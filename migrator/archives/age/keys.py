"""What locks an encrypted archive and what opens it: recipients, private keys, a passphrase."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

import pyrage
from pyrage import ssh, x25519

from migrator.archives.errors import ArchiveError

MOST_RECIPIENTS = 20
LEAST_PASSPHRASE = 12  # characters; whoever has the file can try as many as they like

Recipient: TypeAlias = x25519.Recipient | ssh.Recipient
Identity: TypeAlias = x25519.Identity | ssh.Identity

_READERS: dict[str, Callable[[str], Recipient]] = {
    "age1": x25519.Recipient.from_str,
    "ssh-ed25519": ssh.Recipient.from_str,
    "ssh-rsa": ssh.Recipient.from_str,
}
_SSH_KEY = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?-----END [A-Z ]*PRIVATE KEY-----", re.S
)
_NOTHING = "Nothing was encrypted and nothing was stored."


@dataclass(frozen=True)
class Lock:
    """With what an archive is encrypted: one of the two, never both (the format forbids it)."""

    recipients: tuple[str, ...] = ()
    passphrase: str = field(default="", repr=False)


@dataclass(frozen=True)
class Key:
    """What a person gives to open an archive: the text of private keys, or the passphrase."""

    identities: str = field(default="", repr=False)
    passphrase: str = field(default="", repr=False)


def recipients_in(text: str) -> list[str]:
    """The recipients in a text, one a line, `#` begins a comment, as `age -R` reads them.

    Each once, in the text's order; of an SSH key without its comment, which names a person. Raises
    ArchiveError for a line that is none, where there is none at all, and where there are more than
    MOST_RECIPIENTS.
    """
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1)]
    given = [(number, line) for number, line in lines if line and not line.startswith("#")]
    for number, line in given:
        _recipient(line, f"Line {number}")
    found = list(dict.fromkeys(_without_comment(line) for _, line in given))
    if not 0 < len(found) <= MOST_RECIPIENTS:
        raise ArchiveError(
            f"{len(found)} recipients were given; an archive has 1 to {MOST_RECIPIENTS}.",
            meaning=_NOTHING,
            remedy="Give each recipient (age1…, ssh-ed25519 or ssh-rsa) on a line of its own.",
        )
    return found


def _without_comment(line: str) -> str:
    return " ".join(line.split()[:2])


def opened_recipients(lines: tuple[str, ...]) -> list[Recipient]:
    """What pyrage encrypts to."""
    return [_recipient(line, "A recipient") for line in lines]


def refuse_weak_passphrase(passphrase: str) -> None:
    """Raise ArchiveError where it is shorter than LEAST_PASSPHRASE or has several lines."""
    if len(passphrase) < LEAST_PASSPHRASE or not passphrase.isprintable():
        raise ArchiveError(
            f"A passphrase has at least {LEAST_PASSPHRASE} characters, on one line.",
            meaning=_NOTHING,
            remedy="Take several words that nobody would guess; `age -p` invents ten of them.",
        )


def identities_in(text: str) -> list[Identity]:
    """The private keys in a text: `AGE-SECRET-KEY-1…` lines as age-keygen writes them, SSH keys.

    Raises ArchiveError where there is none, or one that cannot be used; it never repeats the text.
    """
    found: list[Identity] = []
    try:
        found += [ssh.Identity.from_buffer(f"{key}\n".encode()) for key in _SSH_KEY.findall(text)]
        found += [x25519.Identity.from_str(line) for line in _age_lines(_SSH_KEY.sub("", text))]
    except pyrage.IdentityError:
        raise _no_identity("One of the given private keys cannot be used.") from None
    if not found:
        raise _no_identity("There is no private key in what was given.")
    return found


def _age_lines(text: str) -> Iterator[str]:
    lines = (line.strip() for line in text.splitlines())
    return (line for line in lines if line and not line.startswith("#"))


def _recipient(line: str, which: str) -> Recipient:
    reader = next((read for begin, read in _READERS.items() if line.startswith(begin)), None)
    try:
        if reader is not None:
            return reader(line)
    except pyrage.RecipientError:
        pass  # told below: its own words are of the encoding
    raise ArchiveError(
        f"{which} is no recipient that archives can be encrypted to.",
        meaning=_NOTHING + _if_private(line),
        remedy="A recipient is a public key: age1… as `age-keygen -y` prints it, or the line of an "
        "ssh-ed25519 or ssh-rsa key that ends in .pub.",
    )


def _if_private(line: str) -> str:
    is_private = line.upper().startswith("AGE-SECRET-KEY-") or "PRIVATE KEY" in line
    return " It looks like a private key, which belongs to its owner alone." if is_private else ""


def _no_identity(happened: str) -> ArchiveError:
    return ArchiveError(
        happened,
        meaning="Nothing was opened and nothing was stored.",
        remedy="Give the file that age-keygen wrote (it holds a line AGE-SECRET-KEY-1…), or an SSH "
        "key without a passphrase of its own. A key file that is encrypted itself has to be "
        "decrypted first.",
    )
