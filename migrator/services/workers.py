"""Who works on a step: a process of a host, told apart from a later one with the same number."""

import os
import socket
from functools import cache
from pathlib import Path


@cache
def this_worker() -> str:
    """This process as host, process id and start: what a claim records."""
    return f"{socket.gethostname()} {os.getpid()} {_started(os.getpid())}"


def is_gone(worker: str) -> bool:
    """True where `worker` was a process of this host and is not there any more.

    Of other hosts, and of claims without a worker, nothing is known: they are left to the beat.
    """
    host, _, process = worker.rpartition(" ")[0].rpartition(" ")
    if host != socket.gethostname() or not process.isdecimal():
        return False
    return worker != f"{host} {process} {_started(int(process))}"


def _started(process: int) -> str:
    """When a process started, in clock ticks since boot; empty where it is not there.

    Source: proc(5), field 22 of /proc/PID/stat. Where there is no /proc the number alone counts.
    """
    try:
        stat = Path(f"/proc/{process}/stat").read_text()
    except FileNotFoundError:
        return "" if Path("/proc/self/stat").exists() else _by_signal(process)
    return stat.rpartition(")")[2].split()[19]


def _by_signal(process: int) -> str:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return ""
    except PermissionError:
        return "0"
    return "0"
