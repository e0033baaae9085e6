"""Workspaces as lists show them: what the inventory counted, and what the newest archive holds."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from dashboard.templatetags.words import tokenizer
from migrator.models import Archive, Workspace
from migrator.models.workspaces import WorkspaceQuerySet

BATCH = 200  # workspaces of a download that are read together


@dataclass(frozen=True)
class Row:
    """One workspace; what nobody counted is None.

    Mentions, types and the share of documents in ground truth are those of the newest archive:
    Knowledge Studio lists none of them. `documents` are those of its workspace at that time.
    """

    workspace: Workspace
    counts: dict[str, Any]
    documents: int | None

    @property
    def mentions(self) -> int | None:
        """Of the newest archive."""
        return self.counts.get("mentions")

    @property
    def types(self) -> int | None:
        """Entity types of the newest archive."""
        return self.counts.get("entity_types")

    @property
    def dictionaries(self) -> int | None:
        """As the inventory listed them, read-only ones too; else those of the newest archive."""
        if self.workspace.inventory_id:
            return int(vars(self.workspace)["dictionary_count"])
        return self.counts.get("dictionaries")

    @property
    def read_only(self) -> int | None:
        """Dictionaries that no download has."""
        known = self.workspace.inventory_id
        return int(vars(self.workspace)["read_only_count"]) if known else None

    @property
    def truth(self) -> int | None:
        """Per cent of the documents that were in ground truth, rounded down: 100 means all."""
        saved = self.counts.get("documents")
        if saved is None or not self.documents:
            return None
        return int(min(100 * saved // self.documents, 100))

    @property
    def deployed(self) -> str:
        """Deployed models in words: "2", "2 or more", "" where nobody could check."""
        found = vars(self.workspace)
        count = found["deployed_models"]
        if found["models_known"]:
            return str(count)
        return f"{count} or more" if count else ""


def rows_of(workspaces: Iterable[Workspace]) -> list[Row]:
    """Rows of workspaces that come from `for_listing` and `with_lists`; one more query."""
    listed = list(workspaces)
    keys = [vars(each)["newest_archive"] for each in listed]
    asked = Archive.objects.filter(pk__in=[key for key in keys if key])
    columns = ("pk", "counts", "facts__workspace__documents")
    known = {
        pk: (counts, _number(documents))
        for pk, counts, documents in asked.order_by().values_list(*columns)
    }
    return [Row(each, *known.get(key, ({}, None))) for each, key in zip(listed, keys, strict=True)]


def row_of(workspace: Workspace, newest: Archive | None) -> Row:
    """The same from the newest archive, annotated with `documents_there`; without dictionaries."""
    if newest is None:
        return Row(workspace, {}, None)
    return Row(workspace, newest.counts, _number(vars(newest)["documents_there"]))


def _number(said: object) -> int | None:
    """A number from the facts of an archive, which may have been made elsewhere."""
    return said if isinstance(said, int) else None


# The columns of the download.
COLUMNS = (
    "Instance",
    "Workspace",
    "Workspace id",
    "Language",
    "Tokenizer",
    "Documents",
    "In ground truth (%)",
    "Mentions",
    "Entity types",
    "Dictionaries",
    "Read-only dictionaries",
    "Deployed models",
    "Last backup",
    "Last verified",
)


def cells_of(workspaces: WorkspaceQuerySet) -> Iterator[dict[str, Any]]:
    """A row of the download for each, in their order, read in batches; unknown is empty."""
    keys = list(workspaces.values_list("pk", flat=True))
    for first in range(0, len(keys), BATCH):
        part = workspaces.filter(pk__in=keys[first : first + BATCH])
        for row in rows_of(part.with_lists()):
            yield dict(zip(COLUMNS, _cells(row), strict=True))


def _cells(row: Row) -> tuple[Any, ...]:
    one, found = row.workspace, vars(row.workspace)
    return (
        one.instance.name,
        one.name,
        one.workspace_id,
        one.language,
        tokenizer(one.tokenizer) if one.tokenizer else None,
        one.documents,
        row.truth,
        row.mentions,
        row.types,
        row.dictionaries,
        row.read_only,
        row.deployed,
        _moment(found["last_backup_at"]),
        _moment(found["last_verified_at"]),
    )


def _moment(moment: Any) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None
