"""What an archive says about its dictionaries and types, for the form of a restore."""

from typing import Any

from migrator.archives.errors import ArchiveError
from migrator.errors import ServiceError, TransientError
from migrator.models import Archive
from migrator.services.archive_files import opened_archive
from migrator.services.charts.archives import archive_graph
from migrator.services.plans import default_mappings


def dictionaries_of(archive: Archive) -> list[str]:
    """The names of the dictionaries that go back in: editable ones."""
    listed = archive.facts.get("dictionaries")
    if listed is not None:
        return [row["name"] for row in listed if not row["read_only"]]
    details: dict[str, Any] = _details(archive).get("dictionaries", {})
    return [row["name"] for row in details.values()]


def entity_types_of(archive: Archive) -> list[str]:
    """The labels of the archive's entity types; empty where it cannot be read.

    An encrypted archive is not decrypted for a page: what was noted of its types has them as well.
    """
    if archive.is_encrypted and (graph := archive_graph(archive)):
        return sorted(node.label for node in graph.nodes)
    return sorted(_details(archive).get("entity_types", {}))


def known_mappings(archive: Archive) -> dict[str, str]:
    """The entity type of each dictionary, as far as the archive knows it."""
    return {row["dictionary"]: row["entity_type"] for row in default_mappings(archive)}


def _details(archive: Archive) -> dict[str, Any]:
    """The inspection's details; a damaged archive has none, and the run will say why."""
    try:
        with opened_archive(archive) as opened:
            found: dict[str, Any] = opened.inspection.get("details") or {}
            return found
    except (ArchiveError, ServiceError, TransientError):
        return {}
