"""Backup and restore of the server itself, from the command line."""

import json
import os
import stat
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from tests.launcher.servers import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.own_house]

PASSWORD = "tall pines by the lake"
MAKE = "from migrator.services.instances import add_instance; add_instance(user=None, name='Dallas'"
MAKE += ", kind='cloud', address='https://us-south.knowledge-studio.watson.cloud.ibm.com/knowledge-studio/tools/app/us/t',"
MAKE += " credential={'kind': 'apikey', 'apikey': 'kept-key-0815'}, connector_enabled=True)"
SHOW = "from migrator.models import Instance; from migrator.services.credentials import *;"
SHOW += "print(reveal_credential(Instance.objects.get().credential).to_dict()['apikey'])"


def manage(folder: Path, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    """One command on a data folder of its own."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        check=False,  # the exit code is what is tested
        cwd=ROOT,
        env={**os.environ, "DATA_DIR": str(folder), "DATABASE_URL": "", "LOG_LEVEL": "WARNING"},
        input=given,
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with an administrator, a sealed credential and an archive's file."""
    folder = tmp_path_factory.mktemp("server") / "data"
    assert manage(folder, "migrate", "--verbosity=0").returncode == 0
    assert manage(folder, "create_admin", "ines", given=f"{PASSWORD}\n").returncode == 0
    assert manage(folder, "shell", "-c", MAKE).returncode == 0
    (folder / "archives" / "dallas").mkdir(parents=True)
    (folder / "archives" / "dallas" / "claims.zip").write_bytes(b"PK archive")
    return folder


@pytest.fixture(scope="module")
def packed(server: Path) -> Path:
    """Its backup."""
    file = server.parent / "server.tar"
    done = manage(server, "back_up_server", str(file), "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["files"] == 4
    return file


def test_a_restored_server_is_the_same_one(server: Path, packed: Path, tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere"
    done = manage(server, "restore_server", str(packed), "--into", str(folder))
    assert done.returncode == 0, done.stderr
    assert manage(folder, "migrate", "--verbosity=0").returncode == 0
    assert manage(folder, "shell", "-c", SHOW).stdout.splitlines()[-1] == "kept-key-0815"
    assert (folder / "archives" / "dallas" / "claims.zip").read_bytes() == b"PK archive"
    assert json.loads(manage(folder, "check_audit", "--json").stdout)["intact"]
    assert not (folder / "restoring").exists()


def test_only_its_owner_reads_it_and_nothing_is_left_beside_it(packed: Path) -> None:
    assert stat.S_IMODE(packed.stat().st_mode) == 0o600
    assert [path.name for path in packed.parent.glob("server.tar*")] == ["server.tar"]


def test_a_file_that_is_there_is_not_written_over(server: Path, packed: Path) -> None:
    before = packed.read_bytes()
    done = manage(server, "back_up_server", str(packed))
    assert done.returncode == 1
    assert "is there already" in done.stderr
    assert packed.read_bytes() == before


def test_a_folder_in_use_is_left_alone(server: Path, packed: Path) -> None:
    done = manage(server, "restore_server", str(packed), "--into", str(server))
    assert done.returncode == 1
    assert "holds a server already" in done.stderr


@pytest.mark.parametrize("how", ["cut", "changed", "nonsense", "missing"])
def test_a_damaged_backup_changes_nothing(
    server: Path, packed: Path, tmp_path: Path, how: str
) -> None:
    file, folder = tmp_path / "bad.tar", tmp_path / "new"
    content = packed.read_bytes()
    if how == "cut":
        file.write_bytes(content[: len(content) // 2])
    elif how == "changed":
        file.write_bytes(content.replace(b"PK archive", b"PK ARCHIVE"))
    elif how == "nonsense":
        file.write_bytes(b"no archive" * 100)
    else:
        _without(packed, file, "credential_keys")
    done = manage(server, "restore_server", str(file), "--into", str(folder))
    assert done.returncode == 1
    assert "Nothing was changed." in done.stderr
    assert list(folder.iterdir()) == []


def _without(packed: Path, file: Path, name: str) -> None:
    with tarfile.open(packed) as whole, tarfile.open(file, "w") as part:
        for member in whole:
            if member.name != name:
                part.addfile(member, whole.extractfile(member))
