"""Saying that a worksheet is complete or not needed, and what it still lacks."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from migrator.checks.answers import many
from migrator.errors import ServiceError
from migrator.models import Plan, Worksheet, WorksheetFile, WorksheetRow
from migrator.services import audit, checks
from migrator.services.permissions import requires
from migrator.services.worksheets import mappings
from migrator.services.worksheets.columns import SHEETS, Sheet

_State = Worksheet.State
LONGEST_REASON = 2_000  # characters
_NAMED = 3  # lines that a refusal names


@dataclass(frozen=True)
class Lack:
    """What one line lacks: the labels of columns, and perhaps a file."""

    row: WorksheetRow
    what: tuple[str, ...]


def lacks_of(
    sheet: Sheet, rows: Iterable[WorksheetRow], with_file: frozenset[int] = frozenset()
) -> list[Lack]:
    """The lines that are not whole; `with_file` are the keys of those with a file.

    Lines that the inventory no longer lists are not asked for.
    """
    found = []
    for row in rows:
        if row.change == WorksheetRow.Change.GONE:
            continue
        what = [column.label.lower() for column in sheet.required if row.cell(column.key) == ""]
        if sheet.needs_file and row.pk not in with_file:
            what.append("the file")
        if what:
            found.append(Lack(row, tuple(what)))
    return found


def rows_with_file(sheets: Iterable[Worksheet]) -> frozenset[int]:
    """The keys of the lines that a file belongs to."""
    files = WorksheetFile.objects.filter(worksheet__in=[sheet.pk for sheet in sheets])
    return frozenset(files.exclude(row=None).values_list("row", flat=True))


@requires("migrator.start_run")
@transaction.atomic
def complete(worksheet: Worksheet, *, user: User | None, note: str = "") -> None:
    """Say that nothing is missing; ServiceError that names what is."""
    sheet = SHEETS[worksheet.kind]
    rows = list(worksheet.rows.all())
    lacking = lacks_of(sheet, rows, rows_with_file([worksheet]))
    if sheet.is_single and not rows:
        raise _nothing_in_it(worksheet)
    if lacking:
        raise _not_whole(worksheet, sheet, lacking)
    _settle(worksheet, _State.COMPLETE, note, user)
    checks.recheck_noted(worksheet)


@requires("migrator.start_run")
@transaction.atomic
def waive(worksheet: Worksheet, *, user: User | None, reason: str) -> None:
    """Say that it is not needed, and why; ServiceError without a reason."""
    if not reason.strip():
        raise ServiceError(
            "A worksheet is waived with a reason only.",
            meaning="Nothing changed.",
            remedy="Say in a few words why it is not needed; the reason goes into the archive.",
        )
    _settle(worksheet, _State.WAIVED, reason, user)
    checks.recheck_noted(worksheet)


@requires("migrator.start_run")
@transaction.atomic
def reopen(worksheet: Worksheet, *, user: User | None) -> None:
    """Take back that it is complete or waived."""
    worksheet.state, worksheet.reason = _State.OPEN, ""
    worksheet.stated_by, worksheet.stated_by_name, worksheet.stated_at = None, "", None
    worksheet.save(update_fields=_STATED)
    mappings.copy_to_items(worksheet.item.plan)
    audit.record(user, "worksheet.reopened", worksheet, kind=worksheet.kind)
    checks.recheck_noted(worksheet)


@requires("migrator.start_run")
@transaction.atomic
def complete_whole_ones(plan: Plan, *, user: User | None) -> int:
    """Say of the worksheets that `whole_ones` names that they are complete; how many there were.

    It is kept with each that this was said of several at once, and not of each by itself.
    """
    whole = whole_ones(plan)
    others = f"together with {len(whole) - 1:,} more" if len(whole) > 1 else "without opening it"
    for sheet in whole:
        _settle(sheet, _State.COMPLETE, f"Completed {others}, by “Complete all”.", user)
    return len(whole)


def whole_ones(plan: Plan) -> list[Worksheet]:
    """The open worksheets in which something stands and nothing is missing, with their items."""
    open_ones = Worksheet.objects.of_plan(plan).filter(state=_State.OPEN, item__left_at=None)
    sheets = list(open_ones.select_related("item__plan"))
    return [sheet for sheet, rows in _whole(sheets) if rows]


def settle_what_is_whole(sheets: Iterable[Worksheet]) -> None:
    """Complete those that the inventory filled entirely, also with nothing: nobody is asked then.

    One that somebody settled and that changed since stays as it is, shown out of date. Of a
    rule-based model only classes are listed, never rules: with those a person decides.
    """
    now = timezone.now()
    settled = []
    for sheet, rows in _whole([sheet for sheet in sheets if sheet.state == _State.OPEN]):
        if rows and sheet.kind == Worksheet.Kind.RULES:
            continue
        sheet.state, sheet.stated_at = _State.COMPLETE, now
        sheet.reason = "Filled from the inventory." if rows else "The inventory found none."
        settled.append(sheet)
    Worksheet.objects.bulk_update(settled, _STATED)


_STATED = ["state", "reason", "stated_by", "stated_by_name", "stated_at"]


def _whole(sheets: list[Worksheet]) -> list[tuple[Worksheet, list[WorksheetRow]]]:
    """Those that lack nothing, with their lines."""
    rows_of: dict[int, list[WorksheetRow]] = {sheet.pk: [] for sheet in sheets}
    for row in WorksheetRow.objects.filter(worksheet__in=rows_of):
        rows_of[row.worksheet_id].append(row)
    with_file = rows_with_file(sheets)
    return [
        (sheet, rows_of[sheet.pk])
        for sheet in sheets
        if not lacks_of(SHEETS[sheet.kind], rows_of[sheet.pk], with_file)
    ]


def _settle(worksheet: Worksheet, state: str, reason: str, user: User | None) -> None:
    worksheet.state, worksheet.reason = state, reason.strip()[:LONGEST_REASON]
    worksheet.stated_by = user
    worksheet.stated_by_name = (user.get_full_name() or user.get_username()) if user else ""
    worksheet.stated_at = timezone.now()
    worksheet.save(update_fields=_STATED)
    gone = worksheet.rows.filter(change=WorksheetRow.Change.GONE)
    if state == _State.COMPLETE:
        gone.delete()
    worksheet.rows.exclude(change="").update(change="", was={})
    mappings.copy_to_items(worksheet.item.plan)
    audit.record(user, f"worksheet.{state}", worksheet, kind=worksheet.kind, reason=reason.strip())


def _not_whole(worksheet: Worksheet, sheet: Sheet, lacking: list[Lack]) -> ServiceError:
    named = [f"{sheet.title(lack.row.cells)}: {', '.join(lack.what)}" for lack in lacking[:_NAMED]]
    more = len(lacking) - len(named)
    return ServiceError(
        f"{worksheet.get_kind_display()}: "
        f"{many(len(lacking), 'line lacks', 'lines lack')} something.",
        meaning=f"Still missing: {'; '.join(named)}{f'; and {more:,} more' if more else ''}.",
        remedy="Fill in what is missing, or waive the worksheet with a reason.",
    )


def _nothing_in_it(worksheet: Worksheet) -> ServiceError:
    return ServiceError(
        f"{worksheet.get_kind_display()}: nothing is filled in.",
        meaning="The worksheet stays open.",
        remedy="Fill it in, or waive it with a reason.",
    )
