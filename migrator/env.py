"""Read what differs between machines from the environment, and fail loudly on nonsense.

A file of NAME=value lines (`.env` beside manage.py, or the one that ENV_FILE names) fills in what
the environment leaves open. Every name read here stands in `.env.example`; a test compares the two.
"""

import hashlib
import os
import re
import secrets
import tempfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parent.parent

# Where IBM runs Knowledge Studio and what lies beside it: INSTANCE_HOSTS where nothing is said.
IBM_HOSTS = "*.cloud.ibm.com,*.watsonplatform.net,*.appdomain.cloud"

# Bytes of a unix socket's path, its final zero included, on the strictest system (macOS).
SOCKET_PATH_BYTES = 104

ASSIGNMENT = re.compile(r"(?:export\s+)?([A-Z][A-Z0-9_]*)=(.*)")


def text(name: str, default: str = "") -> str:
    """The variable's text, or `default` where it is unset or empty."""
    return os.environ.get(name) or default


def read_file(file: Path) -> None:
    """Fill the environment's gaps from a file of NAME=value lines, where there is one."""
    if not file.is_file():
        return
    for row, line in enumerate(file.read_text().splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        found = ASSIGNMENT.fullmatch(line.strip())
        if not found:
            raise ImproperlyConfigured(f"Line {row} of {file} is not NAME=value.")
        if not os.environ.get(found[1]):
            os.environ[found[1]] = _unquoted(found[2].strip())


def _unquoted(value: str) -> str:
    if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
        return value[1:-1]
    return value


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
    """The folder for database, archives, broker and keys; made with mode 700 where missing."""
    folder = (ROOT / text("DATA_DIR", "var")).resolve()  # a relative one counts from the checkout
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def work_dir(folder: Path) -> Path:
    """The folder for working files: WORK_DIR, else inside `folder`; made with mode 700."""
    given = text("WORK_DIR")
    place = (ROOT / given).resolve() if given else folder / "work"
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    return place


def broker_socket(folder: Path) -> Path:
    """The unix socket of the broker that serves `folder`: inside it, or in a short place.

    A socket's path is limited to about a hundred bytes, a data folder's is not. The stand-in's name
    follows from the folder's, so that every process finds the same one.
    """
    socket = folder / "broker.sock"
    if len(os.fsencode(socket)) < SOCKET_PATH_BYTES:
        return socket
    name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    for place in (Path(tempfile.gettempdir()), Path("/tmp")):  # noqa: S108 - made with mode 700
        socket = place / f"migrator-{os.getuid()}-{name}" / "broker.sock"
        if len(os.fsencode(socket)) < SOCKET_PATH_BYTES:
            break
    return socket


def private_folder(name: str, folder: Path) -> Path:
    """A folder of this host and user for what serves `folder`, mode 700, outside of it.

    The data folder may be shared with other hosts, where process numbers mean other processes.
    """
    own = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    place = Path(tempfile.gettempdir()) / f"migrator-{name}-{os.getuid()}-{own}"
    place.mkdir(mode=0o700, exist_ok=True)
    if place.is_symlink() or place.stat().st_uid != os.getuid():
        raise ImproperlyConfigured(f"{place} belongs to somebody else. Remove it, or set TMPDIR.")
    return place


def redis_url(folder: Path) -> str:
    """The broker's address: REDIS_URL, else the socket of the one that script/server runs."""
    return text("REDIS_URL") or f"unix://{quote(str(broker_socket(folder)))}"


def secret(name: str, folder: Path, make: Callable[[], str]) -> str:
    """The secret from the environment, else from `folder/name`, made there (mode 600) once.

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


read_file(Path(text("ENV_FILE") or ROOT / ".env"))
