"""Files that were brought for many workspaces at once, and wait for a person's word."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from migrator.formats.kinds import Kind
from migrator.models import PlanItem, Step, UnsortedFile
from migrator.services.perform.obtain import ACCEPTED

MOST = 20  # files that are asked for at once
_OPEN = (Step.Status.PENDING, Step.Status.WAITING)

# By item: the status of each of its steps by kind.
ByKind = Mapping[int, Mapping[str, str]]


@dataclass(frozen=True)
class Unsorted:
    """One file, with the workspaces that still take one of its kind."""

    file: UnsortedFile
    choices: list[PlanItem]


def takes_files(kinds: Mapping[str, str]) -> bool:
    """True where a step of the workspace waits for a file."""
    return any(kinds.get(kind) == Step.Status.WAITING for kind in ACCEPTED)


def unsorted_of(run_pk: int | None, items: Iterable[PlanItem], by_kind: ByKind) -> list[Unsorted]:
    """What nobody said yet of which workspace it is; one query."""
    shown = sorted(items, key=lambda item: (item.name.lower(), item.pk))
    files = UnsortedFile.objects.filter(run=run_pk)[:MOST]
    return [Unsorted(file, _takers(file, shown, by_kind)) for file in files]


def _takers(file: UnsortedFile, items: Iterable[PlanItem], by_kind: ByKind) -> list[PlanItem]:
    kinds = [kind for kind, accepted in ACCEPTED.items() if Kind(file.kind) in accepted]
    return [
        item for item in items if any(by_kind.get(item.pk, {}).get(kind) in _OPEN for kind in kinds)
    ]
