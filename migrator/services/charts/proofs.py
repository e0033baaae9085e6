"""A proof in pictures: mentions on both sides, what became of the types, where documents went."""

from typing import Any

from migrator.formats.graph import TypeGraph
from migrator.models import Archive, ProofFigures, Verification
from migrator.pictures.bars import pair_bars, paired
from migrator.pictures.shapes import Picture
from migrator.pictures.type_graph import type_graph_diff
from migrator.pictures.waterfall import Station, waterfall
from migrator.services.charts.archives import graph_of
from migrator.services.proof_documents import ProofDocuments, documents_of

_SPLIT = "Text and annotations are the same; sentences or tokens are cut otherwise"
_AT_RISK = {
    "obscured_document": ("Obscured", "Kept, but nobody can read or compare their annotations"),
    "limit_characters": ("Over 40,000 characters", "Kept, but an upload may refuse them"),
}


def drawn_proof(
    archive: Archive | None, verification: Verification, figures: ProofFigures | None
) -> list[Picture]:
    """What there is to draw of a proof, in the order of a page."""
    documents = documents_picture(archive, verification, figures)
    if figures is None:
        return [documents]
    ours, theirs = graph_of(figures.source_types), graph_of(figures.target_types)
    if ours is None or theirs is None:
        return [documents]
    title = "Type systems compared"
    return [documents, pairs_picture(ours, theirs), type_graph_diff(ours, theirs, title=title)]


def pairs_picture(ours: TypeGraph, theirs: TypeGraph) -> Picture:
    """Mentions by type in archive and target, the largest loss first."""
    before, after = ({one.label: one.mentions for one in graph.nodes} for graph in (ours, theirs))
    return pair_bars(paired(before, after), title="Mentions before and after")


def documents_picture(
    archive: Archive | None,
    verification: Verification | None = None,
    figures: ProofFigures | None = None,
) -> Picture:
    """Where documents got lost between source and proof, as far as anybody counted."""
    stations = [*_backed_up(archive), *_restored(archive, verification, figures)]
    return waterfall(stations, title="Documents from source to proof")


def _backed_up(archive: Archive | None) -> list[Station]:
    if archive is None:
        return [Station("Backed up", None, note="The archive was deleted since")]
    saved = archive.counts.get("documents")
    source = _source_documents(archive)
    return [
        Station("Source", source, note="" if source is not None else "Nobody counted them there"),
        *_not_saved(source, saved),
        Station("Backed up", saved),
        *_at_risk(archive.findings),
    ]


def _source_documents(archive: Archive) -> int | None:
    """What the inventory counted before the backup."""
    workspace: dict[str, Any] = archive.facts.get("workspace") or {}
    found = workspace.get("documents")
    return found if isinstance(found, int) else None


def _not_saved(source: int | None, saved: int | None) -> list[Station]:
    if source is None or saved is None:
        return []
    return [Station("Not in ground truth", max(source - saved, 0), "loss")]


def _at_risk(findings: list[dict[str, Any]]) -> list[Station]:
    counts = {str(one.get("code")): one.get("count", 0) for one in findings}
    return [
        Station(label, int(counts.get(code, 0)), "risk", note)
        for code, (label, note) in _AT_RISK.items()
    ]


def _restored(
    archive: Archive | None, verification: Verification | None, figures: ProofFigures | None
) -> list[Station]:
    if verification is None:
        return []
    source, target = verification.compared.get("documents", (None, None))
    missing = verification.totals.get("missing_document", 0)
    there = None if source is None else source - missing
    extra = max((target or 0) - (there or 0), 0)
    note = f"The target holds {extra:,} more that were not compared" if extra else ""
    return [
        *([Station("Missing in the target", missing, "loss")] if missing else []),
        Station("Restored", there, note=note),
        *_compared(documents_of(verification, figures)),
    ]


def _compared(documents: ProofDocuments | None) -> list[Station]:
    """What stands between restored and equal: what differs, and what is only split anew."""
    if documents is None:
        return [Station("Verified equal", None, note="Not counted")]
    split, equal = documents.split_anew, documents.equal
    unknown = "Not counted when this was compared" if split is None else ""
    return [
        Station("Different", documents.differing, "other", "Text or annotations differ"),
        Station("Split anew only", split, "other", unknown or _SPLIT),
        Station("Verified equal", equal, note=unknown),
    ]
