"""Working files that nobody needs any more: of runs that are over, of processes that died."""

import shutil
import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import chain
from pathlib import Path

from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage

from migrator.models import Run, Step
from migrator.services.archive_files import DRAFT

# Nothing of what has no row (uploads, drafts of archives, scratch folders) stands still for so
# long while somebody works on it.
UNTOUCHED = timedelta(hours=6)


def remove_leftovers(untouched: timedelta = UNTOUCHED) -> int:
    """Remove them; how many files and folders there were.

    Folders of runs go when nothing of the run can be retried. Uploads, drafts and scratch folders
    have no row, so they go when nobody has written to them for `untouched`.
    """
    found = [*_folders_of_dead_runs(), *_abandoned(untouched)]
    for path in found:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)  # its owner may be removing it, too
        else:
            path.unlink(missing_ok=True)
    return len(found)


def _folders_of_dead_runs() -> Iterator[Path]:
    folders = {
        int(path.name): path for path in _inside("runs") if path.is_dir() and path.name.isdecimal()
    }
    needed = _runs_that_need_files(folders)
    return (path for pk, path in folders.items() if pk not in needed)


def _runs_that_need_files(pks: dict[int, Path]) -> set[int]:
    unfinished = Run.objects.open().filter(pk__in=pks).values_list("pk", flat=True)
    retryable = (
        Step.objects.current()
        .filter(run__in=pks, status__in=["pending", "failed"])
        .values_list("run", flat=True)
    )
    return {*unfinished, *retryable}


def _abandoned(untouched: timedelta) -> Iterator[Path]:
    before = time.time() - untouched.total_seconds()
    folders = [_inside(name) for name in ("archives", "uploads", "temporary", "readings")]
    for path in [*chain(*folders), *_drafts_in_storage()]:
        try:
            if path.stat().st_mtime <= before:
                yield path
        except FileNotFoundError:
            continue  # finished in this moment


def _drafts_in_storage() -> Iterator[Path]:
    if isinstance(default_storage, FileSystemStorage):
        yield from Path(default_storage.path("")).glob(f"{DRAFT}*")


def _inside(name: str) -> Iterator[Path]:
    folder = Path(settings.WORK_DIR) / name
    return folder.iterdir() if folder.is_dir() else iter(())
