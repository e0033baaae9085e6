"""The real server over a seeded sandbox, as a person would start it, and an API session on it."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import requests

ROOT = Path(__file__).resolve().parent.parent.parent
TIMEOUT = 60  # seconds for any one request
API = "/wks/api/v10"
MAKE_TOKEN = """
import django; django.setup()
from django.contrib.auth.models import User
from migrator.services.users import make_token
print(make_token(user=User.objects.get(username="admin"), name="Bench", days=7)[1])
"""


def seed(folder: Path, documents: int) -> None:
    """Fill the demo's sandbox before the server starts; it then stays as it is."""
    started = time.monotonic()
    program = (
        "import sys; from pathlib import Path\n"
        "from sandbox.seeding import seed\n"
        "from sandbox.server import Sandbox\n"
        "server = Sandbox(Path(sys.argv[1]))\n"
        "seed(server.state, 'demo', int(sys.argv[2]))\n"
        "server.close()\n"
    )
    command = [sys.executable, "-c", program, str(folder / "sandbox"), str(documents)]
    subprocess.run(command, cwd=ROOT, check=True)
    print(f"{documents:,} documents generated in {time.monotonic() - started:.0f} s", flush=True)


class Site:
    """The running server: an API session, the worker's process, and the sandbox's own answers."""

    def __init__(self, address: str, folder: Path, lines: list[str], **variables: str) -> None:
        """`lines` is what the server prints, as it goes on; `variables` are those it runs with."""
        self.address = address
        self.folder = folder
        self.lines = lines
        self.session = requests.Session()
        token = subprocess.run(
            [sys.executable, "-c", MAKE_TOKEN],
            cwd=ROOT,
            env={
                **os.environ,
                **variables,
                "DATA_DIR": str(folder),
                "DJANGO_SETTINGS_MODULE": "migrator.settings",
            },
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        self.session.headers["Authorization"] = f"Token {token}"

    def get(self, path: str) -> Any:
        """One answer of the API."""
        answer = self.session.get(f"{self.address}api/{path}", timeout=TIMEOUT)
        answer.raise_for_status()
        return answer.json()

    def post(self, path: str, **body: Any) -> Any:
        """One change by the API."""
        answer = self.session.post(f"{self.address}api/{path}", json=body, timeout=TIMEOUT)
        assert answer.ok, answer.text
        return answer.json()

    def largest(self) -> dict[str, Any]:
        """The workspace with the most documents."""
        found: list[dict[str, Any]] = self.get("workspaces/?limit=100")["results"]
        return max(found, key=lambda workspace: workspace["documents"] or 0)

    def perform(self, kind: str, **wanted: Any) -> float:
        """Start a run and wait for its end; the seconds from the request to the end."""
        started = time.monotonic()
        run = self.post(f"runs/{kind}/", **wanted)
        while run["finished_at"] is None and run["state"] != "waiting":
            time.sleep(0.05)  # a client polls; there is no event across HTTP
            run = self.get(f"runs/{run['id']}/")
        seconds = time.monotonic() - started
        assert run["state"] in {"completed", "warnings"}, self.get(f"runs/{run['id']}/steps/")
        return seconds

    def described(self) -> dict[str, Any]:
        """The sandbox's first instance: addresses and credential."""
        found: dict[str, Any] = json.loads(next(self.folder.glob("*.json")).read_text())[
            "instances"
        ][0]
        return found

    def bearer(self) -> str:
        """A fresh token for the first instance."""
        described = self.described()
        form = {
            "grant_type": "urn:ibm:params:oauth:grant-type:apikey",
            "apikey": described["credential"]["apikey"],
        }
        url = f"{described['iam_url']}/identity/token"
        answer = requests.post(url, data=form, timeout=TIMEOUT)
        return str(answer.json()["access_token"])

    def exports(self, workspace_id: str) -> dict[str, str]:
        """Where the three files of a workspace are downloaded, by the name to store them under."""
        root = f"{self.described()['address']}{API}/workspaces/{workspace_id}"
        return {
            "types.json": f"{root}/typestore/export",
            "dictionaries.zip": f"{root}/dictionaries/export",
            "corpus.zip": f"{root}/documentsets/export",
        }

    def worker(self) -> psutil.Process:
        """The worker's process."""
        for process in psutil.process_iter():
            with gone():
                if " worker " in " ".join(process.cmdline()) and (
                    process.environ().get("DATA_DIR") == str(self.folder)
                ):
                    return process
        raise AssertionError("no worker runs")


@contextmanager
def gone() -> Iterator[None]:
    """Within this block a process may end while it is looked at."""
    try:
        yield
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return


@contextmanager
def serving(folder: Path, **variables: str) -> Iterator[Site]:
    """The whole server with its demo sandbox on `folder`."""
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "migrator.launcher", "--demo", "--data", str(folder)),
            *("--port", "0", "--sandbox-port", "0"),
        ],
        cwd=ROOT,
        env={**os.environ, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    lines: list[str] = []
    try:
        for line in process.stdout:
            lines.append(line)
            if found := re.search(r"Open (http\S+)", line):
                threading.Thread(target=lines.extend, args=[process.stdout], daemon=True).start()
                yield Site(found.group(1), folder, lines, **variables)
                return
        raise AssertionError(f"the server did not start:\n{''.join(lines)}")
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(TIMEOUT)
