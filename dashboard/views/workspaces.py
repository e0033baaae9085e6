"""Workspaces as the last inventory saw them."""

from itertools import groupby
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.db.models import F
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from dashboard.exports import csv_download
from dashboard.forms.filters import WorkspaceFilter
from dashboard.model_versions import versions_of
from dashboard.pages import page_of
from dashboard.workspace_history import LISTED as LISTED_HISTORY
from dashboard.workspace_history import History
from dashboard.workspace_rows import COLUMNS, cells_of, row_of, rows_of
from migrator.models import Archive, Workspace
from migrator.services.charts.archives import graph_of, newest_types, types_picture
from migrator.services.charts.backups import strips_picture

LISTED = 10  # archives in the table
STRIP = 100  # archives in the picture
LONGEST_KEY = 18  # digits: a longer number is no key that a database could hold


@require_safe
@login_required
def workspace_list(request: HttpRequest) -> HttpResponse:
    """All workspaces that are still there, filtered, page by page."""
    form = WorkspaceFilter(request.GET)
    page = page_of(request, form.applied().with_lists())
    context = {
        "form": form,
        "page": page,
        "rows": rows_of(page.object_list),
        "is_filtered": any(request.GET.values()),
        "query": request.GET.urlencode(),
    }
    return render(request, "dashboard/workspaces/list.html", context)


@require_safe
@login_required
def workspace_csv(request: HttpRequest) -> StreamingHttpResponse:
    """All workspaces that fit the filters as CSV."""
    return csv_download("workspaces.csv", COLUMNS, cells_of(WorkspaceFilter(request.GET).applied()))


# What is started over ticked workspaces: the page that asks for the rest, and its words.
_STARTS = {"backup": ("backup-new", "Back up"), "plan": ("plan-new", "Plan")}


@require_safe
@login_required
@permission_required("migrator.start_run", raise_exception=True)
def workspace_start(request: HttpRequest) -> HttpResponse:
    """Lead what is ticked to a backup or a plan; where it is of several instances, ask for one."""
    page, words = _STARTS.get(request.GET.get("do", ""), _STARTS["backup"])
    ticked = Workspace.objects.present().filter(pk__in=_ticked(request))
    rows = ticked.select_related("instance").order_by("instance__name", "instance", "name", "pk")
    ways = [
        (instance, chosen := list(each), _way(page, instance.pk, chosen))
        for instance, each in groupby(rows, key=lambda row: row.instance)
    ]
    if not ways:
        messages.error(request, "No workspace is ticked.\nTick those that it is about.")
        return redirect("workspace-list")
    if len(ways) == 1:
        return redirect(ways[0][2])
    return render(request, "dashboard/workspaces/start.html", {"ways": ways, "words": words})


def _ticked(request: HttpRequest) -> list[int]:
    """Keys as the form sends them; what is none is left out."""
    sent = request.GET.getlist("workspace")
    return [int(pk) for pk in sent if pk.isdecimal() and len(pk) <= LONGEST_KEY]


def _way(page: str, instance_pk: int, chosen: list[Workspace]) -> str:
    query = urlencode([("workspace", each.pk) for each in chosen])
    return f"{reverse(page, args=[instance_pk])}?{query}"


@require_safe
@login_required
def workspace_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One workspace with everything the inventory listed of it, and its archives."""
    listed = Workspace.objects.for_listing().with_doom().annotate(newest_types=newest_types())
    rows = listed.prefetch_related("document_sets", "dictionaries", "tasks", "members")
    workspace = get_object_or_404(rows, pk=pk)
    graph = graph_of(vars(workspace)["newest_types"])
    archives = Archive.objects.filter(workspace=workspace).select_related("created_by")
    counted = archives.annotate(documents_there=F("facts__workspace__documents"))
    known = list(counted.defer("facts", "findings")[:STRIP])
    context = {
        "types": graph and types_picture(graph),
        "freshness": strips_picture([(workspace.name, known)], timezone.now()),
        "workspace": workspace,
        "row": row_of(workspace, known[0] if known else None),
        "versions": versions_of(workspace),
        "archives": known[:LISTED],
    }
    return render(request, "dashboard/workspaces/detail.html", context)


@require_safe
@login_required
def workspace_history(request: HttpRequest, pk: int) -> HttpResponse:
    """Its runs, plans, proofs and receipts; what the log says, for those who may read it."""
    workspace = get_object_or_404(Workspace.objects.select_related("instance"), pk=pk)
    history = History(workspace)
    reads = request.user.has_perm("migrator.view_auditentry")
    context = {
        "workspace": workspace,
        "runs": history.runs,
        "plans": history.plans,
        "proofs": history.proofs,
        "receipts": history.receipts,
        "entries": history.entries if reads else [],
        "listed": LISTED_HISTORY,
    }
    return render(request, "dashboard/workspaces/history.html", context)
