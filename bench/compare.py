"""Compare generated corpora with themselves, beside inspecting one of them.

`script/bench compare` makes corpora of 1,000 and 10,000 documents (some 65 KB of JSON each), runs
the comparison, one inspection, `unzip -t` and a plain loop of zipfile and json in turns, and prints
medians, ratios, peak memory with child processes and its growth. Every figure is of a whole process
from its start to its end. Exit code 1 where a limit is not held.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from bench.inspect import MEMORY, OURS, programs
from bench.parts import exports
from bench.parts.processes import medians, peak, python, say_load, verdict

RATIO = 2.0  # of one inspection
COMPARE = """
import sys
from pathlib import Path
from migrator.formats.compare import compare
found = compare([Path(sys.argv[1])], [Path(sys.argv[2])])
assert found.identical, found.totals
"""


def main() -> int:
    """Measure and print; 1 where a limit is not held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, nargs="+", default=[1_000, 10_000])
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-compare-") as name:
        return int(not _corpora(Path(name), sorted(options.documents), options.rounds))


def _corpora(folder: Path, documents: list[int], rounds: int) -> bool:
    corpora = {number: exports.corpus(folder, number) for number in documents}
    say_load()
    ratio, peaks = 0.0, {}
    for number, path in corpora.items():
        program = python(COMPARE, str(path), str(path))
        taken = medians({"compare": program, **programs(path)}, rounds)
        peaks[number] = peak(program)
        print(f"{number:,} documents, medians of {rounds}:")
        ours = taken[OURS]
        for name, one in taken.items():
            ratio, share = one.clock / ours.clock, one.processors / ours.processors
            print(
                f"  {name:<18}{one.clock:7.2f} s{ratio:7.2f} times inspect,"
                f"{one.processors:7.2f} s of processors{share:7.2f} times"
            )
        ratio = taken["compare"].clock / ours.clock
    largest, smallest = documents[-1], documents[0]
    print(f"limits at {largest:,} documents:")
    held = verdict("times inspect", ratio, RATIO)
    held &= verdict("peak memory", peaks[largest] / 1e6, MEMORY / 1e6, " MB")
    growth = (peaks[largest] - peaks[smallest]) / 1e3 / max(largest - smallest, 1)
    print(f"  growth: {growth:.1f} KB for each document, which are keys and digests")
    return held


if __name__ == "__main__":
    sys.exit(main())
