"""Worker processes beside those of the server, as on other hosts."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager

from bench.parts.processes import ROOT


@contextmanager
def workers(environment: Mapping[str, str], count: int) -> Iterator[None]:
    """So many, each with one thread; killed afterwards."""
    with ExitStack() as stack:
        for number in range(count):
            worker = subprocess.Popen(
                [
                    *(sys.executable, "-W", "ignore", "-m", "celery", "--quiet", "-A", "migrator"),
                    *("worker", "--pool", "threads", "--concurrency", "1"),
                    *("--without-gossip", "--without-mingle", "-n", f"bench{number}@%h"),
                ],
                cwd=ROOT,
                env={**environment, "LOG_LEVEL": "WARNING"},
            )
            stack.callback(worker.wait, 60)
            stack.callback(worker.kill)
        yield
