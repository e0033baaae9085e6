"""Noting what pictures are drawn from, while the files that hold it are open anyway."""

from pathlib import Path
from typing import Any

from migrator.formats.graph import TypeGraph, graph_with_counts
from migrator.formats.kinds import Kind
from migrator.formats.recognize import recognize
from migrator.formats.type_system import read_type_system
from migrator.models import Archive, ArchiveFigures, ProofFigures, Verification


def note_archive(archive: Archive, graph: TypeGraph | None) -> None:
    """Keep the graph of an archive; None, where it holds no type system, is not kept."""
    if graph is not None:
        ArchiveFigures.objects.update_or_create(
            archive=archive, defaults={"types": graph.to_json_dict()}
        )


def note_proof(
    verification: Verification,
    source: list[Path],
    target: list[Path],
    mentions: list[dict[str, int]],
    *,
    differing: int,
    split_anew: int,
) -> None:
    """Keep both graphs of a comparison and how many documents came out how.

    `mentions` by type are those of the two sides.
    """
    ours, theirs = (
        _graph(paths, counted) for paths, counted in zip((source, target), mentions, strict=True)
    )
    ProofFigures.objects.update_or_create(
        verification=verification,
        defaults={
            "source_types": ours,
            "target_types": theirs,
            "documents_differing": differing,
            "documents_split_anew": split_anew,
        },
    )


def _graph(paths: list[Path], mentions: dict[str, int]) -> dict[str, Any] | None:
    types = next((path for path in paths if recognize(path).kind == Kind.TYPE_SYSTEM), None)
    if types is None:
        return None
    return graph_with_counts(read_type_system(types), mentions or None).to_json_dict()
