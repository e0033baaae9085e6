"""What differs between machines comes through `migrator.env`, and .env.example lists all of it."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from migrator import env

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("migrator", "dashboard", "sandbox")
READERS = {"text", "flag", "number", "words", "secret"}
# Compose fills these in for its own containers; no code of ours reads them.
FOR_COMPOSE = {"POSTGRES_PASSWORD"}


def test_the_example_lists_every_name_that_is_read() -> None:
    assert example_names() - FOR_COMPOSE == set(names_read())


def test_compose_uses_only_names_that_the_example_lists() -> None:
    used = set(re.findall(r"\$\{([A-Z0-9_]+)", (ROOT / "docker-compose.yml").read_text()))
    assert used <= example_names()


def test_the_examples_defaults_are_the_ones_in_force(tmp_path: Path) -> None:
    """Copying the example to .env changes nothing."""
    copied = settings_with(tmp_path, ENV_FILE=str(ROOT / ".env.example"))
    untouched = settings_with(tmp_path, ENV_FILE=os.devnull)
    assert copied == untouched


def test_a_file_fills_gaps_and_the_environment_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / ".env"
    file.write_text("# remark\n\nLOG_LEVEL='DEBUG'\nexport TIME_ZONE=Europe/Rome\n")
    monkeypatch.setenv("LOG_LEVEL", "ERROR")
    monkeypatch.setenv("TIME_ZONE", "")
    env.read_file(file)
    assert (os.environ["LOG_LEVEL"], os.environ["TIME_ZONE"]) == ("ERROR", "Europe/Rome")


def test_nonsense_in_the_file_is_refused_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("LOG_LEVEL=INFO\nthis is no assignment\n")
    with pytest.raises(ImproperlyConfigured, match="Line 2"):
        env.read_file(file)


@pytest.mark.parametrize(("read", "word"), [(env.flag, "maybe"), (env.number, "many")])
def test_nonsense_in_a_variable_is_refused_by_name(
    read: object, word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEBUG", word)
    with pytest.raises(ImproperlyConfigured, match="DEBUG"):
        env.flag("DEBUG") if read is env.flag else env.number("DEBUG", 1)


def test_a_secret_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    first = env.secret("SECRET_KEY", tmp_path, env.make_secret_key)
    assert env.secret("SECRET_KEY", tmp_path, env.make_secret_key) == first
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["secret_key"]


def test_an_empty_secret_is_refused_and_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "secret_key").touch()
    with pytest.raises(ImproperlyConfigured, match="empty"):
        env.secret("SECRET_KEY", tmp_path, env.make_secret_key)


def test_the_socket_of_a_long_folder_gets_a_short_path(tmp_path: Path) -> None:
    short, long = Path("/srv/studio"), tmp_path / ("x" * 120)
    assert env.broker_socket(short) == short / "broker.sock"
    assert len(os.fsencode(env.broker_socket(long))) < env.SOCKET_PATH_BYTES
    assert env.broker_socket(long) == env.broker_socket(long)
    assert env.broker_socket(long) != env.broker_socket(tmp_path / ("y" * 120))


def test_a_wrong_setting_is_told_in_a_sentence_without_a_traceback(tmp_path: Path) -> None:
    result = manage(tmp_path, "migrate", LOG_LEVEL="LOUD")
    assert result.returncode == 1
    assert "LOG_LEVEL must be" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"S3_BUCKET": "archives", "S3_ACCESS_KEY": "me"}, "go together"),
        ({"S3_ENDPOINT": "http://127.0.0.1:9"}, "S3_BUCKET is missing"),
    ],
)
def test_half_of_a_bucket_is_refused(tmp_path: Path, given: dict[str, str], told: str) -> None:
    result = manage(tmp_path, "migrate", **given)
    assert result.returncode == 1
    assert told in result.stderr


def test_migrate_alone_makes_a_fresh_folder_usable(tmp_path: Path) -> None:
    assert manage(tmp_path, "migrate", "--verbosity", "0").returncode == 0
    assert manage(tmp_path, "migrate", "--check").returncode == 0
    modes = {name: (tmp_path / name).stat().st_mode & 0o777 for name in SECRETS}
    assert modes == dict.fromkeys(SECRETS, 0o600)


SECRETS = ("secret_key", "credential_keys")
SHOWN = """
import django; django.setup()
from django.conf import settings
from migrator.launcher.options import parse_options
names = "ALLOWED_HOSTS CSRF_TRUSTED_ORIGINS DEBUG INSTANCE_HOSTS LOG_LEVEL TIME_ZONE SECURE_COOKIES"
print([getattr(settings, name) for name in names.split()], settings.DATABASES, settings.REDIS_URL)
print(parse_options([]))
"""


def settings_with(folder: Path, **variables: str) -> str:
    """What settings and options come out as, in a process of its own."""
    result = subprocess.run(
        [sys.executable, "-c", SHOWN],
        cwd=ROOT,
        env={**bare_environment(), "DATA_DIR": str(folder), **variables},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def manage(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**bare_environment(), "DATA_DIR": str(folder), **variables},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def bare_environment() -> dict[str, str]:
    """This one without what the product reads: an empty value counts as unset."""
    names = {*example_names(), "DJANGO_SETTINGS_MODULE"} - {"ENV_FILE"}
    kept = {name: value for name, value in os.environ.items() if name not in names}
    return {**kept, "DJANGO_SETTINGS_MODULE": "migrator.settings"}


def example_names() -> set[str]:
    lines = (ROOT / ".env.example").read_text().splitlines()
    return {line.split("=")[0] for line in lines if line and not line.startswith("#")}


def names_read() -> Iterator[str]:
    for package in PACKAGES:
        for file in (ROOT / package).rglob("*.py"):
            yield from names_read_in(ast.parse(file.read_text()))


def names_read_in(tree: ast.AST) -> Iterator[str]:
    """First arguments of `env.text("NAME")` and its like, also inside env.py itself."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and reader_of(node.func) in READERS:
            first = node.args[0]
            if isinstance(first, ast.Constant) and re.fullmatch(r"[A-Z0-9_]+", str(first.value)):
                yield str(first.value)


def reader_of(function: ast.expr) -> str:
    if isinstance(function, ast.Name):
        return function.id
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
        return function.attr if function.value.id == "env" else ""
    return ""
