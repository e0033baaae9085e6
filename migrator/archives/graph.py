"""The type system of an archive as a graph, and its drawing for the archive's own page."""

from markupsafe import Markup

from migrator.archives.contents import Contents
from migrator.formats.graph import TypeGraph, recorded_graph
from migrator.formats.type_system import read_type_system
from migrator.pictures.shapes import Picture
from migrator.pictures.svg import svg
from migrator.pictures.type_graph import type_graph_picture


def contents_graph(contents: Contents) -> TypeGraph | None:
    """The graph with what the inspection counted; None where there is no type system."""
    if contents.types is None:
        return None
    inspection = contents.inspection
    counts, details = inspection.get("counts") or {}, inspection.get("details") or {}
    return recorded_graph(read_type_system(contents.types), counts, details)


def contents_picture(contents: Contents) -> Picture | None:
    """The type system drawn; None where there is none."""
    graph = contents_graph(contents)
    return None if graph is None else type_graph_picture(graph, title="Type system")


def drawing(picture: Picture) -> Markup:
    """The picture as SVG, which escapes every name itself."""
    return Markup(svg(picture, "types")) if picture.is_drawn else Markup()  # noqa: S704
