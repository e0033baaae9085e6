"""One worksheet: its lines, its files, its CSV, and whether it is complete."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.db.models import Case, When
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.views.decorators.http import require_POST, require_safe

from dashboard.answers import telling
from dashboard.forms.worksheets import RowForm, initial_of
from dashboard.people import actor
from dashboard.uploads import uploads
from dashboard.wizard import may_change
from dashboard.worksheet_page import accepted_why, columns_shown, look_of, rows_shown
from migrator.models import PlanItem, Worksheet, WorksheetFile, WorksheetRow
from migrator.sending import send_stored
from migrator.services.worksheets import editing, files, filling, settling
from migrator.services.worksheets.columns import SHEETS
from migrator.services.worksheets.sheets_csv import as_csv, bring_csv

captures = permission_required("migrator.start_run", raise_exception=True)
downloads = permission_required("migrator.download_archive", raise_exception=True)


@require_safe
@login_required
def worksheet_detail(request: HttpRequest, item_pk: int, kind: str) -> HttpResponse:
    """The worksheet; `row` names the line whose form is open, or *new*."""
    worksheet = _shown(item_pk, kind)
    row = _asked_row(worksheet, request.GET.get("row", ""))
    form = RowForm(SHEETS[kind], initial=initial_of(row))
    return _page(request, worksheet, row, form, is_open="row" in request.GET)


@require_POST
@login_required
@captures
def worksheet_row(request: HttpRequest, item_pk: int, kind: str) -> HttpResponse:
    """Store a line, or remove it."""
    worksheet = _changed(request, item_pk, kind)
    row = _asked_row(worksheet, request.POST.get("row", ""))
    if row is not None and "remove" in request.POST:
        with telling(request, "The line was removed."):
            editing.remove_row(row, user=actor(request))
        return _back(item_pk, kind)
    form = RowForm(SHEETS[kind], request.POST)
    with telling(request):
        try:
            editing.save_row(worksheet, form.given, user=actor(request), row=row)
            messages.success(request, "Saved.")
            return _back(item_pk, kind)
        except editing.BadCells as refused:
            form.show(refused)
    return _page(request, worksheet, row, form, is_open=True)


@require_POST
@login_required
@captures
def worksheet_state(request: HttpRequest, item_pk: int, kind: str) -> HttpResponse:
    """Complete, waive, open again, or fill again from the inventory."""
    worksheet = _changed(request, item_pk, kind)
    said, text = request.POST.get("say", ""), request.POST.get("text", "")
    user = actor(request)
    with telling(request):
        if said == "complete":
            settling.complete(worksheet, user=user, note=text)
        elif said == "waive":
            settling.waive(worksheet, user=user, reason=text)
        elif said == "reopen":
            settling.reopen(worksheet, user=user)
        elif said == "fill":
            filling.fill_item(worksheet.item, user=user)
            messages.success(request, "All worksheets of this workspace were filled again.")
    return _back(item_pk, kind)


@require_safe
@login_required
def worksheet_csv(request: HttpRequest, item_pk: int, kind: str) -> HttpResponse:
    """The lines as a CSV file."""
    worksheet = _shown(item_pk, kind)
    name = f"{slugify(worksheet.item.name) or 'workspace'}-{kind.replace('_', '-')}.csv"
    return csv_answer(name, as_csv(worksheet))


def csv_answer(name: str, text: str) -> HttpResponse:
    """A CSV file as a download."""
    answer = HttpResponse(text, content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@require_POST
@login_required
@captures
def worksheet_bring(request: HttpRequest, item_pk: int, kind: str) -> HttpResponse:
    """Take the lines of a CSV file."""
    worksheet = _changed(request, item_pk, kind)
    removes = "removes_others" in request.POST
    if not request.FILES:
        messages.error(request, "No file was chosen.\nChoose a CSV file.")
    for path, name in uploads(request):
        with telling(request):
            counts = bring_csv(worksheet, path, user=actor(request), removes_others=removes)
            added, changed, removed = counts
            messages.success(
                request, f"{name}: {added:,} added, {changed:,} changed, {removed:,} removed."
            )
    return _back(item_pk, kind)


@require_POST
@login_required
@captures
def worksheet_attach(request: HttpRequest, item_pk: int, kind: str) -> HttpResponse:
    """Keep original files with a line, with the lines they are named after, or with the sheet."""
    worksheet = _changed(request, item_pk, kind)
    row = _asked_row(worksheet, request.POST.get("row", ""))
    by_name = SHEETS[kind].files == "row" and row is None
    if not request.FILES:
        messages.error(request, "No file was chosen.\nChoose a file, or drop it on the field.")
    for path, name in uploads(request):
        with telling(request):
            if by_name:
                file = files.attach_by_name(worksheet, path, name=name, user=actor(request))
            else:
                file = files.attach(worksheet, path, name=name, user=actor(request), row=row)
            messages.success(request, f"{file.name} is kept.\n{file.found.get('sentence', '')}")
    return _back(item_pk, kind)


@require_safe
@login_required
@downloads
def worksheet_file(request: HttpRequest, item_pk: int, kind: str, file_pk: int) -> HttpResponseBase:
    """An original file."""
    file = _file(item_pk, kind, file_pk)
    with telling(request):
        if default_storage.exists(file.file):
            return send_stored(
                request, file.file, size=file.size, name=file.name, sha256=file.sha256
            )
        messages.error(request, "The file is not in the storage any more.\nAttach it again.")
    return _back(item_pk, kind)


@require_POST
@login_required
@captures
def worksheet_detach(request: HttpRequest, item_pk: int, kind: str, file_pk: int) -> HttpResponse:
    """Remove an original file."""
    worksheet = _changed(request, item_pk, kind)
    file = _file(item_pk, kind, file_pk)
    with telling(request, f"{file.name} was removed."):
        editing.refuse_settled(worksheet)
        files.detach(file, user=actor(request))
    return _back(item_pk, kind)


def _page(
    request: HttpRequest,
    worksheet: Worksheet,
    row: WorksheetRow | None,
    form: RowForm,
    *,
    is_open: bool,
) -> HttpResponse:
    sheet = SHEETS[worksheet.kind]
    rows = _rows(worksheet)
    if sheet.is_single and row is None and rows:
        row = rows[0]
        form = form if form.is_bound else RowForm(sheet, initial=initial_of(row))
    shown = rows_shown(worksheet, rows)
    changes = may_change(request, worksheet.item.plan)
    is_editable = changes and worksheet.state == Worksheet.State.OPEN
    context = {
        "worksheet": worksheet,
        "item": worksheet.item,
        "plan": worksheet.item.plan,
        "sheet": sheet,
        "look": look_of(worksheet),
        "columns": columns_shown(sheet, rows),
        "rows": shown,
        "lacking": sum(bool(one.lacks) for one in shown),
        "next_sheet": _next_open(worksheet),
        "files": [file for file in worksheet.files.all() if file.row_id is None]
        if worksheet.pk
        else [],
        "form": form,
        "form_row": row,
        "form_open": is_editable and (is_open or sheet.is_single),
        "is_editable": is_editable,
        "may_change": changes,
        "accepted_why": accepted_why(worksheet) if is_editable else "",
    }
    return render(request, "dashboard/plans/worksheet.html", context)


def _rows(worksheet: Worksheet) -> list[WorksheetRow]:
    if worksheet.pk is None:
        return []
    return list(worksheet.rows.select_related("edited_by").prefetch_related("files"))


def _shown(item_pk: int, kind: str) -> Worksheet:
    """The worksheet, or what it will be: looking at it stores nothing."""
    _refuse_unknown(kind)
    sheets = Worksheet.objects.select_related("item__plan__source", "item__workspace", "stated_by")
    found = sheets.filter(item=item_pk, kind=kind).first()
    if found is not None:
        return found
    items = PlanItem.objects.select_related("plan__source", "workspace")
    return Worksheet(item=get_object_or_404(items, pk=item_pk), kind=kind)


def _changed(request: HttpRequest, item_pk: int, kind: str) -> Worksheet:
    """The worksheet to be changed; nothing of a plan that was put away is."""
    _refuse_unknown(kind)
    item = get_object_or_404(
        PlanItem.objects.select_related("plan__source", "workspace"), pk=item_pk
    )
    if not may_change(request, item.plan):
        raise PermissionDenied
    return editing.worksheet_of(item, kind)


def _refuse_unknown(kind: str) -> None:
    if kind not in SHEETS:
        raise Http404


def _next_open(worksheet: Worksheet) -> Worksheet | None:
    """Another worksheet of the plan that is still open: of the same workspace, then of others."""
    item = worksheet.item
    others = Worksheet.objects.filter(
        item__plan=item.plan_id, item__left_at=None, state=Worksheet.State.OPEN
    ).exclude(item=item, kind=worksheet.kind)
    is_here = Case(When(item=item, then=0), default=1)
    return others.select_related("item").order_by(is_here, "item__name", "item", "kind").first()


def _asked_row(worksheet: Worksheet, asked: str) -> WorksheetRow | None:
    if not asked.isdecimal() or worksheet.pk is None:
        return None
    return get_object_or_404(WorksheetRow, pk=int(asked), worksheet=worksheet)


def _file(item_pk: int, kind: str, file_pk: int) -> WorksheetFile:
    rows = WorksheetFile.objects.select_related("worksheet__item__plan")
    return get_object_or_404(rows, pk=file_pk, worksheet__item=item_pk, worksheet__kind=kind)


def _back(item_pk: int, kind: str) -> HttpResponse:
    return redirect(reverse("plan-worksheet", args=[item_pk, kind]))
