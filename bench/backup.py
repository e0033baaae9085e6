"""A backup through the connector beside the same work done by shell, in turns.

`script/bench backup [--documents 10000] [--rounds 3]` seeds a sandbox and starts the whole server
on it. The product reads the workspace's facts, downloads, inspects, seals and verifies; the shell
downloads the same three files with `curl`, hashes them with `sha256sum`, tests them with `unzip
-t`, packs them with `zip -0` and tests the result with `unzip -t`. Medians and their ratio are
printed. Exit code 1: the product took longer.
"""

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.parts.processes import say_load, verdict
from bench.parts.site import Site, seed, serving

RATIO = 1.0
TOOLS = ("curl", "sha256sum", "unzip", "zip")
SHELL = """
set -euo pipefail
cd "$1"
curl --silent --fail --header "Authorization: Bearer $2" \
  --output types.json "$3" --output dictionaries.zip "$4" --output corpus.zip "$5"
sha256sum types.json dictionaries.zip corpus.zip > sums
unzip -tqq dictionaries.zip
unzip -tqq corpus.zip
zip -0 -q result.zip types.json dictionaries.zip corpus.zip sums
unzip -tqq result.zip
"""


def main() -> int:
    """Measure and print; 1 where the limit is not held, 2 where a program is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    if missing := [tool for tool in TOOLS if shutil.which(tool) is None]:
        print(f"Missing on this machine: {', '.join(missing)}", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="bench-backup-") as name:
        folder = Path(name)
        seed(folder, options.documents)
        with serving(folder) as site:
            return int(not _compare(site, folder, options.rounds))


def _compare(site: Site, folder: Path, rounds: int) -> bool:
    largest = site.largest()
    say_load()
    print(f"workspace: {largest['documents']:,} documents, medians of {rounds}:")
    ours, shell = [], []
    for _ in range(rounds):
        shell.append(_by_shell(site, folder, largest["workspace_id"]))
        ours.append(_by_product(site, largest))
    print(f"  by shell   {_listed(shell)}")
    print(f"  by product {_listed(ours)}")
    ratio = statistics.median(ours) / statistics.median(shell)
    return verdict("times the shell", ratio, RATIO)


def _by_shell(site: Site, folder: Path, workspace_id: str) -> float:
    place = folder / "by-shell"
    place.mkdir()
    arguments = [str(place), site.bearer(), *site.exports(workspace_id).values()]
    started = time.monotonic()
    subprocess.run(["bash", "-c", SHELL, "bash", *arguments], check=True)
    seconds = time.monotonic() - started
    shutil.rmtree(place)
    return seconds


def _by_product(site: Site, workspace: dict[str, Any]) -> float:
    return site.perform("backup", from_instance=workspace["instance"], workspaces=[workspace["id"]])


def _listed(seconds: list[float]) -> str:
    each = ", ".join(f"{one:.2f}" for one in seconds)
    return f"{statistics.median(seconds):.2f} s ({each})"


if __name__ == "__main__":
    sys.exit(main())
