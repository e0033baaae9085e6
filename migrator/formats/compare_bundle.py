"""Sorts the files of one side of a comparison by what they are."""

from collections.abc import Iterable
from pathlib import Path

import msgspec

from migrator.formats.errors import FormatError
from migrator.formats.kinds import Kind
from migrator.formats.recognize import recognize


class Bundle(msgspec.Struct):
    """The files of one side, by kind."""

    types: list[Path] = []
    dictionaries: list[Path] = []
    corpora: list[Path] = []


def sort_bundle(paths: Iterable[Path]) -> Bundle:
    """Tell the files apart by content. FormatError for a file that cannot be compared."""
    bundle = Bundle()
    for path in paths:
        for file in _files(path):
            _place(bundle, file)
    if len(bundle.types) > 1:
        raise FormatError(
            f"There are {len(bundle.types)} type systems on one side of the comparison.",
            meaning="A workspace has one type system, so nothing was compared.",
            remedy="Compare one workspace with one other.",
        )
    return bundle


def _files(path: Path) -> list[Path]:
    """The path itself; the files of a folder that is no unpacked corpus."""
    if not path.is_dir() or recognize(path).kind is Kind.CORPUS:
        return [path]
    return sorted(item for item in path.iterdir() if item.is_file())


def _place(bundle: Bundle, path: Path) -> None:
    recognized = recognize(path)
    if recognized.kind is Kind.TYPE_SYSTEM:
        bundle.types.append(path)
    elif recognized.kind in (Kind.DICTIONARIES, Kind.DICTIONARY):
        bundle.dictionaries.append(path)
    elif recognized.kind is Kind.CORPUS:
        bundle.corpora.append(path)
    else:
        raise FormatError(
            f"“{path.name}” cannot be compared: {recognized.sentence}",
            meaning="Nothing was compared.",
            remedy="Bring type systems, dictionaries or documents downloaded from the tool.",
        )
