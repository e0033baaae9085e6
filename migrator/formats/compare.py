"""Compares two exports by meaning: is all that stands on the left also on the right, and equal?

Either side is a bundle of files: a type system, dictionaries, one corpus or several that hold its
parts. Ids that the service issues anew are ignored; `compare_content` says what else is.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec

from migrator.formats.compare_bundle import Bundle, open_bundle
from migrator.formats.compare_corpora import CorpusSide, compare_corpora
from migrator.formats.compare_dictionaries import compare_dictionaries
from migrator.formats.compare_matching import Listed
from migrator.formats.compare_types import compare_types
from migrator.formats.compare_work import DIGESTER
from migrator.formats.dictionaries import Dictionary, read_dictionaries
from migrator.formats.differences import Comparison, Difference, Ledger
from migrator.formats.inspecting.pool import Pool
from migrator.formats.type_system import TypeSystem, read_type_system

__all__ = ["Comparison", "Difference", "Missing", "compare", "missing_documents"]

K = TypeVar("K", bound=Hashable)
Progress = Callable[[int, int | None], None]


class Missing(msgspec.Struct):
    """Ids of source documents: not on the target at all, or there with other annotations."""

    missing: set[str]
    different: set[str]


def compare(
    left: Iterable[Path],
    right: Iterable[Path],
    *,
    progress: Progress | None = None,
    sink: Callable[[Difference], None] | None = None,
) -> Comparison:
    """Compare two bundles of files; neither is held in memory whole.

    `progress` gets (documents read, documents of both sides). `sink` gets every difference, the
    result keeps the first 200. Raises FormatError for files that cannot be compared.
    """
    ledger = Ledger(sink)
    with open_bundle(left) as ours, open_bundle(right) as theirs:
        _compare_types(ours, theirs, ledger)
        _compare_dictionaries(ours, theirs, ledger)
        if ours.corpora or theirs.corpora:
            with CorpusSide(ours.corpora) as one, CorpusSide(theirs.corpora) as other:
                _read((one, other), progress)
                compare_corpora(one, other, ledger)
    return ledger.outcome


def missing_documents(source: Path, target: Path, *, progress: Progress | None = None) -> Missing:
    """Which documents of `source` the target lacks; how texts were split is not looked at.

    Documents count by name and text, ids apart; of equal ones each stands for one.
    """
    with CorpusSide([source]) as ours, CorpusSide([target]) as theirs:
        _read((ours, theirs), progress)
        equal = Counter(map(_annotated, theirs.documents))
        unmatched = [one for one in ours.documents if not _take(equal, _annotated(one))]
        others = Counter(_named_of(key) for key in equal.elements())
        different = {one.id for one in unmatched if _take(others, (one.name, one.text))}
    return Missing({one.id for one in unmatched} - different, different)


def _read(sides: Sequence[CorpusSide], progress: Progress | None) -> None:
    total = sum(side.size for side in sides)
    done = 0

    def report(count: int) -> None:
        nonlocal done
        done += count
        if progress is not None:
            progress(done, total)

    with Pool(DIGESTER) as pool:
        for side in sides:
            side.read(report, pool)


def _annotated(one: Listed) -> tuple[str, bytes, bytes]:
    return one.name, one.text, one.digest.annotations


def _named_of(annotated: tuple[str, bytes, bytes]) -> tuple[str, bytes]:
    return annotated[:2]


def _take(counts: Counter[K], key: K) -> bool:
    """Use up one of `key`, where one is left."""
    if counts[key] <= 0:
        return False
    counts[key] -= 1
    return True


def _compare_types(left: Bundle, right: Bundle, ledger: Ledger) -> None:
    ours, theirs = (_type_system(bundle) for bundle in (left, right))
    for side, one in enumerate((ours, theirs)):
        if one is not None:
            ledger.count(side, _type_counts(one))
    if ours is not None and theirs is not None:
        for difference in compare_types(ours, theirs):
            ledger.add(difference)
    elif ours is not theirs:
        kind = "missing_type_system" if theirs is None else "extra_type_system"
        ledger.add(Difference(kind, "types", "Type system", "Only one side has a type system."))


def _type_system(bundle: Bundle) -> TypeSystem | None:
    return read_type_system(bundle.types[0]) if bundle.types else None


def _type_counts(one: TypeSystem) -> dict[str, int]:
    return {
        "entity_types": len(one.entity_types),
        "relation_types": len(one.relationship_types),
        "relation_labels": len(one.relation_labels),
    }


def _compare_dictionaries(left: Bundle, right: Bundle, ledger: Ledger) -> None:
    sides = [_dictionaries(bundle) for bundle in (left, right)]
    for side, dictionaries in enumerate(sides):
        if dictionaries:
            entries = sum(len(one.entries) for one in dictionaries)
            ledger.count(side, {"dictionaries": len(dictionaries), "entries": entries})
    for difference in compare_dictionaries(sides[0], sides[1]):
        ledger.add(difference)


def _dictionaries(bundle: Bundle) -> list[Dictionary]:
    return [one for path in bundle.dictionaries for one in read_dictionaries(path)]
