"""Inspect generated corpora beside `unzip -t` and a plain loop of zipfile and json.

`script/bench inspect` makes corpora of 1,000 and 10,000 documents (some 65 KB of JSON each), runs
all three in turns, and prints medians, ratios, peak memory with child processes and its growth.
`--large` adds a documents.json of 1 GB and a type system of 20 MB with 20,000 relation types.
Figures are of whole processes from start to end; a worker that has loaded the package pays for the
call alone, which is printed beside them. So are the seconds of all processors together: on a busy
machine they say more than the clock, of which two processes need two free cores. Exit code 1: a
limit is not held.
"""

import argparse
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from bench.parts import exports
from bench.parts.processes import Program, medians, peak, python, said, say_load, verdict

RATIO = 0.7  # of `unzip -t`
MEMORY = 200_000_000  # bytes
GROWTH = 1.1  # from the smallest to the largest corpus
LISTING, LISTING_MEMORY = 1_000_000_000, 300_000_000
TYPES, RELATION_TYPES, TYPES_SECONDS = 20_000_000, 20_000, 2.0
OURS, UNZIP, PLAIN = "inspect", "unzip -t", "zipfile and json"

INSPECT = """
import sys, time
from pathlib import Path
from migrator.formats.inspect import inspect
started = time.perf_counter()
inspect([Path(sys.argv[1])])
print(time.perf_counter() - started)
"""
PLAIN_LOOP = """
import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as opened:
    for name in opened.namelist():
        json.loads(opened.read(name))
"""


def main() -> int:
    """Measure and print; 1 where a limit is not held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, nargs="+", default=[1_000, 10_000])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--large", action="store_true", help="the two large files as well")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-inspect-") as name:
        held = _corpora(Path(name), sorted(options.documents), options.rounds)
        if options.large:
            held &= _listing(Path(name)) & _types(Path(name), options.rounds)
    return int(not held)


def _corpora(folder: Path, documents: list[int], rounds: int) -> bool:
    corpora = {number: exports.corpus(folder, number) for number in documents}
    say_load()
    ratios, peaks = {}, {}
    for number, path in corpora.items():
        taking = programs(path)
        taken = medians(taking, rounds)
        peaks[number] = peak(python(INSPECT, str(path)))
        print(f"{number:,} documents, medians of {rounds}:")
        unzip = taken.get(UNZIP, taken[PLAIN])
        for program, one in taken.items():
            ratio, share = one.clock / unzip.clock, one.processors / unzip.processors
            print(
                f"  {program:<18}{one.clock:7.2f} s{ratio:7.2f} times unzip -t,"
                f"{one.processors:7.2f} s of processors{share:7.2f} times",
                flush=True,
            )
        call = statistics.median([said(taking[OURS]) for _ in range(rounds)])
        ratio = call / unzip.clock
        print(f"  {'the call alone':<18}{call:7.2f} s{ratio:7.2f} times unzip -t", flush=True)
        ratios[number] = taken[OURS].clock / unzip.clock
    largest = documents[-1]
    print(f"limits at {largest:,} documents:")
    growth = peaks[largest] / peaks[documents[0]]
    held = verdict("times unzip -t", ratios[largest], RATIO)
    held &= verdict("peak memory", peaks[largest] / 1e6, MEMORY / 1e6, " MB")
    return held & verdict(f"memory, times that at {documents[0]:,}", growth, GROWTH)


def programs(path: Path) -> dict[str, Program]:
    """What takes turns over one corpus."""
    found: dict[str, Program] = {OURS: python(INSPECT, str(path))}
    if unzip := shutil.which("unzip"):
        found[UNZIP] = [unzip, "-tqq", str(path)]
    else:
        print("there is no unzip on this machine; ratios are to the plain loop")
    return {**found, PLAIN: python(PLAIN_LOOP, str(path))}


def _listing(folder: Path) -> bool:
    program = python(INSPECT, str(exports.large_listing(folder, LISTING)))
    print(f"documents.json of {LISTING / 1e9:.0f} GB:")
    return verdict("peak memory", peak(program) / 1e6, LISTING_MEMORY / 1e6, " MB")


def _types(folder: Path, rounds: int) -> bool:
    path = exports.large_types(folder, RELATION_TYPES, TYPES)
    taken = medians({OURS: python(INSPECT, str(path))}, rounds)
    size = path.stat().st_size / 1e6
    print(f"type system of {size:.0f} MB with {RELATION_TYPES:,} relation types:")
    return verdict("median", taken[OURS].clock, TYPES_SECONDS, " s")


if __name__ == "__main__":
    sys.exit(main())
