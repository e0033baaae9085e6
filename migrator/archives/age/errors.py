"""What can be wrong with an encrypted archive, in words."""

from migrator.archives.errors import ArchiveError
from migrator.archives.zipped import ANOTHER_COPY, UNTRUSTED


class WrongKey(ArchiveError):
    """The key does not open the archive; the archive itself may be whole."""


def not_age(name: str) -> ArchiveError:
    """It does not begin as the format does."""
    return ArchiveError(
        f"“{name}” is not encrypted in the age format.",
        meaning=UNTRUSTED,
        remedy="Choose a file that ends in .age, as it was downloaded; an archive that is not "
        "encrypted needs no key.",
    )


def armored(name: str) -> ArchiveError:
    """It is text."""
    return ArchiveError(
        f"“{name}” is in the text form of age (armor).",
        meaning=UNTRUSTED,
        remedy="Bring the archive as it was downloaded, or decrypt it with `age -d` first.",
    )


def bad_header(name: str) -> ArchiveError:
    """It begins as the format does, and does not go on so."""
    return ArchiveError(
        f"The beginning of “{name}” was cut short or altered.",
        meaning=f"{UNTRUSTED} Without it no key opens the file.",
        remedy=f"Download or copy it once more and compare the SHA-256. {ANOTHER_COPY}",
    )


def damaged(name: str) -> ArchiveError:
    """The key fits, but the rest does not."""
    return ArchiveError(
        f"“{name}” was cut short or altered since it was encrypted.",
        meaning=f"The key fits, but what is in it cannot be trusted. {UNTRUSTED}",
        remedy=f"Download or copy it once more and compare the SHA-256. {ANOTHER_COPY}",
    )


def too_slow(name: str) -> ArchiveError:
    """Its passphrase is made so expensive to try that the machine would stand still."""
    return ArchiveError(
        f"The passphrase of “{name}” takes more memory to try than this program allows (1 GB).",
        meaning=UNTRUSTED,
        remedy="Decrypt it with `age -d`, and use the ZIP file.",
    )


def wrong_identity(name: str) -> WrongKey:
    """None of the private keys belongs to one of its recipients."""
    return WrongKey(
        f"None of the given private keys opens “{name}”.",
        meaning="It was encrypted to other recipients. Nothing of it was read.",
        remedy="Give the private key that belongs to one of the recipients.",
    )


def wrong_passphrase(name: str) -> WrongKey:
    """Not this one."""
    return WrongKey(
        f"The passphrase does not open “{name}”.",
        meaning="It was encrypted with another one. Nothing of it was read.",
        remedy="Type it again; capitals and blanks count.",
    )


def wants_identity(name: str) -> WrongKey:
    """A passphrase was given, or nothing, where a private key is needed."""
    return WrongKey(
        f"“{name}” is encrypted to recipients, so a private key opens it.",
        meaning="Nothing of it was read.",
        remedy="Give the private key that belongs to one of the recipients (--identity-file on the "
        "command line).",
    )


def wants_passphrase(name: str) -> WrongKey:
    """A private key was given, or nothing, where a passphrase is needed."""
    return WrongKey(
        f"“{name}” is encrypted with a passphrase.",
        meaning="Nothing of it was read.",
        remedy="Give the passphrase (--passphrase-file on the command line).",
    )
