"""Workspaces as the last inventory saw them."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from dashboard.forms.filters import WorkspaceFilter
from dashboard.model_versions import versions_of
from dashboard.pages import page_of
from migrator.models import Archive, Workspace
from migrator.services.charts.archives import graph_of, newest_types, types_picture
from migrator.services.charts.backups import strips_picture

LISTED = 10  # archives in the table
STRIP = 100  # archives in the picture


@require_safe
@login_required
def workspace_list(request: HttpRequest) -> HttpResponse:
    """All workspaces that are still there, filtered, page by page."""
    form = WorkspaceFilter(request.GET)
    page = page_of(request, form.applied())
    context = {"form": form, "page": page, "is_filtered": any(request.GET.values())}
    return render(request, "dashboard/workspaces/list.html", context)


@require_safe
@login_required
def workspace_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One workspace with everything the inventory listed of it, and its archives."""
    listed = Workspace.objects.for_listing().with_doom().annotate(newest_types=newest_types())
    rows = listed.prefetch_related("document_sets", "dictionaries", "tasks", "members")
    workspace = get_object_or_404(rows, pk=pk)
    graph = graph_of(vars(workspace)["newest_types"])
    archives = Archive.objects.filter(workspace=workspace).select_related("created_by")
    known = list(archives.defer("facts", "findings")[:STRIP])
    context = {
        "types": graph and types_picture(graph),
        "freshness": strips_picture([(workspace.name, known)], timezone.now()),
        "workspace": workspace,
        "versions": versions_of(workspace),
        "archives": known[:LISTED],
    }
    return render(request, "dashboard/workspaces/detail.html", context)
