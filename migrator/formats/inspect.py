"""Inspect a bundle: what is in it, and everything that is wrong with it."""

from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from migrator.formats.errors import FormatError
from migrator.formats.inspecting.bundle import Part, parts
from migrator.formats.inspecting.bundle_parts import BundleParts
from migrator.formats.inspecting.cross import check_bundle
from migrator.formats.inspecting.examining import EXAMINER
from migrator.formats.inspecting.pool import Pool
from migrator.formats.inspecting.tally import Sink, Tally
from migrator.formats.inspection import (
    COUNT_NAMES,
    Finding,
    InspectedFile,
    Inspection,
    Occurrence,
    shown,
)
from migrator.formats.kinds import Kind
from migrator.formats.scratch import Scratch

__all__ = ["Finding", "InspectedFile", "Inspection", "Occurrence", "Progress", "inspect"]

LARGE_FILE = 4_000_000  # bytes; a ZIP of that size holds more than one process should read
Progress = Callable[[int, int | None], None]
_ORDER = (Kind.TYPE_SYSTEM, Kind.DICTIONARIES, Kind.DICTIONARY, Kind.CORPUS, Kind.DOCUMENTS)


def inspect(
    paths: Iterable[Path], *, progress: Progress | None = None, sink: Sink | None = None
) -> Inspection:
    """Read every file completely and hold the parts against one another.

    `paths` are files, unpacked corpora, folders or ZIPs of several of them: one bundle. Strangers
    are listed as `unknown` with a finding; FormatError, with the file's name, for what cannot be
    read at all. `progress` counts documents. `sink` is called with every single occurrence, of
    which the findings keep only the first examples.
    """
    tally = Tally(sink)
    paths = list(paths)
    with Scratch("inspect-") as scratch, Pool(EXAMINER) as pool:
        if any(map(_looks_large, paths)):
            pool.start()
        bundle = BundleParts(tally, pool, progress)
        found = list(parts(paths, scratch))
        files = _inspect_all(found, bundle, tally)
    check_bundle(bundle, files, tally)
    counts = Counter(dict.fromkeys(COUNT_NAMES, 0))
    for file in files:
        counts.update(file.counts)
    return Inspection(files, dict(counts), tally.findings(bundle.rules), _details(bundle))


def _looks_large(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > LARGE_FILE


def _inspect_all(found: list[Part], bundle: BundleParts, tally: Tally) -> list[InspectedFile]:
    """Every part by its kind, types first; the answer is in the order of `found`."""
    files = [_file(part) for part in found]
    for part in found:
        if part.recognized.kind == Kind.UNKNOWN:
            detail = f"{part.shown.name}: {part.recognized.sentence}"
            tally.add("not_recognized", detail=detail)
    for kind in _ORDER:
        for part, file in zip(found, files, strict=True):
            if part.recognized.kind == kind:
                file.counts = _in_order(_counted(part, bundle))
    return files


def _file(part: Part) -> InspectedFile:
    known = part.recognized
    return InspectedFile(part.shown, known.kind, {}, known.workspace_id, known.sentence)


def _counted(part: Part, bundle: BundleParts) -> dict[str, int]:
    try:
        return bundle.readers[part.recognized.kind](part.path)
    except FormatError as exc:
        raise FormatError(
            f"“{part.shown.name}”: {exc.happened}", meaning=exc.meaning, remedy=exc.remedy
        ) from exc
    except OSError as exc:
        raise FormatError(
            f"“{part.shown.name}” could not be read: {exc.strerror}.",
            meaning="The inspection was not finished.",
            remedy="Check the disk and the permissions, then try again.",
        ) from exc


def _in_order(counts: dict[str, int]) -> dict[str, int]:
    return {name: counts[name] for name in COUNT_NAMES if name in counts}


def _details(bundle: BundleParts) -> dict[str, dict[str, Any]]:
    sums = bundle.sums
    return {
        "document_sets": sums.sets,
        "entity_types": _by_frequency(sums.mention_labels),
        "relation_types": _by_frequency(sums.relation_labels),
        "relation_signatures": _by_label(sums.signatures),
        "languages": _by_frequency(sums.languages),
        "statuses": _by_frequency(sums.statuses),
        "dictionaries": bundle.dictionaries,
    }


def _by_frequency(counted: Counter[str]) -> dict[str, int]:
    return {shown(label): count for label, count in counted.most_common()}


def _by_label(counted: Counter[tuple[str, str, str]]) -> dict[str, list[tuple[str, str, int]]]:
    found: dict[str, list[tuple[str, str, int]]] = {}
    for (label, source, target), count in counted.most_common():
        found.setdefault(shown(label), []).append((shown(source), shown(target), count))
    return found
