"""Runs: the list, the run page and its log, and steering a run."""

from typing import Any

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from dashboard.answers import back_to, polled, telling
from dashboard.cancelling import MOST, archives_of, left_on_target
from dashboard.forms.filters import RunFilter
from dashboard.pages import page_of
from dashboard.people import actor
from dashboard.pulse import pulse_of
from dashboard.run_log import log_of
from dashboard.run_page import run_page
from dashboard.run_rows import for_rows, load_run, rows_of
from migrator.models import Run
from migrator.services import retrying, runs, support

steers = permission_required("migrator.start_run", raise_exception=True)


@require_safe
@login_required
def run_list(request: HttpRequest) -> HttpResponse:
    """All runs, newest first."""
    form = RunFilter(request.GET)
    page = page_of(request, form.applied())
    shown: Any = page.object_list
    rows = rows_of(for_rows(shown))
    context = {"form": form, "page": page, "rows": rows, "is_filtered": any(request.GET.values())}
    return render(request, "dashboard/runs/list.html", context)


@require_safe
@login_required
def run_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The run page; asked by htmx only its moving part, or 204 where nothing moved.

    `seen` and `panels` in the query are the marks of what the browser shows.
    """
    run = load_run(pk)
    if request.headers.get("HX-Request"):
        return _moving_part(request, run)
    context = {"view": run_page(run, request.GET.get("page")), "log": log_of(run, request.GET)}
    return polled(render(request, "dashboard/runs/detail.html", context))


def _moving_part(request: HttpRequest, run: Run) -> HttpResponse:
    mark = pulse_of(run).mark
    tag = f'"{mark}"'
    if request.GET.get("seen") == mark:
        return polled(HttpResponse(status=204, headers={"ETag": tag}))
    if request.headers.get("If-None-Match") == tag:
        return polled(HttpResponse(status=304, headers={"ETag": tag}))
    view = run_page(run, request.GET.get("page"))
    swaps = request.GET.get("panels") != view.panel_mark
    context = {"view": view, "is_part": True, "swaps_panels": swaps}
    response = render(request, "dashboard/runs/parts/answer.html", context)
    response.headers["ETag"] = f'"{view.mark}"'
    return polled(response)


@require_safe
@login_required
def run_log(request: HttpRequest, pk: int) -> HttpResponse:
    """The log, filtered and page by page: a page of its own, or the part for htmx."""
    run = load_run(pk)
    part = request.headers.get("HX-Request")
    name = "dashboard/runs/parts/log.html" if part else "dashboard/runs/log.html"
    log = log_of(run, request.GET)
    if part and request.GET.get("seen") == str(log.newest) and not run.finished_at:
        return polled(HttpResponse(status=204))
    return polled(render(request, name, {"run": run, "log": log}))


@require_POST
@login_required
@steers
def run_pause(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop after the current chunks of work and keep the places."""
    with telling(request, "The run pauses after what it is doing now, and keeps its place."):
        runs.pause_run(get_object_or_404(Run, pk=pk), user=actor(request))
    return back_to(request, "run-detail", pk)


@require_POST
@login_required
@steers
def run_resume(request: HttpRequest, pk: int) -> HttpResponse:
    """Go on where it was paused."""
    with telling(request, "The run goes on where it was paused."):
        runs.resume_run(get_object_or_404(Run, pk=pk), user=actor(request))
    return back_to(request, "run-detail", pk)


@require_POST
@login_required
@steers
def run_retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Try the failed steps again, and only those."""
    with telling(request, "Only what failed is tried again."):
        retrying.retry_failed(get_object_or_404(Run, pk=pk), user=actor(request))
    return back_to(request, "run-detail", pk)


@login_required
@steers
def run_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what stays on the target, then cancel."""
    run = load_run(pk)
    if request.method == "POST":
        with telling(request, "Cancelled. What was already done stays as it is."):
            runs.cancel_run(run, user=actor(request))
        return redirect("run-detail", pk)
    context = {
        "run": run,
        "left": left_on_target(run) if run.kind == Run.Kind.RESTORE else [],
        "archives": archives_of(run) if run.kind == Run.Kind.BACKUP else [],
        "most": f":{MOST}",
        "most_count": MOST,
    }
    return render(request, "dashboard/runs/cancel.html", context)


_AGAIN: dict[str, str] = {
    Run.Kind.BACKUP: "Started again. It seals archives of its own; the earlier ones stay.",
    Run.Kind.RESTORE: "Started again. What has not changed is found already identical.",
}


@require_POST
@login_required
@steers
def run_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Start the same once more."""
    run = get_object_or_404(Run, pk=pk)
    with telling(request, _AGAIN[run.kind]):
        again = runs.run_again(run, user=actor(request))
        return redirect("run-detail", again.pk)
    return redirect("run-detail", pk)


@require_safe
@login_required
@steers
def run_support(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """The support bundle, made while it is sent."""
    run = get_object_or_404(Run.objects.for_listing(), pk=pk)
    return StreamingHttpResponse(
        support.bundle(run, user=actor(request)),
        content_type="application/zip",
        headers={
            "Content-Disposition": f'attachment; filename="support-run-{pk}.zip"',
            "Cache-Control": "private, no-store",
        },
    )
