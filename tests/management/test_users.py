"""Making administrators from the command line."""

import io
import sys
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings

pytestmark = pytest.mark.django_db

PASSWORD = "seven-tall-pines"


def give(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))


def test_create_admin_reads_the_password_from_standard_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    give(monkeypatch, f"{PASSWORD}\n")
    call_command("create_admin", "keeper")
    assert User.objects.get(is_superuser=True).check_password(PASSWORD)
    assert PASSWORD not in "".join(capsys.readouterr())


def test_create_admin_refuses_a_weak_password_with_a_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    give(monkeypatch, "short\n")
    with pytest.raises(SystemExit) as left:
        call_command("create_admin", "keeper")
    assert left.value.code == 1
    assert "too short" in capsys.readouterr().err
    assert not User.objects.exists()


def test_set_up_link_opens_the_page_and_is_not_printed_once_there_is_a_user(
    client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("set_up_link", "--address", "https://studio.example.com/")
    link = capsys.readouterr().out.strip()
    assert link.startswith("https://studio.example.com/set-up/")
    assert client.get(link.removeprefix("https://studio.example.com")).status_code == 200
    User.objects.create(username="somebody")
    call_command("set_up_link")
    assert capsys.readouterr().out == ""


def test_seed_demo_refuses_a_folder_that_is_no_demos(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        call_command("seed_demo", "--config", str(tmp_path / "config.json"))
    assert "is not the data folder of a demo" in capsys.readouterr().err
    assert not User.objects.exists()


def test_seed_demo_refuses_a_database_that_is_used_for_real(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    settings: Settings,
) -> None:
    """A new folder with DATABASE_URL of the real server, for example."""
    settings.DATA_DIR = tmp_path
    (tmp_path / "demo").touch()
    real = User.objects.create_user("admin", password=PASSWORD)
    give(monkeypatch, "another-password\n")
    with pytest.raises(SystemExit):
        call_command("seed_demo", "--config", str(tmp_path / "config.json"))
    assert "used for real and not by a demo" in capsys.readouterr().err
    real.refresh_from_db()
    assert real.check_password(PASSWORD)
