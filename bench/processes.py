"""Programs side by side: seconds as medians of several rounds, and peak memory with children."""

import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent
LOOK = 0.02  # seconds between two looks at memory
Program = Sequence[str]


def python(source: str, *arguments: str) -> Program:
    """A program in Python that finds the project's packages."""
    return [sys.executable, "-c", source, *arguments]


def seconds(program: Program) -> float:
    """How long the whole process takes, its start included."""
    started = time.perf_counter()
    subprocess.run(program, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def said(program: Program) -> float:
    """The seconds that the program itself prints, without its start and its imports."""
    done = subprocess.run(program, cwd=ROOT, check=True, capture_output=True, text=True)
    return float(done.stdout)


def medians(programs: Mapping[str, Program], rounds: int) -> dict[str, float]:
    """Seconds of each program: they take turns, so that a disturbance hits all of them."""
    taken: dict[str, list[float]] = {name: [] for name in programs}
    for _ in range(rounds):
        for name, program in programs.items():
            taken[name].append(seconds(program))
    return {name: statistics.median(times) for name, times in taken.items()}


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
