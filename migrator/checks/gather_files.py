"""What the inspection of each workspace's files counted and found: collected, or in an archive."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import PurePath
from typing import Any

from django.db.models import OuterRef, Q, Subquery

from migrator.checks.facts import FileFacts, FindingFacts
from migrator.formats.kinds import Kind
from migrator.models import Archive, Plan, PlanItem, Run, Step, Workspace

_INSPECTION = "facts__inspection__"


def files_by_item(plan: Plan, items: Sequence[PlanItem]) -> dict[int, FileFacts]:
    """The newest files of each item: what its backup collected, else the newest archive.

    An archive that a restore names is the one that counts. Items without files are left out.
    """
    collected = _collected(plan)
    chosen, newest = _archives(items)
    found: dict[int, FileFacts] = {}
    for item in items:
        archive = chosen.get(item.archive_id or 0) or newest.get(item.workspace_id or 0)
        step = collected.get(item.pk)
        if archive and (item.archive_id or not step or _is_newer(archive, step["finished_at"])):
            own = step if step and archive.item_id == item.pk else None
            found[item.pk] = _of_archive(archive, own)
        elif step:
            found[item.pk] = _facts(step[f"{_INSPECTION}counts"], step, damage="")
    return found


def _collected(plan: Plan) -> dict[int, Mapping[str, Any]]:
    """The newest inspected documents of each item; only what is needed of a large column."""
    steps = Step.objects.current().filter(
        run__plan=plan, run__kind=Run.Kind.BACKUP, kind=Step.Kind.DOCUMENTS, status="done"
    )
    rows = steps.order_by("finished_at").values(
        "item",
        "finished_at",
        f"{_INSPECTION}counts",
        f"{_INSPECTION}findings",
        f"{_INSPECTION}files",
    )
    return {row["item"]: row for row in rows if row[f"{_INSPECTION}counts"] is not None}


def _archives(items: Sequence[PlanItem]) -> tuple[dict[int, Archive], dict[int, Archive]]:
    """By key those that items restore, by workspace the newest."""
    workspaces = [item.workspace_id for item in items if item.workspace_id]
    of_one = Archive.objects.filter(workspace=OuterRef("pk")).order_by("-created_at", "-pk")
    newest = Workspace.objects.filter(pk__in=workspaces).values(
        newest=Subquery(of_one.values("pk")[:1])
    )
    named = [item.archive_id for item in items if item.archive_id]
    rows = Archive.objects.defer("facts").filter(Q(pk__in=named) | Q(pk__in=newest))
    by_key = {row.pk: row for row in rows.order_by("created_at", "pk")}
    return by_key, {row.workspace_id or 0: row for row in by_key.values()}


def _is_newer(archive: Archive, collected_at: datetime | None) -> bool:
    return collected_at is None or archive.created_at >= collected_at


def _of_archive(archive: Archive, step: Mapping[str, Any] | None) -> FileFacts:
    found = {f"{_INSPECTION}findings": archive.findings, f"{_INSPECTION}files": None}
    if step:
        found[f"{_INSPECTION}files"] = step[f"{_INSPECTION}files"]
    return _facts(archive.counts, found, damage=archive.verify_problem)


def _facts(counts: dict[str, int], step: Mapping[str, Any], damage: str) -> FileFacts:
    files = step[f"{_INSPECTION}files"]
    return FileFacts(
        counts=counts,
        findings=tuple(_finding(one) for one in step[f"{_INSPECTION}findings"] or ()),
        damage=damage,
        csv_dictionaries=_csv_names(files, counts),
    )


def _csv_names(
    files: list[dict[str, Any]] | None, counts: dict[str, int]
) -> tuple[str, ...] | None:
    """Dictionaries brought as CSV; an archive from elsewhere does not tell."""
    if files is None:
        return None if counts.get("dictionaries") else ()
    kinds = (Kind.DICTIONARY.value,)
    return tuple(sorted(PurePath(one["path"]).name for one in files if one["kind"] in kinds))


def _finding(said: Mapping[str, Any]) -> FindingFacts:
    return FindingFacts(
        code=said["code"],
        level=said["level"],
        count=said["count"],
        examples=tuple(said["examples"]),
    )
