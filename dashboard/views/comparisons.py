"""Two archives of one workspace, compared by content: choosing the other one, and what differs."""

from typing import Any

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from dashboard.answers import polled, telling
from dashboard.differences import BETWEEN_BACKUPS, compared_rows, kind_words
from dashboard.people import actor
from migrator.models import Archive, ArchiveComparison
from migrator.services.comparisons import begin_comparison

LISTED = 50  # other archives to choose from, the newest


@login_required
@permission_required("migrator.start_run", raise_exception=True)
def archive_compare(request: HttpRequest, pk: int) -> HttpResponse:
    """With which other archive of its workspace? POST sends both to a worker."""
    rows = Archive.objects.select_related("key").defer("facts", "findings")
    archive = get_object_or_404(rows, pk=pk)
    others = rows.copies_of(archive)
    if request.method == "POST":
        other = others.filter(pk=_key(request.POST.get("other", ""))).first() or archive
        with telling(request):
            return redirect(
                "archive-comparison", begin_comparison(archive, other, user=actor(request)).pk
            )
        return redirect("archive-compare", pk)
    context = {"archive": archive, "others": others[:LISTED], "listed": LISTED}
    return render(request, "dashboard/archives/compare.html", context)


def _key(sent: str) -> int:
    return int(sent) if sent.isdecimal() and len(sent) <= 18 else 0


@require_safe
@login_required
def archive_comparison(request: HttpRequest, pk: int) -> HttpResponse:
    """What differs; for htmx the part alone, and 204 while a worker still compares."""
    archives = ArchiveComparison.objects.select_related("older", "newer", "asked_by")
    large = [f"{side}__{name}" for side in ("older", "newer") for name in ("facts", "findings")]
    comparison = get_object_or_404(archives.defer(*large), pk=pk)
    if request.headers.get("HX-Request") and comparison.is_working:
        return polled(HttpResponse(status=204))
    context = {
        "comparison": comparison,
        "compared": compared_rows(comparison.compared),
        "totals": [(_words(kind), number) for kind, number in comparison.totals.items()],
        "examples": [_shown(each) for each in comparison.examples],
    }
    name = "comparison_found" if request.headers.get("HX-Request") else "comparison"
    return polled(render(request, f"dashboard/archives/{name}.html", context))


def _words(kind: str) -> str:
    return kind_words(kind, BETWEEN_BACKUPS)


def _shown(example: dict[str, Any]) -> dict[str, Any]:
    return {**example, "words": _words(example["kind"])}
