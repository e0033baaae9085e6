"""Compares two exports by meaning: is all that stands on the left also on the right, and equal?

Either side is a bundle of files: a type system, dictionaries, one corpus or several that hold its
parts. Ids that the service issues anew are ignored; `compare_content` says what else is.
"""

from collections.abc import Callable, Iterable
from pathlib import Path

from migrator.formats.compare_bundle import Bundle, open_bundle
from migrator.formats.compare_corpora import CorpusSide, Progress, compare_corpora, read_sides
from migrator.formats.compare_dictionaries import compare_dictionaries
from migrator.formats.compare_types import compare_types
from migrator.formats.dictionaries import Dictionary, read_dictionaries
from migrator.formats.differences import Comparison, Difference, Ledger
from migrator.formats.type_system import TypeSystem, read_type_system

__all__ = ["Comparison", "Difference", "compare"]


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
                read_sides((one, other), progress)
                compare_corpora(one, other, ledger)
    return ledger.outcome


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
