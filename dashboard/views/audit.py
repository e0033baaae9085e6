"""The audit log: who did what, whether it is whole, and as a file."""

import json
from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from dashboard.exports import csv_download, json_download
from dashboard.forms.filters import AuditFilter
from dashboard.pages import page_of
from dashboard.people import actor
from migrator.models import AuditChain
from migrator.services import audit, audit_chain

COLUMNS = ("position", "at", "who", "action", "subject", "details", "previous_hash", "hash")

reads = permission_required("migrator.view_auditentry", raise_exception=True)


@require_safe
@login_required
@reads
def audit_list(request: HttpRequest) -> HttpResponse:
    """Entries, newest first, and above them what the last check of the chain found."""
    form = AuditFilter(request.GET)
    context = {
        "form": form,
        "page": page_of(request, form.applied()),
        "chain": AuditChain.objects.filter(pk=AuditChain.THE_ONE).first(),
        "is_filtered": any(request.GET.values()),
        "query": request.GET.urlencode(),
    }
    return render(request, "dashboard/audit/list.html", context)


@require_POST
@login_required
@reads
def audit_check(request: HttpRequest) -> HttpResponse:
    """Compute every hash again."""
    chain = audit_chain.check_chain()
    if chain.is_intact:
        messages.success(request, f"The log is intact.\n{chain.length:,} entries were checked.")
    else:
        messages.error(request, f"The log is broken at entry {chain.broken_at}.\n{chain.problem}")
    return redirect("audit-list")


@require_safe
@login_required
@reads
def audit_csv(request: HttpRequest) -> StreamingHttpResponse:
    """The entries that fit the filter as CSV."""
    audit.record(actor(request), "audit.downloaded", _chain(), kind="csv")
    rows = (row | {"details": json.dumps(row["details"])} for row in _rows(request))
    return csv_download("audit.csv", COLUMNS, rows)


@require_safe
@login_required
@reads
def audit_json(request: HttpRequest) -> StreamingHttpResponse:
    """The entries that fit the filter as JSON, with the chain's length and head."""
    audit.record(actor(request), "audit.downloaded", _chain(), kind="json")
    chain = _chain()
    return json_download("audit.json", {"length": chain.length, "head": chain.head}, _rows(request))


def _chain() -> AuditChain:
    return AuditChain.objects.get_or_create(pk=AuditChain.THE_ONE)[0]


def _rows(request: HttpRequest) -> Iterator[dict[str, Any]]:
    """Oldest first, read in batches."""
    entries = AuditFilter(request.GET).applied().order_by("pk")
    for entry in entries.iterator(chunk_size=500):
        yield {name: getattr(entry, name) for name in COLUMNS} | {"at": entry.at.isoformat()}
