"""Read what differs between machines from the environment, and fail loudly on nonsense.

Every name read here stands in `.env.example`; a test compares the two.
"""

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

NAMES: set[str] = set()


def text(name: str, default: str = "") -> str:
    """The variable's text, or `default` where it is unset or empty."""
    NAMES.add(name)
    return os.environ.get(name) or default


def flag(name: str, *, default: bool = False) -> bool:
    """True for 1, true, yes, on; False for 0, false, no, off; anything else is an error."""
    word = text(name, "1" if default else "0").lower()
    if word in {"1", "true", "yes", "on"}:
        return True
    if word in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} must be yes or no, not {word!r}.")


def number(name: str, default: int) -> int:
    """A whole number; anything else is an error."""
    word = text(name, str(default))
    try:
        return int(word)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {word!r}.") from None


def words(name: str, default: str = "") -> list[str]:
    """A list separated by commas, blanks stripped, empty items dropped."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def data_dir() -> Path:
    """The folder for database, archives, broker and keys; made with mode 700 where it is missing."""
    folder = Path(text("DATA_DIR") or Path(__file__).resolve().parent.parent / "var").resolve()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def secret(name: str, folder: Path, make: Callable[[], str]) -> str:
    """The secret from the environment, else from `folder/NAME`, written there (mode 600) on first use.

    Two processes may start together: the file is made exclusively, and the loser reads the
    winner's, so that both always use the same secret.
    """
    if given := text(name):
        return given
    file = folder / name.lower()
    if not file.exists():
        draft = folder / f".{name.lower()}.{os.getpid()}.{secrets.token_hex(4)}"
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(make())
        try:
            os.link(draft, file)  # fails where another process was first; never shows half a file
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    content = file.read_text().strip()
    if not content:
        raise ImproperlyConfigured(f"{file} is empty. Restore it from a backup or set {name}.")
    return content


def make_secret_key() -> str:
    """A new key for Django's signing."""
    return secrets.token_urlsafe(50)


def make_credential_key() -> str:
    """A new Fernet key, 32 bytes in URL-safe base64."""
    return Fernet.generate_key().decode()
