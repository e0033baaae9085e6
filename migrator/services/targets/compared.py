"""Comparing one archive with one target, part by part; what was not read is not compared."""

from collections.abc import Iterator
from pathlib import Path

from migrator.formats.compare_overlap import overlap
from migrator.formats.dictionaries import Dictionary, read_dictionaries
from migrator.formats.type_system import read_type_system
from migrator.models import Conflict, TargetReading
from migrator.services.beats import Progress
from migrator.services.targets.archived import Source
from migrator.services.targets.conflict_rows import counts_of
from migrator.services.targets.dictionaries_against import (
    dictionaries_against,
    mappings_against,
    read_only_against,
)
from migrator.services.targets.documents_against import document_counts, documents_against
from migrator.services.targets.look import Look
from migrator.services.targets.read_only_files import names_with_file
from migrator.services.targets.types_against import types_against

Counts = dict[str, dict[str, int]]


def compared(
    reading: TargetReading, source: Source, look: Look, progress: Progress
) -> tuple[list[Conflict], Counts]:
    """Conflicts that are not saved yet, and how many objects are in which state."""
    conflicts = [*_types(source, look), *_dictionaries(reading, source, look)]
    counts = counts_of(conflicts)
    if source.corpus is not None and look.corpus is not None:
        found = overlap(source.corpus, look.corpus, progress=progress)
        documents = list(documents_against(found))
        counts |= counts_of(documents)
        counts[Conflict.Part.DOCUMENT] = document_counts(found)
        conflicts += documents
    return conflicts, counts


def _types(source: Source, look: Look) -> Iterator[Conflict]:
    if source.types is not None and look.types is not None:
        yield from types_against(
            read_type_system(source.types),
            read_type_system(look.types),
            source.mentions_by_label,
            source.relations_by_signature,
        )


def _dictionaries(reading: TargetReading, source: Source, look: Look) -> Iterator[Conflict]:
    if look.dictionaries:
        yield from dictionaries_against(
            _read(source.dictionaries), _read(look.dictionaries), look.listed
        )
    if reading.workspace_id and reading.source == TargetReading.Source.CONNECTOR:
        files = names_with_file(reading.item)
        yield from mappings_against(reading.item.mappings, look.listed)
        yield from read_only_against(source.read_only, look.listed, files)


def _read(paths: list[Path]) -> list[Dictionary]:
    return [one for path in paths for one in read_dictionaries(path)]
