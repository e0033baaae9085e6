"""The files that steps work with, under settings.WORK_DIR: made, recorded, found and removed."""

import hashlib
import shutil
import uuid
from pathlib import Path

from django.conf import settings

from migrator.clients.downloads import discard_partial
from migrator.formats.recognize import recognize
from migrator.models import PlanItem, Run, Step, StepFile, UnsortedFile


def new_path(step: Step, suffix: str = "") -> Path:
    """A path of our own for a file of `step`, its folder made; nothing of theirs is in the name."""
    folder = run_folder(step.run_id) / str(step.item_id)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder / f"{step.pk}-{uuid.uuid4().hex}{suffix}"


def download_path(step: Step, kind: str) -> Path:
    """A path of this claim's own for a download, with what an earlier claim got so far beside it.

    The part is copied, not moved: a worker that was given up for dead may still write its own, but
    never this one.
    """
    path = new_path(step, f"-{kind}")
    parts = sorted(
        path.parent.glob(f"{step.pk}-*-{kind}.part"), key=lambda part: part.stat().st_size
    )
    if parts:
        _copy_partial(parts[-1], path)
    for part in parts:
        discard_partial(part.with_suffix(""))
    return path


def _copy_partial(part: Path, path: Path) -> None:
    bookmark = part.with_name(f"{part.name}.json")
    if bookmark.exists():
        shutil.copyfile(part, path.with_name(f"{path.name}.part"))
        shutil.copyfile(bookmark, path.with_name(f"{path.name}.part.json"))


def new_folder(step: Step) -> Path:
    """An empty folder of our own for files of `step`."""
    folder = new_path(step)
    folder.mkdir()
    return folder


def root() -> Path:
    """What the paths of recorded files are relative to."""
    return Path(settings.WORK_DIR)


def run_folder(run_pk: int) -> Path:
    """Where all files of one run lie."""
    return root() / "runs" / str(run_pk)


def keep(
    step: Step,
    path: Path,
    *,
    name: str,
    kind: str = "",
    sha256: str = "",
    role: str = "saved",
    workspace_id: str = "",
    sentence: str = "",
) -> StepFile:
    """Record a file that lies under WORK_DIR as one of `step`'s."""
    return StepFile.objects.create(
        step=step,
        role=role,
        name=name,
        path=str(path.relative_to(settings.WORK_DIR)),
        kind=kind or str(recognize(path).kind),
        size=path.stat().st_size,
        sha256=sha256 or sha256_of(path),
        workspace_id=workspace_id,
        sentence=sentence,
    )


def absolute(file: StepFile | UnsortedFile) -> Path:
    """Where a recorded file lies."""
    return root() / file.path


def saved_files(item: PlanItem, run: Run, *kinds: str) -> list[StepFile]:
    """The saved files of the item's current steps of `kinds`, in order."""
    return list(
        StepFile.objects.filter(
            step__item=item,
            step__run=run,
            step__kind__in=kinds,
            step__superseded_at=None,
            role=StepFile.Role.SAVED,
        )
    )


def drop_files(step: Step) -> None:
    """Remove what an earlier try of `step` left, rows and files; not what may take its place."""
    left = step.files.exclude(role=StepFile.Role.INSTEAD)
    for file in left:
        absolute(file).unlink(missing_ok=True)
    left.delete()


def remove_run_folder(run: Run) -> None:
    """Remove all working files of a run that is over; archives are elsewhere by now."""
    StepFile.objects.filter(step__run=run).delete()
    UnsortedFile.objects.filter(run=run).delete()
    folder = run_folder(run.pk)
    if folder.exists():
        shutil.rmtree(folder)


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
