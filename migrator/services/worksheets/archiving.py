"""Worksheets into the archive of their workspace, and out of it again."""

import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.files.storage import FileSystemStorage, default_storage
from django.db import transaction
from django.utils.dateparse import parse_datetime

from migrator.archives.read import Archive as OpenArchive
from migrator.archives.worksheets import Attached, Sheet
from migrator.models import PlanItem, Worksheet, WorksheetFile, WorksheetRow
from migrator.services.worksheets import files
from migrator.services.worksheets.columns import SHEETS
from migrator.services.worksheets.sheets_csv import as_csv

_FORMAT = 1


def sheets_to_seal(item: PlanItem, folder: Path) -> list[Sheet]:
    """The worksheets of a workspace as an archive takes them; in `folder` lie copies of files that
    are not on this machine.

    A backup without a plan takes what was captured last for the workspace. Worksheets in which
    nothing stands and of which nobody said anything are left out.
    """
    found = []
    for worksheet in _worksheets_of(item):
        rows = list(worksheet.rows.all())
        attached = list(worksheet.files.all())
        if rows or attached or worksheet.is_settled:
            found.append(_sheet(worksheet, rows, attached, folder))
    return found


def _worksheets_of(item: PlanItem) -> list[Worksheet]:
    rows = Worksheet.objects.filter(item=item)
    if not rows and item.workspace_id:
        newest = (
            Worksheet.objects.filter(item__workspace=item.workspace_id).order_by("-item").first()
        )
        rows = Worksheet.objects.filter(item=newest.item_id) if newest else rows
    return list(rows.prefetch_related("rows__edited_by", "rows__files", "files"))


def _sheet(
    worksheet: Worksheet, rows: list[WorksheetRow], attached: list[WorksheetFile], folder: Path
) -> Sheet:
    places = {row.pk: place for place, row in enumerate(rows)}
    return Sheet(
        document=_document(worksheet, rows),
        csv=as_csv(worksheet),
        files=[
            Attached(
                file.name,
                _local(file, folder),
                file.sha256,
                {
                    "row": places.get(file.row_id or 0),
                    "size": file.size,
                    "kind": file.kind,
                    "found": file.found,
                    "attached_at": file.attached_at.isoformat(),
                },
            )
            for file in attached
        ],
    )


def _document(worksheet: Worksheet, rows: list[WorksheetRow]) -> dict[str, Any]:
    columns = SHEETS[worksheet.kind].columns
    return {
        "format": _FORMAT,
        "kind": worksheet.kind,
        "title": worksheet.get_kind_display(),
        "state": worksheet.state,
        "reason": worksheet.reason,
        "stated_by": worksheet.stated_by_name,
        "stated_at": _iso(worksheet.stated_at),
        "filled_at": _iso(worksheet.filled_at),
        "columns": [
            {"key": column.key, "label": column.label, "sort": column.sort} for column in columns
        ],
        "rows": [
            {
                "cells": {c.key: row.cells[c.key] for c in columns if c.key in row.cells},
                "said": row.said,
                "key": row.key,
                "origin": row.origin,
                "edited_by": row.edited_by.get_username() if row.edited_by else "",
                "edited_at": _iso(row.edited_at),
            }
            for row in rows
        ],
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _local(file: WorksheetFile, folder: Path) -> Path:
    """The file on this machine; whether it is the one that was attached, the sealing proves."""
    if isinstance(default_storage, FileSystemStorage):
        with files.opened(file):
            return Path(default_storage.path(file.file))
    copy = folder / f"{file.pk}"
    with files.opened(file) as source, copy.open("wb") as target:
        shutil.copyfileobj(source, target, 1 << 20)
    return copy


def bring_from_archive(item: PlanItem, opened: OpenArchive, folder: Path) -> int:
    """Give the item the worksheets of its archive, unless it has worksheets; how many there were.

    Files pass through `folder`, proven by their fingerprints.
    """
    if Worksheet.objects.filter(item=item).exists():
        return 0
    documents = [doc for doc in opened.worksheets() if doc.get("kind") in SHEETS]
    stored: list[str] = []
    try:
        with transaction.atomic():
            for document in documents:
                kept = _stored_files(item, opened, document, folder)
                stored += [name for _, name, _ in kept]
                _restore(item, document, kept)
    except BaseException:
        for name in stored:
            default_storage.delete(name)
        raise
    return len(documents)


def _stored_files(
    item: PlanItem, opened: OpenArchive, document: dict[str, Any], folder: Path
) -> list[tuple[dict[str, Any], str, int]]:
    """(what the document says of it, its name in the storage, bytes) of each file."""
    kept = []
    for file in document.get("files") or []:
        path = opened.extract(str(file["path"]), folder / "attached")
        size = path.stat().st_size
        kept.append((file, files.store(path, item.pk), size))
    return kept


def _restore(
    item: PlanItem, document: dict[str, Any], kept: list[tuple[dict[str, Any], str, int]]
) -> None:
    worksheet = Worksheet.objects.create(
        item=item,
        kind=document["kind"],
        state=_one_of(Worksheet.State.values, document.get("state"), Worksheet.State.OPEN),
        reason=str(document.get("reason") or ""),
        stated_by_name=str(document.get("stated_by") or "")[:150],
        stated_at=parse_datetime(str(document.get("stated_at") or "")),
        filled_at=parse_datetime(str(document.get("filled_at") or "")),
    )
    rows = WorksheetRow.objects.bulk_create(
        _row(worksheet, place, said) for place, said in enumerate(document["rows"])
    )
    WorksheetFile.objects.bulk_create(
        _file(worksheet, rows, said, stored, size) for said, stored, size in kept
    )


def _row(worksheet: Worksheet, place: int, said: dict[str, Any]) -> WorksheetRow:
    cells = said.get("cells")
    known = SHEETS[worksheet.kind].by_key
    return WorksheetRow(
        worksheet=worksheet,
        position=place,
        cells={key: value for key, value in (cells or {}).items() if key in known},
        origin=WorksheetRow.Origin.ARCHIVE,
        edited_at=parse_datetime(str(said.get("edited_at") or "")),
    )


def _file(
    worksheet: Worksheet, rows: list[WorksheetRow], said: dict[str, Any], stored: str, size: int
) -> WorksheetFile:
    place = said.get("row")
    has_line = isinstance(place, int) and 0 <= place < len(rows)
    return WorksheetFile(
        worksheet=worksheet,
        row=rows[place] if has_line else None,  # type: ignore[index]
        name=files.plain_name(str(said.get("name") or "file")),
        file=stored,
        size=size,
        sha256=str(said["sha256"]),
        kind=str(said.get("kind") or "")[:20],
        found=said.get("found") or {},
    )


def _one_of(known: list[str], value: Any, otherwise: str) -> str:
    return value if value in known else otherwise
