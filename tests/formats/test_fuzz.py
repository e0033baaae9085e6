"""Thousands of broken exports give findings or a refusal in words, soon and in little memory.

`--fuzz-cases` and `--fuzz-seed` choose how many and which. Every case depends on the seed and its
number alone, so one that failed comes back under `--fuzz-first NUMBER --fuzz-cases 1`.
"""

import json
import random
import resource
import signal
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import psutil
import pytest

from migrator.formats.compare import compare
from migrator.formats.errors import FormatError
from migrator.formats.findings import describe
from migrator.formats.inspect import inspect
from migrator.formats.jackson import pretty
from migrator.formats.split import split_corpus
from sandbox.generator import generate
from tests.formats.mutations import mutate
from tests.formats.small_exports import write_corpus_zip, write_dictionaries_zip, write_types
from tests.formats.zips import entries_of, zipped

MEMORY = 300_000_000  # bytes that a case may take beyond what the tests themselves hold
SECONDS = 10
FEW = 3  # documents of a real corpus that are broken again and again

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Small exports of every kind: by hand, generated, and real ones where they are there."""
    folder = tmp_path_factory.mktemp("seeds")
    made = generate(folder / "generated", seed=9, documents=4, tokens_per_document=30)
    found = [
        *(write_types(folder), write_dictionaries_zip(folder), made.types, made.dictionaries),
        *(write_corpus_zip(folder), made.corpus) * 2,
        _written(folder / "words.csv", b'"lemma","poscode","surface"\r\n"a","3","a","as"\r\n'),
        _written(folder / "texts.csv", b'one,"The first\ntext"\ntwo,"The second"\n'),
        zipped(folder / "all.zip", [(one.name, one.read_bytes()) for one in made[:3]]),
    ]
    data = Path(__file__).resolve().parents[3] / "shared" / "data"
    for path in sorted(data.glob("*/*")):
        if path.name.startswith("corpus"):
            found.append(_few_documents(path, folder / f"{path.parent.name}.zip"))
        elif path.stat().st_size < 20_000:
            found.append(path)
    return found


def _written(path: Path, payload: bytes) -> Path:
    path.write_bytes(payload)
    return path


def _few_documents(source: Path, target: Path) -> Path:
    """The same corpus with its smallest ground truths and their documents only."""
    with zipfile.ZipFile(source) as opened:
        truths = [one for one in opened.infolist() if one.filename.startswith("gt/")]
        kept = {one.filename for one in sorted(truths, key=lambda one: one.file_size)[:FEW]}
        listed = json.loads(opened.read("documents.json"))
        sets = json.loads(opened.read("sets.json"))
    documents = [one for one in listed if f"gt/{one['id']}.json" in kept]
    ids = {one["id"] for one in documents}
    for one in sets:
        one["documents"] = [document for document in one["documents"] if document in ids]
    lists = [("documents.json", pretty(documents).encode()), ("sets.json", pretty(sets).encode())]
    return zipped(target, [*lists, *(one for one in entries_of(source) if one[0] in kept)])


@contextmanager
def limits() -> Iterator[None]:
    """MemoryError beyond MEMORY, TimeoutError beyond SECONDS."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    held = psutil.Process().memory_info().vms
    resource.setrlimit(resource.RLIMIT_AS, (held + MEMORY, hard))
    before = signal.signal(signal.SIGALRM, _too_slow)
    signal.alarm(SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _too_slow(_signal: int, _frame: FrameType | None) -> None:
    raise TimeoutError(f"the case takes more than {SECONDS} seconds")


def read_everything(path: Path, original: Path, parts: Path) -> FormatError | None:
    """What the product does with a file that somebody brings; the refusal where it refuses."""
    try:
        with limits():
            found = inspect([path])
            for finding in found.findings:
                assert all(describe(finding)), finding.code
                "".join(finding.examples).encode()  # can be shown
            compare([original], [path])
            if found.counts["documents"]:
                split_corpus(path, parts, max_documents=2)
    except FormatError as refusal:
        return refusal
    return None


def test_a_broken_export_gives_findings_or_a_refusal(
    seeds: list[Path], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    seed, cases, first = (
        request.config.getoption(name) for name in ("fuzz_seed", "fuzz_cases", "fuzz_first")
    )
    parts = tmp_path / "parts"
    parts.mkdir()
    refused = 0
    for number in range(first, first + cases):
        rng = random.Random(f"{seed}-{number}")
        original = rng.choice(seeds)
        path = tmp_path / f"case{original.suffix}"
        path.write_bytes(mutate(rng, original.read_bytes()))
        try:
            refusal = read_everything(path, original, parts)
        except BaseException as exc:
            exc.add_note(f"case {number} of seed {seed}, from {original.name}")
            raise
        refused += refusal is not None
        assert refusal is None or all((refusal.happened, refusal.meaning, refusal.remedy)), number
    assert cases < 100 or 0 < refused < cases  # both ways out are taken
