"""The two houses that the suite runs in.

*Embedded*: SQLite, the broker that the server starts itself, files in the data folder. *Grown*:
PostgreSQL, Valkey on a port and an S3 server, started once for all tests by `pytest --house grown`.
There every data folder that a test makes, and every process of pytest, has a database, a number of
the broker and a bucket of its own.
"""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import boto3
import psycopg
import redis

from tests.postgres import postgres_address, postgres_folder
from tests.s3 import ACCESS_KEY, REGION, SECRET_KEY, s3_server
from tests.valkey import valkey

# Folders whose tests cannot tell the houses apart: import-linter holds that what they test knows
# neither Django nor the storage, and collecting them fails where a test asks for the database.
LEFT_OUT = {
    "archives": "bytes in, bytes out",
    "checks": "facts in, answers out",
    "clients": "HTTP out, without Django",
    "formats": "bytes in, facts out",
    "pictures": "figures in, shapes out",
    "sandbox": "the service on the other side",
}
# These start servers of their own, of both kinds, in the first pass already.
OF_BOTH = {
    "faults": "random faults and races on both; the others are about the line to the service",
}

# Where the processes of pytest-xdist find the servers that the first process started.
_POSTGRES, _VALKEY, _S3 = "TESTS_POSTGRES", "TESTS_VALKEY", "TESTS_S3"
_SHARED = "TESTS_SHARED"  # a folder of all of them
_MIGRATED = "migrated"
_SQLITE = "migrator.sqlite3"
_NUMBERS = 10_000  # of the broker: more than there are data folders in a pass
_chosen: dict[Path, dict[str, str]] = {}


def is_grown() -> bool:
    """Whether the servers of the grown house are there."""
    return _POSTGRES in os.environ


def share(folder: Path) -> None:
    """Keep in there what all processes of pytest-xdist use: the first one's word counts."""
    os.environ.setdefault(_SHARED, str(folder))


@contextmanager
def grown() -> Iterator[None]:
    """Start the servers, and tell the environment where they are."""
    with ExitStack() as stack:
        database = stack.enter_context(postgres_address())
        # The S3 server takes its time; meanwhile the database is made that others are copies of.
        with ThreadPoolExecutor(1) as pool:
            made = pool.submit(_make_template, database)
            os.environ[_VALKEY] = str(stack.enter_context(valkey(databases=_NUMBERS)).port)
            os.environ[_S3] = stack.enter_context(s3_server()).endpoint
            made.result()
        os.environ[_POSTGRES] = postgres_folder(database)
        yield


def variables(folder: Path, *, migrated: bool = False) -> dict[str, str]:
    """The environment of all processes that work on a data folder; the same one at every call.

    Its database is empty where nobody said `migrated` at the first call, or made one before.
    """
    if folder not in _chosen:
        if migrated:
            _lay_out(folder)
        own = _fresh(migrated=migrated) if is_grown() else {}
        _chosen[folder] = {"DATA_DIR": str(folder), **own}
    return _chosen[folder]


def storage(folder: Path) -> dict[str, Any]:
    """A storage of archives for one test, as settings.STORAGES describes it."""
    if not is_grown():
        backend = "django.core.files.storage.FileSystemStorage"
        return {"BACKEND": backend, "OPTIONS": {"location": folder}}
    options = {
        "bucket_name": os.environ["S3_BUCKET"],
        "endpoint_url": os.environ[_S3],
        "region_name": REGION,
        "access_key": ACCESS_KEY,
        "secret_key": SECRET_KEY,
        "location": str(folder).strip("/"),
    }
    return {"BACKEND": "migrator.storage.Bucket", "OPTIONS": options}


def test_database() -> dict[str, str]:
    """What DATABASES["default"]["TEST"] says: a copy of the migrated one, where there is one."""
    return {"TEMPLATE": _MIGRATED} if is_grown() else {}


def _lay_out(folder: Path) -> None:
    """What a server that was started before has in its data folder."""
    prepared = _prepared()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    shutil.copytree(prepared / "static", folder / "static", copy_function=os.link)
    if not is_grown():
        shutil.copy(prepared / _SQLITE, folder / _SQLITE)


def _prepared() -> Path:
    """A data folder that is migrated and empty: one for all processes, made by the first."""
    folder = Path(os.environ[_SHARED]) / "prepared"
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            draft = folder.with_suffix(".draft")
            draft.mkdir()
            _manage("prepare", DATA_DIR=str(draft), DATABASE_URL="")
            draft.rename(folder)
    return folder


def _fresh(*, migrated: bool) -> dict[str, str]:
    """A new database, an empty number of the broker and an empty bucket."""
    port = int(os.environ[_VALKEY])
    with redis.Redis(port=port) as broker:
        number = int(broker.incr("houses"))
    with psycopg.connect(host=os.environ[_POSTGRES], user="postgres", autocommit=True) as database:
        copied = f" TEMPLATE {_MIGRATED}" if migrated else ""
        database.execute(f"CREATE DATABASE house{number}{copied}".encode())
    bucket = f"house-{number}"
    boto3.client(
        "s3",
        endpoint_url=os.environ[_S3],
        region_name=REGION,
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=SECRET_KEY,
    ).create_bucket(Bucket=bucket)
    return {
        "DATABASE_URL": _address(os.environ[_POSTGRES], f"house{number}"),
        "REDIS_URL": f"redis://127.0.0.1:{port}/{number}",
        "S3_BUCKET": bucket,
        "S3_ENDPOINT": os.environ[_S3],
        "S3_REGION": REGION,
        "S3_ACCESS_KEY": ACCESS_KEY,
        "S3_SECRET_KEY": SECRET_KEY,
    }


def _address(socket: str, name: str) -> str:
    return f"postgres://postgres@{quote(socket, safe='')}/{name}"


def _make_template(database: str) -> None:
    socket = postgres_folder(database)
    with psycopg.connect(host=socket, user="postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {_MIGRATED}".encode())
    with tempfile.TemporaryDirectory(prefix="migrated-") as folder:
        _manage(
            "migrate", "--verbosity=0", DATA_DIR=folder, DATABASE_URL=_address(socket, _MIGRATED)
        )


def _manage(*command: str, **own: str) -> None:
    subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=Path(__file__).resolve().parent.parent,
        env={**os.environ, **own},
        check=True,
    )
