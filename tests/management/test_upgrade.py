"""An upgrade with data: what an earlier version made is whole and usable in this one.

The earlier version is the one before the newest migration. Its own code, out of the repository's
history, makes a data folder, an administrator and a backup; then this version migrates and takes
over. Meanwhile the earlier version goes on working, as it does on other hosts until they are
upgraded, too.
"""

import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests import houses
from tests.launcher.servers import ROOT
from tests.management.upgraded import PASSWORD
from tests.sandbox.fixtures import RunningSandbox, running

pytestmark = pytest.mark.slow

WORKSPACE, ANOTHER = "Support tickets", "Claims"


def git(*arguments: str) -> bytes:
    """What git answers; the test skips where it has no answer."""
    try:
        done = subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"the history is not here, so there is no earlier version: {error}")
    return done.stdout


def commit_before_the_newest_migration() -> str:
    """The parent of the commit that added it; the test skips in a clone without that history."""
    newest = max((ROOT / "migrator" / "migrations").glob("[0-9]*.py")).relative_to(ROOT)
    added = git("log", "--diff-filter=A", "--format=%H", "-1", "--", str(newest)).decode().strip()
    # One that is not committed yet: then everything that is committed is earlier.
    return git("rev-parse", "--verify", f"{added}^" if added else "HEAD").decode().strip()


@dataclass
class Version:
    """The code of one version, and the data that it works on."""

    code: Path
    data: Path

    def __call__(self, *command: str, given: str = "") -> str:
        """Standard output of one command; it succeeds."""
        done = subprocess.run(
            [sys.executable, *command],
            cwd=self.code,
            env={
                **os.environ,
                **houses.variables(self.data),
                "PYTHONPATH": str(self.code),
                "REDIS_URL": "redis://127.0.0.1:1",  # neither broker nor worker is there
                "INSTANCE_HOSTS": "127.0.0.1",
                "ALLOWED_HOSTS": "testserver",
            },
            input=given,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def manage(self, *arguments: str, given: str = "") -> str:
        """The same for a command of manage.py."""
        return self("manage.py", *arguments, given=given)

    def back_up(self, sandbox: RunningSandbox, name: str) -> None:
        """A backup of one workspace, by what the command line has always had."""
        chosen = sandbox.workspaces()[name]["id"]
        self.manage("inventory", "source")
        out = str(self.data.parent / "out")
        self.manage("backup", "source", "--workspace", chosen, "--out", out)


@pytest.fixture(scope="module")
def service(
    seeded_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningSandbox]:
    """What is backed up; nothing here changes it."""
    folder = tmp_path_factory.mktemp("service") / "sandbox"
    shutil.copytree(seeded_folder, folder)
    with running(folder) as started:
        yield started


@pytest.fixture(scope="module")
def earlier(service: RunningSandbox, tmp_path_factory: pytest.TempPathFactory) -> Version:
    """The earlier version, with its administrator, an instance and a backup."""
    code = tmp_path_factory.mktemp("earlier")
    packed = git("archive", commit_before_the_newest_migration())
    with tarfile.open(fileobj=io.BytesIO(packed)) as members:
        members.extractall(code, filter="data")
    version = Version(code, tmp_path_factory.mktemp("upgraded") / "data")
    version.manage("migrate", "--verbosity=0")
    version.manage("create_admin", "ines", given=f"{PASSWORD}\n")
    source = service.instance("source")
    version.manage(
        *("add_instance", "source", "--kind", source.kind, "--address", source.address),
        *("--iam-url", source.iam_url, "--credential-file", "-", "--json"),
        given=json.dumps(source.credential),
    )
    version.back_up(service, WORKSPACE)
    return version


@pytest.fixture(scope="module")
def present(earlier: Version) -> Version:
    """This version on the same data, migrated."""
    before = earlier.manage("showmigrations", "migrator")
    version = Version(ROOT, earlier.data)
    version.manage("migrate", "--verbosity=0")
    assert version.manage("showmigrations", "migrator") != before, "nothing was migrated"
    return version


@pytest.fixture(scope="module")
def found(present: Version) -> dict[str, Any]:
    """What this version makes of the data."""
    told: dict[str, Any] = json.loads(present("-m", "tests.management.upgraded"))
    return told


def test_archives_are_whole(found: dict[str, Any]) -> None:
    assert found["archives"] == [{"workspace": WORKSPACE, "problem": ""}]


def test_runs_and_archives_show(found: dict[str, Any]) -> None:
    assert found["runs"] == 1
    assert set(found["pages"].values()) == {200}
    assert WORKSPACE in found["run page"]


def test_the_audit_log_is_intact(found: dict[str, Any]) -> None:
    assert found["audit"]["entries"] > 2
    assert found["audit"]["problem"] == ""


def test_credentials_open_and_the_password_holds(
    found: dict[str, Any], service: RunningSandbox
) -> None:
    assert found["credential"] == service.instance("source").credential["apikey"]
    assert found["signed in"]


def test_the_earlier_version_goes_on_working(
    found: dict[str, Any], earlier: Version, present: Version, service: RunningSandbox
) -> None:
    """Between the migration and its own upgrade."""
    earlier.back_up(service, ANOTHER)
    told = json.loads(present("-m", "tests.management.upgraded"))
    assert {each["workspace"]: each["problem"] for each in told["archives"]} == {
        WORKSPACE: "",
        ANOTHER: "",
    }
    assert told["audit"]["problem"] == ""
    assert told["audit"]["entries"] > found["audit"]["entries"]
