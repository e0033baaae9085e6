"""A running sandbox for any suite: the fixture `sandbox` is a fresh one for each test.

Loaded once by tests/conftest.py. The server runs in a thread on a free port of 127.0.0.1.
"""

import contextlib
import json
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from sandbox.limits import Limits
from sandbox.seeding import read_configuration, seed
from sandbox.server import Sandbox
from sandbox.state import Options

API = "/wks/api/v10"
TIMEOUT = 20  # seconds that any request of a test may take
SMALL = 12  # documents of the largest demo workspace


@dataclass
class RunningInstance:
    """One Knowledge Studio instance of a running sandbox, as `--write-config` tells of it."""

    name: str
    kind: str
    address: str
    credential: dict[str, str]
    iam_url: str
    cp4d_url: str
    nlu_url: str
    nlu_credential: dict[str, str] | None
    session_credential: dict[str, str] | None = None
    discovery_url: str = ""
    discovery_credential: dict[str, str] | None = None
    resource_controller_url: str = ""

    @property
    def api(self) -> str:
        """The root of the tool's interface."""
        return self.address + API

    def headers(self) -> dict[str, str]:
        """A fresh bearer token for `credential`."""
        if self.kind == "cp4d":
            login = {name: value for name, value in self.credential.items() if name != "kind"}
            url = f"{self.cp4d_url}/icp4d-api/v1/authorize"
            answer = requests.post(url, json=login, timeout=TIMEOUT)
            return {"Authorization": f"Bearer {answer.json()['token']}"}
        form = {
            "grant_type": "urn:ibm:params:oauth:grant-type:apikey",
            "apikey": self.credential["apikey"],
        }
        answer = requests.post(f"{self.iam_url}/identity/token", data=form, timeout=TIMEOUT)
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}


