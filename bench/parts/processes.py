"""Programs side by side: seconds as medians of several rounds, and peak memory with children."""

import os
import resource
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import psutil

ROOT = Path(__file__).resolve().parent.parent.parent
LOOK = 0.02  # seconds between two looks at memory
Program = Sequence[str]


def python(source: str, *arguments: str) -> Program:
    """A program in Python that finds the project's packages."""
    return [sys.executable, "-c", source, *arguments]


class Taken(NamedTuple):
    """Seconds by the clock, and seconds of all processors together."""

    clock: float
    processors: float


def taken(program: Program) -> Taken:
    """How long the whole process takes with its children, its start included."""
    before, started = _processors(), time.perf_counter()
    subprocess.run(program, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return Taken(time.perf_counter() - started, _processors() - before)


def _processors() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def said(program: Program) -> float:
    """The seconds that the program itself prints, without its start and its imports."""
    done = subprocess.run(program, cwd=ROOT, check=True, capture_output=True, text=True)
    return float(done.stdout)


def medians(programs: Mapping[str, Program], rounds: int) -> dict[str, Taken]:
    """What each program takes: they take turns, so that a disturbance hits all of them."""
    found: dict[str, list[Taken]] = {name: [] for name in programs}
    for _ in range(rounds):
        for name, program in programs.items():
            found[name].append(taken(program))
    return {name: _median(several) for name, several in found.items()}


def _median(several: Sequence[Taken]) -> Taken:
    return Taken(
        statistics.median([one.clock for one in several]),
        statistics.median([one.processors for one in several]),
    )


def peak(program: Program) -> int:
    """The most memory in bytes that the process and its children had together.

    Proportional set size: pages that several share count once. Measured in a run of its own,
    because looking takes time.
    """
    process = subprocess.Popen(program, cwd=ROOT, stdout=subprocess.DEVNULL)
    done = threading.Event()
    largest = 0

    def watch() -> None:
        nonlocal largest
        while not done.wait(LOOK):
            largest = max(largest, _memory(process.pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    code = process.wait()
    done.set()
    watcher.join()
    assert code == 0, f"{program[0]} failed"
    return largest


def _memory(pid: int) -> int:
    total = 0
    try:
        process = psutil.Process(pid)
        for one in (process, *process.children(recursive=True)):
            total += one.memory_full_info().pss
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return total  # it ended while we looked
    return total


def say_load() -> None:
    """Print how busy the machine is: figures taken under load say little."""
    cores = len(os.sched_getaffinity(0))
    print(f"{cores} cores, load {os.getloadavg()[0]:.1f} before the start", flush=True)


def verdict(name: str, found: float, allowed: float, unit: str = "") -> bool:
    """Print a figure beside its limit; whether it is held."""
    word = "held" if found <= allowed else "NOT HELD"
    print(f"  {name}: {found:,.2f}{unit}, allowed {allowed:,.2f}{unit}: {word}", flush=True)
    return found <= allowed
