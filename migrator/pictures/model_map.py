"""Where the models of workspaces run, and which run on although their workspace is gone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from migrator.pictures import linked
from migrator.pictures.drawing import nothing
from migrator.pictures.linked import Box
from migrator.pictures.shapes import Picture, Rect, Shape, Text
from migrator.pictures.table import counted, table

_NAMES = ("Workspace", "Version", "Deployment", "Service")
_HEAD = 28.0
_APART = 44.0
NO_DEPLOYMENT = "Not deployed"


@dataclass(frozen=True)
class Deployed:
    """One deployment, or a version without any (`model_id` empty).

    `is_orphan` says that its workspace is gone; `workspace` is then its last known name or id.
    """

    workspace: str
    version: str
    model_id: str = ""
    service: str = ""
    status: str = ""
    is_orphan: bool = False


def model_map(models: Sequence[Deployed], *, title: str) -> Picture:
    """Workspace → version → deployment → service, orphans below and apart."""
    twin = table(
        ["Workspace", "Version", "Model id", "Status", "Service", "Orphaned"],
        [
            [
                one.workspace,
                one.version,
                one.model_id or NO_DEPLOYMENT,
                one.status,
                one.service,
                "Yes" if one.is_orphan else "No",
            ]
            for one in models
        ],
    )
    if not models:
        return nothing(title, "No model is known.", twin)
    kept = _tree(one for one in models if not one.is_orphan)
    orphans = _tree(one for one in models if one.is_orphan)
    shapes = linked.headings(_NAMES, 14)
    shapes += linked.drawn(kept, 0, _HEAD)
    height = _HEAD + sum(box.rows for box in kept) * linked.ROW
    width = linked.left_of(len(_NAMES)) - linked.GAP
    if orphans:
        shapes += _divider(height, width)
        shapes += linked.drawn(orphans, 0, height + _APART)
        height += _APART + sum(box.rows for box in orphans) * linked.ROW
    return Picture(
        title=title,
        summary=_told(models),
        table=twin,
        width=width,
        height=height + 2,
        shapes=shapes,
        is_boxed=True,
        head=_HEAD,
        row=linked.ROW,
    )


def _divider(y: float, width: float) -> list[Shape]:
    words = "Orphaned: the workspace is gone, the model runs on and keeps adding charges"
    return [
        Rect(0, y + 12, width, 1, "app-pic-axis"),
        Text(0, y + 34, words, "app-pic-alarm", bold=True),
    ]


def _tree(models: Iterable[Deployed]) -> list[Box]:
    roots: dict[str, Box] = {}
    versions: dict[tuple[str, str], Box] = {}
    for one in models:
        look = "app-pic-dashed" if one.is_orphan else "app-pic-box"
        note = "workspace gone" if one.is_orphan else ""
        root = roots.setdefault(one.workspace, Box(one.workspace, note, look))
        key = one.workspace, one.version
        if key not in versions:
            versions[key] = Box(one.version or "Version not known")
            root.children.append(versions[key])
        versions[key].children.append(_deployment(one))
    return list(roots.values())


def _deployment(one: Deployed) -> Box:
    if not one.model_id:
        return Box(NO_DEPLOYMENT, look="app-pic-dashed")
    look = "app-pic-box-alarm" if one.is_orphan else "app-pic-box-on"
    service = [Box(one.service)] if one.service else []
    return Box(one.model_id, one.status, look, service)


def _told(models: Sequence[Deployed]) -> str:
    deployed = [one for one in models if one.model_id]
    orphans = sum(1 for one in deployed if one.is_orphan)
    told = counted(len(deployed), "model is", "models are")
    return f"{told} deployed, {orphans:,} of them orphaned."