class RunningSandbox:
    """Addresses, credentials and switches of a running sandbox."""

    def __init__(self, server: Sandbox) -> None:
        self.server = server
        self.base = server.base
        self._headers: dict[str, dict[str, str]] = {}

    def configuration(self) -> dict[str, Any]:
        """What `--write-config` writes."""
        return read_configuration(self.server.state, self.base)

    def instance(self, name: str = "source") -> RunningInstance:
        """The instance called source, target or cp4d."""
        found = self.configuration()["instances"]
        return RunningInstance(**next(each for each in found if each["name"] == name))

    @property
    def source(self) -> RunningInstance:
        """The instance with the demo workspaces."""
        return self.instance("source")

    @property
    def target(self) -> RunningInstance:
        """The instance that starts empty."""
        return self.instance("target")

    def fault(self, kind: str, path: str = "", **fields: Any) -> None:
        """Let the next matching request go wrong; fields as in `sandbox.faults.Fault`."""
        self.admin("POST", "faults", {"kind": kind, "path": path, **fields})

    def clear_faults(self) -> None:
        """No faults from now on."""
        self.admin("DELETE", "faults")

    def expire_sessions(self, name: str = "") -> None:
        """Lose the sessions and tokens of an instance, or of all."""
        self.admin("POST", "expire-sessions", {"instance": name} if name else {})

    def new_session(self, name: str) -> dict[str, str]:
        """The credential of a browser that signed in again."""
        session: dict[str, str] = self.admin("POST", "sessions", {"instance": name})
        return session

    def called(self, path: str = "") -> list[dict[str, Any]]:
        """Method, path and status of what was called, oldest first."""
        found: list[dict[str, Any]] = self.admin("GET", f"requests?path={path}")["requests"]
        return found

    def workspaces(self, name: str = "source") -> dict[str, dict[str, Any]]:
        """Workspaces of an instance by their names, each with `id` and `counts`."""
        for each in self.admin("GET", "state")["instances"]:
            if each["name"] == name:
                return {workspace["name"]: workspace for workspace in each["workspaces"]}
        raise KeyError(name)

    def workspace_state(self, workspace_id: str) -> dict[str, Any]:
        """Everything that one workspace holds, as the sandbox knows it."""
        found: dict[str, Any] = self.admin("GET", f"state/{workspace_id}")
        return found

    def options(self, **changes: Any) -> None:
        """Change how the sandbox behaves; see `sandbox.state.Options`."""
        self.admin("PUT", "options", changes)

    def admin(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Call an endpoint under /_sandbox; None where it answers nothing."""
        url = f"{self.base}/_sandbox/{path}"
        answer = requests.request(method, url, json=body, timeout=TIMEOUT)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def call(
        self, method: str, path: str, name: str = "source", **options: Any
    ) -> requests.Response:
        """Call an operation of the tool as the administrator of an instance."""
        instance = self.instance(name)
        if name not in self._headers:
            self._headers[name] = instance.headers()
        options.setdefault("timeout", TIMEOUT)
        return requests.request(method, instance.api + path, headers=self._headers[name], **options)

    def create_workspace(self, name: str = "Copy", instance: str = "target", **fields: str) -> str:
        """The id of a new English workspace."""
        body = {"name": name, "language": "en", "tokenizer": "ml", "description": "", **fields}
        answer = self.call("POST", "/workspaces", instance, json=body)
        assert answer.status_code == 201, answer.text
        created: str = answer.json()["id"]
        return created

    def upload(
        self, workspace_id: str, kind: str, path: Path, instance: str = "target", **params: str
    ) -> requests.Response:
        """Upload a file; `kind` is typestore, dictionaries or documentsets."""
        with path.open("rb") as file:
            return self.call(
                "POST",
                f"/workspaces/{workspace_id}/{kind}/import",
                instance,
                files={"file": (path.name, file)},
                params=params,
            )

    def finished(self, workspace_id: str, job: str, instance: str = "target") -> dict[str, Any]:
        """The job once it is done or failed."""
        ends = time.monotonic() + TIMEOUT
        while time.monotonic() < ends:
            answer = self.call("GET", f"/workspaces/{workspace_id}/jobs/{job}", instance)
            found: dict[str, Any] = answer.json()
            if found["state"] in ("done", "failed"):
                return found
            time.sleep(0.01)  # a client polls; there is no event across HTTP
        raise AssertionError(f"the job did not finish: {json.dumps(found)}")


@contextlib.contextmanager
def running(folder: Path, **settings: Any) -> Iterator[RunningSandbox]:
    """A sandbox over a data folder; `settings` are those of `sandbox.server.Sandbox`."""
    settings.setdefault("options", Options(job_seconds=0))
    server = Sandbox(folder, **settings)
    server.start()
    try:
        yield RunningSandbox(server)
    finally:
        server.stop()


@pytest.fixture(scope="session")
def seeded_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the small demo, to be copied and not to be used."""
    folder = tmp_path_factory.mktemp("sandbox") / "seeded"
    server = Sandbox(folder)
    seed(server.state, "demo", SMALL)
    server.close()
    return folder


@pytest.fixture
def sandbox(seeded_folder: Path, tmp_path: Path) -> Iterator[RunningSandbox]:
    """A fresh sandbox with the small demo; jobs take no time."""
    folder = tmp_path / "sandbox"
    shutil.copytree(seeded_folder, folder)
    with running(folder) as started:
        yield started


@pytest.fixture
def tiny_sandbox(seeded_folder: Path, tmp_path: Path) -> Iterator[RunningSandbox]:
    """The same with limits so small that a test reaches them."""
    folder = tmp_path / "sandbox"
    shutil.copytree(seeded_folder, folder)
    with running(folder, limits=TINY) as started:
        yield started


TINY = Limits(
    type_system_bytes=20_000,
    upload_bytes=30_000,
    documents=14,
    document_characters=2_000,
    document_sets=12,
    dictionaries=4,
    dictionary_entries=14,
    dictionary_bytes=2_000,
    surface=40,
    tasks=2,
    page=5,
)
