"""Pytest plugin that moves the tests into a data folder of their own before settings are read.

pyproject.toml loads it with `-p`, ahead of pytest-django, so that no test ever sees `var/`, a
developer's `.env` or a real broker. DATABASE_URL stays: it chooses the database under test.
"""

import os
import shutil
import tempfile

import pytest
from django.conf import settings

PRIVATE = tempfile.mkdtemp(prefix="migrator-tests-")

for _name in (
    *("SECRET_KEY", "CREDENTIAL_KEYS", "REDIS_URL", "INSTANCE_HOSTS", "ALLOWED_HOSTS"),
    *("S3_BUCKET", "S3_ENDPOINT", "S3_ACCESS_KEY", "S3_SECRET_KEY", "METRICS_TOKEN", "WORK_DIR"),
):
    os.environ.pop(_name, None)
os.environ["DATA_DIR"] = PRIVATE
os.environ["ENV_FILE"] = os.devnull
# No sandbox needs a pace; the tests of the pace set their own.
os.environ["INSTANCE_CALLS_PER_SECOND"] = "0"
# Playwright's synchronous API runs inside an event loop, where Django otherwise refuses queries.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--screens FOLDER` keeps the browser suites' pictures; the others steer long suites."""
    parser.addoption("--screens", metavar="FOLDER", help="keep the browser suites' pictures there")
    parser.addoption("--fault-runs", type=int, default=10, help="runs of the fault suite, twice")
    parser.addoption(
        "--resume-documents", type=int, default=1000, help="documents of the interrupted download"
    )
    parser.addoption("--fault-seed", default="1", help="what the fault suite draws its faults from")
    parser.addoption("--fuzz-cases", type=int, default=10_000, help="broken exports to read")
    parser.addoption("--fuzz-seed", default="1", help="what the broken exports are drawn from")
    parser.addoption("--fuzz-first", type=int, default=0, help="number of the first broken export")


def pytest_configure() -> None:
    """A quick hash for the passwords of the cast; the servers under test use the product's own."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the folder; each xdist worker has made, and removes, one of its own."""
    shutil.rmtree(PRIVATE, ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Fast tests first, then the slow, then those that drive a browser."""
    items.sort(key=lambda item: ("browser" in item.keywords, "slow" in item.keywords))
