"""The commands that talk to an instance: exit codes, sentences, and files that arrive."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyrage
import pytest

from tests import houses
from tests.sandbox.fixtures import RunningSandbox

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parent.parent.parent
WORKSPACE = "Support tickets"  # comes back equal; see sandbox.seed_demo


class CommandLine:
    """`script/manage` over a data folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one command; neither broker nor server is there."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env={
                **os.environ,
                **houses.variables(self.folder / "data"),
                "INSTANCE_HOSTS": "127.0.0.1",
                "REDIS_URL": "redis://127.0.0.1:1",
            },
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def json(self, *arguments: str, code: int = 0) -> Any:
        """What `--json` prints; asserts the exit code."""
        ended = self(*arguments, "--json")
        assert ended.returncode == code, ended.stderr
        assert "Traceback" not in ended.stderr
        return json.loads(ended.stdout)


@pytest.fixture
def command(tmp_path: Path) -> CommandLine:
    """A command line over a fresh, migrated data folder."""
    houses.variables(tmp_path / "data", migrated=True)
    return CommandLine(tmp_path)


def _add(command: CommandLine, sandbox: RunningSandbox, name: str) -> None:
    described = sandbox.instance(name)
    secret = command.folder / f"{name}.json"
    secret.write_text(json.dumps(described.credential))
    command.json(
        *("add_instance", name, "--kind", described.kind, "--address", described.address),
        *("--iam-url", described.iam_url, "--credential-file", str(secret)),
    )


def test_a_workspace_goes_from_one_instance_to_another(
    command: CommandLine, sandbox: RunningSandbox
) -> None:
    for name in ("source", "target"):
        _add(command, sandbox, name)
    listed = command.json("inventory", "source")["workspaces"]
    chosen = next(row["id"] for row in listed if row["name"] == WORKSPACE)
    out = command.folder / "out"
    made = command.json("backup", "source", "--workspace", chosen, "--out", str(out))
    (archive,) = out.iterdir()
    assert made["archives"] == [str(archive)]
    assert command("check_archive", str(archive)).returncode == 0

    proved = command.json("restore", str(archive), "--to", "target", "--create")
    assert proved["verification"]["state"] == "verified"
    again = command.json("restore", str(archive), "--to", "target", "--create", code=1)
    assert "already has a workspace named" in json.dumps(again)
    into = sandbox.workspaces("target")[WORKSPACE]["id"]
    same = command.json("restore", str(archive), "--to", "target", "--into", into)
    outcomes = {step["kind"]: step["outcome"] for step in same["steps"]}
    assert outcomes["restore_documents"] == "identical"


def test_an_encrypted_archive_goes_from_one_instance_to_another(
    command: CommandLine, sandbox: RunningSandbox
) -> None:
    for name in ("source", "target"):
        _add(command, sandbox, name)
    listed = command.json("inventory", "source")["workspaces"]
    chosen = next(row["id"] for row in listed if row["name"] == WORKSPACE)
    identity = pyrage.x25519.Identity.generate()
    key, out = command.folder / "key.txt", command.folder / "archives"
    key.write_text(f"{identity}\n")
    asked = ("backup", "source", "--workspace", chosen, "--out", str(out))
    locked = (*asked, "--recipient", str(identity.to_public()))
    refused = command(*locked)
    assert refused.returncode == 1
    assert "Whoever loses the key loses the archive" in refused.stderr
    assert not list(out.glob("*"))

    [file] = command.json(*locked, "--accept-key-loss")["archives"]
    assert file.endswith(".zip.age")
    assert command("restore", file, "--to", "target", "--create").returncode == 1
    opened = ("--identity-file", str(key))
    proved = command.json("restore", file, "--to", "target", "--create", *opened)
    assert proved["verification"]["state"] == "verified"


def test_a_wrong_key_is_answered_with_a_sentence(
    command: CommandLine, sandbox: RunningSandbox
) -> None:
    described = sandbox.instance("source")
    secret = command.folder / "wrong.json"
    secret.write_text(json.dumps({"kind": "apikey", "apikey": "wrong-key-1234"}))
    command.json(
        *("add_instance", "source", "--kind", described.kind, "--address", described.address),
        *("--iam-url", described.iam_url, "--credential-file", str(secret)),
    )
    ended = command("inventory", "source")
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    assert "wrong-key-1234" not in ended.stderr + ended.stdout
    assert "key" in ended.stderr


@pytest.mark.parametrize("address", ["nonsense", "ftp://example.com", "http://10.0.0.1/x"])
def test_an_address_that_is_none_is_refused(command: CommandLine, address: str) -> None:
    ended = command("add_instance", "odd", "--kind", "cloud", "--address", address)
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    assert command("inventory", "odd").returncode == 1


def test_a_data_folder_that_was_never_set_up_says_so(tmp_path: Path) -> None:
    ended = CommandLine(tmp_path)("inventory", "source")
    assert ended.returncode == 1
    assert "script/manage migrate" in ended.stderr
    assert "Traceback" not in ended.stderr
