"""The CSV files of read-only dictionaries: what somebody attached, since no download has them."""

import shutil
from pathlib import Path

from migrator.archives.naming import readable_name
from migrator.formats.dictionaries import csv_name
from migrator.models import PlanItem, Worksheet, WorksheetFile
from migrator.services.worksheets.files import opened


def names_with_file(item: PlanItem) -> set[str]:
    """The read-only dictionaries of the item of which there is a CSV."""
    return set(_attached(item))


def files_of(item: PlanItem, folder: Path) -> dict[str, Path | None]:
    """Name → CSV below `folder`, for each read-only dictionary; None where nobody attached one."""
    facts = item.archive.facts if item.archive else {}
    attached = _attached(item)
    names = [str(one["name"]) for one in facts.get("dictionaries") or [] if one["read_only"]]
    found: dict[str, Path | None] = {}
    for number, name in enumerate(dict.fromkeys([*names, *attached]), start=1):
        file = attached.get(name)
        found[name] = None if file is None else _copied(file, folder / str(number), name)
    return found


def _attached(item: PlanItem) -> dict[str, WorksheetFile]:
    """The newest file of each dictionary; one of the whole worksheet belongs to its own name."""
    files = WorksheetFile.objects.filter(
        worksheet__item=item, worksheet__kind=Worksheet.Kind.READ_ONLY
    )
    return {
        str(one.row.cell("dictionary")) if one.row else csv_name(one.name): one
        for one in files.select_related("row")
    }


def _copied(file: WorksheetFile, folder: Path, name: str) -> Path:
    folder.mkdir(parents=True)
    path = folder / f"{readable_name(name, otherwise='dictionary')}.csv"
    with opened(file) as source, path.open("wb") as target:
        shutil.copyfileobj(source, target, 1 << 20)
    return path
