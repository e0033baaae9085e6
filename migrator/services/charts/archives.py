"""The type system of an archive, and its mentions by type."""

from typing import Any

import msgspec
from django.db.models import OuterRef, Subquery

from migrator.formats.graph import TypeGraph
from migrator.models import Archive, ArchiveFigures
from migrator.pictures.bars import single_bars
from migrator.pictures.shapes import Picture
from migrator.pictures.type_graph import type_graph_picture


def graph_of(plain: Any) -> TypeGraph | None:
    """The graph that figures keep as plain data; None where they keep none."""
    return None if plain is None else msgspec.convert(plain, TypeGraph)


def archive_graph(archive: Archive) -> TypeGraph | None:
    """The type system of an archive; None where it has none or nobody noted it yet. One query."""
    figures = ArchiveFigures.objects.filter(archive=archive).first()
    return graph_of(figures.types) if figures else None


def newest_types() -> Subquery:
    """For an annotation of workspaces: the types of the newest archive, for `graph_of`."""
    newest = ArchiveFigures.objects.filter(archive__workspace=OuterRef("pk"))
    return Subquery(newest.order_by("-archive__created_at", "-archive").values("types")[:1])


def types_picture(graph: TypeGraph) -> Picture:
    """The type system drawn."""
    return type_graph_picture(graph, title="Type system")


def mentions_picture(graph: TypeGraph) -> Picture:
    """Mentions by entity type."""
    counts = {one.label: one.mentions for one in graph.nodes}
    return single_bars(counts, title="Mentions by entity type", unit="mentions")
