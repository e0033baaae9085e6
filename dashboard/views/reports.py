"""Reports of runs and plans: as a page for screen and paper, as HTML, PDF, CSV and JSON."""

from collections.abc import Callable

from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from dashboard.people import actor
from migrator.models import Plan, PlanItem, Receipt, Run
from migrator.pictures.report import Report
from migrator.services.reports import (
    csv_text,
    html_text,
    json_bytes,
    pdf_file,
    plan_report,
    receipt_report,
    run_report,
)

# What a browser keeps would show another person's report after a change of users.
_PRIVATE = {"Cache-Control": "private, no-store"}


@require_safe
@login_required
def run_report_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The report of a run as a page."""
    back = reverse("run-detail", args=[pk])
    return _page(request, _of_run(request, pk), back, "run-report-file", pk)


@require_safe
@login_required
def run_report_file(request: HttpRequest, pk: int, form: str) -> HttpResponseBase:
    """The same as a file."""
    return FORMS[form](_of_run(request, pk), f"report-run-{pk}.{form}")


@require_safe
@login_required
def plan_report_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The report of a plan as a page."""
    back = reverse("plan-detail", args=[pk])
    return _page(request, _of_plan(request, pk), back, "plan-report-file", pk)


@require_safe
@login_required
def plan_report_file(request: HttpRequest, pk: int, form: str) -> HttpResponseBase:
    """The same as a file."""
    return FORMS[form](_of_plan(request, pk), f"report-plan-{pk}.{form}")


@require_safe
@login_required
def receipt_pdf(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A receipt as PDF, of what was signed."""
    receipt = get_object_or_404(Receipt, pk=pk)
    report = receipt_report(receipt, made_by=actor(request).get_username())
    return _pdf(report, f"receipt-{receipt.pk}.pdf")


def _page(request: HttpRequest, report: Report, back: str, file: str, pk: int) -> HttpResponse:
    files = [(form.upper(), reverse(file, args=[pk, form])) for form in FORMS]
    context = {"report": report, "back": back, "files": files}
    return render(request, "dashboard/reports/report.html", context)


def _of_run(request: HttpRequest, pk: int) -> Report:
    run = get_object_or_404(Run.objects.for_listing(), pk=pk)
    return run_report(run, made_by=actor(request).get_username())


def _of_plan(request: HttpRequest, pk: int) -> Report:
    items = Prefetch("items", queryset=PlanItem.objects.select_related("workspace"))
    plans = Plan.objects.guided().select_related("source", "target", "created_by")
    plan = get_object_or_404(plans.prefetch_related(items), pk=pk)
    return plan_report(plan, made_by=actor(request).get_username())


def _pdf(report: Report, name: str) -> HttpResponseBase:
    """Sent in pieces from a file that vanishes when it is closed."""
    return FileResponse(
        pdf_file(report),
        as_attachment=True,
        filename=name,
        content_type="application/pdf",
        headers=_PRIVATE,
    )


def _html(report: Report, name: str) -> HttpResponseBase:
    """Never shown in place: as a file of the reader's it has no part in this site."""
    return _download(html_text(report), name, "text/html; charset=utf-8")


def _csv(report: Report, name: str) -> HttpResponseBase:
    return _download(csv_text(report), name, "text/csv; charset=utf-8")


def _json(report: Report, name: str) -> HttpResponseBase:
    return _download(json_bytes(report), name, "application/json")


def _download(content: str | bytes, name: str, kind: str) -> HttpResponse:
    disposition = content_disposition_header(True, name) or "attachment"
    headers = {**_PRIVATE, "Content-Disposition": disposition}
    return HttpResponse(content, content_type=kind, headers=headers)


FORMS: dict[str, Callable[[Report, str], HttpResponseBase]] = {
    "html": _html,
    "pdf": _pdf,
    "csv": _csv,
    "json": _json,
}
