"""Sorts the files of one side of a comparison by what they are."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from migrator.formats.errors import FormatError
from migrator.formats.inspecting.bundle import Part, parts
from migrator.formats.kinds import Kind
from migrator.formats.scratch import Scratch


class Bundle(msgspec.Struct):
    """The files of one side, by kind."""

    types: list[Path] = []
    dictionaries: list[Path] = []
    corpora: list[Path] = []


@contextmanager
def open_bundle(paths: Iterable[Path]) -> Iterator[Bundle]:
    """The files of one side, told apart by content; folders, archives and ZIPs of several opened.

    FormatError for a file that cannot be compared. What was unpacked is gone afterwards.
    """
    bundle = Bundle()
    with Scratch("compare-") as scratch:
        for part in parts(paths, scratch):
            _place(bundle, part)
        _refuse_several_types(bundle)
        yield bundle


def _place(bundle: Bundle, part: Part) -> None:
    kind = part.recognized.kind
    if kind is Kind.TYPE_SYSTEM:
        bundle.types.append(part.path)
    elif kind in (Kind.DICTIONARIES, Kind.DICTIONARY):
        bundle.dictionaries.append(part.path)
    elif kind is Kind.CORPUS:
        bundle.corpora.append(part.path)
    elif kind is not Kind.ARCHIVE:  # what an archive holds comes as parts of its own
        raise FormatError(
            f"“{part.shown.name}” cannot be compared: {part.recognized.sentence}",
            meaning="Nothing was compared.",
            remedy="Bring type systems, dictionaries or documents downloaded from the tool.",
        )


def _refuse_several_types(bundle: Bundle) -> None:
    if len(bundle.types) > 1:
        raise FormatError(
            f"There are {len(bundle.types)} type systems on one side of the comparison.",
            meaning="A workspace has one type system, so nothing was compared.",
            remedy="Compare one workspace with one other.",
        )
