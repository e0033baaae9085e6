"""Pytest plugin that moves the tests into a house of their own before settings are read.

pyproject.toml loads it with `-p`, ahead of pytest-django, so that no test ever sees `var/`, a
developer's `.env` or a real broker. `--house grown` chooses PostgreSQL, Valkey and S3.
"""

import os
import shutil
import tempfile
from collections.abc import Generator
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.conf import settings

from migrator.archives.age import passphrases
from tests import houses
from tests.emptying import empty_tables_quickly

PRIVATE = tempfile.mkdtemp(prefix="migrator-tests-")
TESTS = Path(__file__).resolve().parent
_ends = ExitStack()

for _name in (
    *("SECRET_KEY", "CREDENTIAL_KEYS", "INSTANCE_HOSTS", "ALLOWED_HOSTS"),
    *("NOTIFY_HOSTS", "NOTIFY_CA_FILE", "SITE_URL"),
    *("DATABASE_URL", "REDIS_URL"),
    *("S3_BUCKET", "S3_ENDPOINT", "S3_ACCESS_KEY", "S3_SECRET_KEY", "METRICS_TOKEN", "WORK_DIR"),
):
    os.environ.pop(_name, None)
os.environ["DATA_DIR"] = PRIVATE
os.environ["ENV_FILE"] = os.devnull
# No sandbox needs a pace; the tests of the pace set their own.
os.environ["INSTANCE_CALLS_PER_SECOND"] = "0"
# The processes of pytest-xdist do not read addopts; they, too, load this before their settings.
os.environ["PYTEST_PLUGINS"] = "tests.environment"
# Playwright's synchronous API runs inside an event loop, where Django otherwise refuses queries.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--screens FOLDER` keeps the browser suites' pictures; the others steer long suites."""
    names = ("embedded", "grown")
    parser.addoption("--house", choices=names, default=names[0], help="see tests/houses.py")
    parser.addoption("--screens", metavar="FOLDER", help="keep the browser suites' pictures there")
    parser.addoption("--fault-runs", type=int, default=10, help="runs of the fault suite, twice")
    parser.addoption(
        "--resume-documents", type=int, default=1000, help="documents of the interrupted download"
    )
    parser.addoption("--fault-seed", default="1", help="what the fault suite draws its faults from")
    parser.addoption("--fuzz-cases", type=int, default=10_000, help="broken exports to read")
    parser.addoption("--fuzz-seed", default="1", help="what the broken exports are drawn from")
    parser.addoption("--fuzz-first", type=int, default=0, help="number of the first broken export")


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None]:
    """Before Django's settings are read: choose the house, and move in."""
    if early_config.known_args_namespace.house == "grown" and not houses.is_grown():
        _ends.enter_context(houses.grown())
    houses.share(Path(PRIVATE))
    os.environ.update(houses.variables(Path(PRIVATE)))
    yield


def pytest_configure() -> None:
    """Quick hashes for passwords and passphrases; the servers under test use the product's own."""
    passphrases.WORK_FACTOR = 10
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.DATABASES["default"].setdefault("TEST", {}).update(houses.test_database())
    empty_tables_quickly()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the folder; each process of pytest-xdist has made, and removes, one of its own."""
    shutil.rmtree(PRIVATE, ignore_errors=True)
    _ends.close()


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out of the grown house what cannot tell it from the other."""
    left_out = {**houses.LEFT_OUT, **houses.OF_BOTH}
    return (
        config.getoption("--house") == "grown"
        and collection_path.parent == TESTS
        and collection_path.name in left_out
    ) or None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Fast tests first, then the slow, then those that drive a browser; on all cores the other way.

    There a long file that begins late would keep one core busy when the others are through.
    """
    for item in items:
        if item.path.parent.name in houses.LEFT_OUT and "db" in getattr(item, "fixturenames", ()):
            raise pytest.UsageError(f"{item.nodeid} runs in one house only, so: no database")
    if config.getoption("--house") == "grown":
        own = [item for item in items if "own_house" in item.keywords]
        config.hook.pytest_deselected(items=own)
        items[:] = [item for item in items if "own_house" not in item.keywords]
    items.sort(
        key=lambda item: ("browser" in item.keywords, "slow" in item.keywords),
        reverse="PYTEST_XDIST_WORKER" in os.environ,
    )
