"""How fresh the backups of workspaces are."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from migrator.models import Archive, Workspace
from migrator.pictures.freshness import Backup, State, Strip, freshness
from migrator.pictures.shapes import Picture

SPAN = timedelta(days=90)
MOST = 2000  # archives that are looked at for one picture


def freshness_picture(workspaces: Sequence[Workspace], now: datetime) -> Picture:
    """A strip for each workspace, in the order given; one query."""
    known: dict[int | None, list[Archive]] = {one.pk: [] for one in workspaces}
    names = _told_apart(workspaces)
    rows = Archive.objects.filter(workspace__in=list(known)).order_by("-created_at", "-pk")
    for archive in rows.only("workspace", "created_at", "verified_at", "verify_problem")[:MOST]:
        known[archive.workspace_id].append(archive)
    return strips_picture(list(zip(names, known.values(), strict=True)), now)


def _told_apart(workspaces: Sequence[Workspace]) -> list[str]:
    """Their names; where one repeats, each with its instance."""
    times = Counter(one.name for one in workspaces)
    return [
        f"{one.name}, {one.instance.name}" if times[one.name] > 1 else one.name
        for one in workspaces
    ]


def strips_picture(known: Sequence[tuple[str, Sequence[Archive]]], now: datetime) -> Picture:
    """The same of archives that were read already, by the workspaces' names."""
    strips = [
        Strip(name, [Backup(one.created_at, _state(one)) for one in archives])
        for name, archives in known
    ]
    return freshness(strips, title="Backups of the last 90 days", now=now, span=SPAN)


def _state(archive: Archive) -> State:
    if archive.verify_problem:
        return "damaged"
    return "verified" if archive.verified_at else "unverified"
