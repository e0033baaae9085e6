"""Back up and restore a large workspace through the real server; the worker's peak memory.

`script/bench worker [--documents 10000]` seeds a sandbox, starts the whole server on it as a
person would, backs the largest workspace up, restores it into the second instance, and prints time
and peak memory of the worker with its inspecting processes. The reference printed beside them is
the same corpus fetched with the same credential by a plain streamed download to disk.
"""

import argparse
import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import requests

ROOT = Path(__file__).resolve().parent.parent
LIMIT = 250_000_000  # bytes that the worker may take at its peak
TIMEOUT = 60  # seconds for any one request
LOOK = 0.05  # seconds between two looks at memory


def main() -> int:
    """Measure and print; 1 where the limit is not held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=10_000)
    documents: int = parser.parse_args().documents
    with tempfile.TemporaryDirectory(prefix="bench-worker-") as name:
        folder = Path(name)
        _seed(folder, documents)
        with _server(folder) as site:
            return _measure(site, folder)


def _seed(folder: Path, documents: int) -> None:
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
    print(f"{documents:,} documents generated in {time.monotonic() - started:.0f} s")


class Site:
    """The running server: an API session and the worker's process."""

    def __init__(self, address: str, folder: Path) -> None:
        self.address = address
        self.folder = folder
        self.session = requests.Session()
        token = subprocess.run(
            [sys.executable, "manage.py", "drf_create_token", "admin"],
            cwd=ROOT,
            env={**os.environ, "DATA_DIR": str(folder)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()[2]
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

    def worker(self) -> psutil.Process:
        """The worker's process."""
        for process in psutil.process_iter():
            with _gone():
                if " worker " in " ".join(process.cmdline()) and (
                    process.environ().get("DATA_DIR") == str(self.folder)
                ):
                    return process
        raise AssertionError("no worker runs")


@contextmanager
def _gone() -> Iterator[None]:
    try:
        yield
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return  # it ended while we looked


@contextmanager
def _server(folder: Path) -> Iterator[Site]:
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "migrator.launcher", "--demo", "--data", str(folder)),
            *("--port", "0", "--sandbox-port", "0"),
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    try:
        for line in process.stdout:
            if found := re.search(r"Open (http\S+)", line):
                threading.Thread(target=process.stdout.read, daemon=True).start()
                yield Site(found.group(1), folder)
                return
        raise AssertionError("the server did not start")
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(TIMEOUT)


class Peak:
    """The largest memory of a process with its children, looked at all the time.

    `own` and `whole` are proportional set sizes in bytes: pages shared with forked or sibling
    processes count once.
    """

    def __init__(self, process: psutil.Process) -> None:
        self.own = self.whole = 0
        self._process = process
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "Peak":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(LOOK):
            with _gone():
                own = self._process.memory_full_info().pss
                children = 0
                for child in self._process.children(recursive=True):
                    with _gone():
                        children += child.memory_full_info().pss
                self.own, self.whole = max(self.own, own), max(self.whole, own + children)


def _measure(site: Site, folder: Path) -> int:
    largest = max(site.get("workspaces/?limit=100")["results"], key=lambda w: w["documents"] or 0)
    instances = {one["name"]: one["id"] for one in site.get("instances/")["results"]}
    print(f"workspace: {largest['documents']:,} documents")
    reference = _plain_download(folder, largest["workspace_id"])
    worker = site.worker()
    peaks = [
        _run(
            site,
            worker,
            "backup",
            reference,
            from_instance=largest["instance"],
            workspaces=[largest["id"]],
        )
    ]
    archive = site.get("archives/")["results"][0]
    print(f"archive: {archive['size']:,} bytes")
    peaks.append(
        _run(site, worker, "restore", reference, archive=archive["id"], target=instances["target"])
    )
    print(f"peak of the worker: {max(peaks) / 1e6:.0f} MB, allowed {LIMIT / 1e6:.0f} MB")
    return int(max(peaks) > LIMIT)


def _plain_download(folder: Path, workspace_id: str) -> float:
    """Seconds that fetching and hashing the corpus takes without the product."""
    described = json.loads(next(folder.glob("*.json")).read_text())["instances"][0]
    credential = described["credential"]
    form = {
        "grant_type": "urn:ibm:params:oauth:grant-type:apikey",
        "apikey": credential["apikey"],
    }
    token = requests.post(f"{described['iam_url']}/identity/token", data=form, timeout=TIMEOUT)
    started = time.monotonic()
    url = f"{described['address']}/wks/api/v10/workspaces/{workspace_id}/documentsets/export"
    headers = {"Authorization": f"Bearer {token.json()['access_token']}"}
    digest = hashlib.sha256()
    with (
        requests.get(url, headers=headers, stream=True, timeout=TIMEOUT) as answer,
        (folder / "plain.zip").open("wb") as file,
    ):
        answer.raise_for_status()
        for chunk in answer.iter_content(1 << 20):
            file.write(chunk)
            digest.update(chunk)
    seconds = time.monotonic() - started
    print(f"reference: plain streamed download with hash {seconds:.1f} s")
    return seconds


def _run(site: Site, worker: psutil.Process, kind: str, reference: float, **wanted: Any) -> int:
    """Perform one run; the peak of the worker with its children in bytes."""
    with Peak(worker) as peak:
        started = time.monotonic()
        run = site.post(f"runs/{kind}/", **wanted)
        while run["finished_at"] is None and run["state"] != "waiting":
            time.sleep(0.2)  # a client polls; there is no event across HTTP
            run = site.get(f"runs/{run['id']}/")
        seconds = time.monotonic() - started
    assert run["state"] in {"completed", "warnings"}, site.get(f"runs/{run['id']}/steps/")
    print(
        f"{kind}: {seconds:.1f} s, {seconds / reference:.1f} times the reference; worker "
        f"{peak.own / 1e6:.0f} MB, with its inspecting processes {peak.whole / 1e6:.0f} MB"
    )
    return peak.whole


if __name__ == "__main__":
    sys.exit(main())
