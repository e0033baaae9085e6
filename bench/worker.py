"""Back up and restore a large workspace through the real server; the worker's peak memory.

`script/bench worker [--documents 10000]` seeds a sandbox, starts the whole server on it as a
person would, backs the largest workspace up, restores it into the second instance, and prints time
and peak memory of the worker with its inspecting processes. The reference printed beside them is
the same corpus fetched with the same credential by a plain streamed download to disk.
"""

import argparse
import hashlib
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import psutil
import requests

from bench.parts.site import TIMEOUT, Site, gone, seed, serving

LIMIT = 250_000_000  # bytes that the worker may take at its peak
LOOK = 0.05  # seconds between two looks at memory


def main() -> int:
    """Measure and print; 1 where the limit is not held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=10_000)
    documents: int = parser.parse_args().documents
    with tempfile.TemporaryDirectory(prefix="bench-worker-") as name:
        folder = Path(name)
        seed(folder, documents)
        with serving(folder) as site:
            return _measure(site, folder)


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
            with gone():
                own = self._process.memory_full_info().pss
                children = 0
                for child in self._process.children(recursive=True):
                    with gone():
                        children += child.memory_full_info().pss
                self.own, self.whole = max(self.own, own), max(self.whole, own + children)


def _measure(site: Site, folder: Path) -> int:
    largest = site.largest()
    instances = {one["name"]: one["id"] for one in site.get("instances/")["results"]}
    print(f"workspace: {largest['documents']:,} documents")
    reference = _plain_download(site, folder, largest["workspace_id"])
    chosen = {"from_instance": largest["instance"], "workspaces": [largest["id"]]}
    peaks = [_run(site, "backup", reference, **chosen)]
    archive = site.get("archives/")["results"][0]
    print(f"archive: {archive['size']:,} bytes")
    chosen = {"archive": archive["id"], "target": instances["target"]}
    peaks.append(_run(site, "restore", reference, **chosen))
    print(f"peak of the worker: {max(peaks) / 1e6:.0f} MB, allowed {LIMIT / 1e6:.0f} MB")
    return int(max(peaks) > LIMIT)


def _plain_download(site: Site, folder: Path, workspace_id: str) -> float:
    """Seconds that fetching and hashing the corpus takes without the product."""
    headers = {"Authorization": f"Bearer {site.bearer()}"}
    started = time.monotonic()
    url = site.exports(workspace_id)["corpus.zip"]
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


def _run(site: Site, kind: str, reference: float, **wanted: Any) -> int:
    """Perform one run; the peak of the worker with its children in bytes."""
    with Peak(site.worker()) as peak:
        seconds = site.perform(kind, **wanted)
    print(
        f"{kind}: {seconds:.1f} s, {seconds / reference:.1f} times the reference; worker "
        f"{peak.own / 1e6:.0f} MB, with its inspecting processes {peak.whole / 1e6:.0f} MB"
    )
    return peak.whole


if __name__ == "__main__":
    sys.exit(main())
