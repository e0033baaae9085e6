"""What an earlier plan captured of the same workspace: a new worksheet begins with it."""

from collections.abc import Iterable

from migrator.models import Worksheet, WorksheetFile, WorksheetRow


def carry_over(made: Iterable[Worksheet]) -> None:
    """Copy lines and files from the newest worksheet of the same workspace and kind.

    The copy is open: whoever walks the plan looks at it again. The files are the same files in the
    storage; one is removed there when no worksheet names it any more.
    """
    earlier = _newest_of_others(list(made))
    rows = _copied_rows(earlier)
    files = WorksheetFile.objects.filter(worksheet__in=[old.pk for old in earlier.values()])
    new_of = {old.pk: sheet for sheet, old in earlier.items()}
    WorksheetFile.objects.bulk_create(_copied_file(file, new_of, rows) for file in files)


def _newest_of_others(made: list[Worksheet]) -> dict[Worksheet, Worksheet]:
    """New worksheet → the one it begins with; those without one are left out."""
    workspaces = {sheet.item.workspace_id for sheet in made if sheet.item.workspace_id}
    others = (
        Worksheet.objects.filter(item__workspace__in=workspaces)
        .exclude(pk__in=[sheet.pk for sheet in made])
        .select_related("item")
        .order_by("pk")
    )
    newest = {(old.item.workspace_id, old.kind): old for old in others}
    return {
        sheet: newest[sheet.item.workspace_id, sheet.kind]
        for sheet in made
        if (sheet.item.workspace_id, sheet.kind) in newest
    }


def _copied_rows(earlier: dict[Worksheet, Worksheet]) -> dict[int, WorksheetRow]:
    """The key of each old line → its copy."""
    new_of = {old.pk: sheet for sheet, old in earlier.items()}
    old_rows = list(WorksheetRow.objects.filter(worksheet__in=new_of))
    copies = WorksheetRow.objects.bulk_create(
        WorksheetRow(
            worksheet=new_of[row.worksheet_id],
            position=row.position,
            key=row.key,
            cells=row.cells,
            said=row.said,
            origin=row.origin,
            edited_by_id=row.edited_by_id,
            edited_at=row.edited_at,
        )
        for row in old_rows
        if row.change != WorksheetRow.Change.GONE
    )
    kept = [row for row in old_rows if row.change != WorksheetRow.Change.GONE]
    return {old.pk: copy for old, copy in zip(kept, copies, strict=True)}


def _copied_file(
    file: WorksheetFile, new_of: dict[int, Worksheet], rows: dict[int, WorksheetRow]
) -> WorksheetFile:
    return WorksheetFile(
        worksheet=new_of[file.worksheet_id],
        row=rows.get(file.row_id) if file.row_id else None,
        name=file.name,
        file=file.file,
        size=file.size,
        sha256=file.sha256,
        kind=file.kind,
        found=file.found,
        attached_by_id=file.attached_by_id,
        attached_at=file.attached_at,
    )
