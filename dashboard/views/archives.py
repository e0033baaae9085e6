"""Archives: list, one, bring, download, verify, delete."""

from pathlib import Path

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from dashboard.answers import telling
from dashboard.findings import described
from dashboard.forms.encryption import BroughtKeyForm, key_of
from dashboard.forms.filters import ArchiveFilter
from dashboard.forms.retention import HoldForm
from dashboard.pages import page_of
from dashboard.people import actor
from dashboard.uploads import uploads
from migrator.models import Archive, Verification
from migrator.sending import send_stored
from migrator.services import archives, audit, retention
from migrator.services.archive_files import require_file
from migrator.services.bringing import bring_archive
from migrator.services.charts.archives import archive_graph, mentions_picture, types_picture

downloads = permission_required("migrator.download_archive", raise_exception=True)
brings = permission_required("migrator.start_run", raise_exception=True)
deletes = permission_required("migrator.delete_archive", raise_exception=True)


@require_safe
@login_required
def archive_list(request: HttpRequest) -> HttpResponse:
    """The archives that fit the filters, newest first, each with what it is kept by."""
    form = ArchiveFilter(request.GET)
    page = page_of(request, form.applied())
    verdicts = retention.verdicts_of(page.object_list, retention.rule_now())
    context = {
        "form": form,
        "page": page,
        "rows": [(archive, verdicts.get(archive.pk)) for archive in page.object_list],
        "is_filtered": any(request.GET.values()),
        "keys": BroughtKeyForm(),
    }
    return render(request, "dashboard/archives/list.html", context)


@require_safe
@login_required
def archive_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What is inside, what was found in it, and what became of it."""
    rows = Archive.objects.select_related("workspace", "instance", "created_by", "key__given_by")
    archive = get_object_or_404(rows, pk=pk)
    proofs = Verification.objects.filter(archive=archive).select_related("target", "item")
    findings = described(archive.findings)
    graph, rule = archive_graph(archive), retention.rule_now()
    context = {
        "types": graph and types_picture(graph),
        "mentions": graph and mentions_picture(graph),
        "archive": archive,
        "copy": copy_for(archive),
        "counts": _counts(archive),
        "findings": findings,
        "serious": [finding for finding in findings if finding.level != "note"],
        "notes": [finding for finding in findings if finding.level == "note"],
        "proofs": proofs[:20],
        "verdict": retention.verdict_of(archive, rule),
        "has_rule": rule.days is not None,
        "holds": retention.holds_on(archive),
        "hold_form": HoldForm(),
    }
    return render(request, "dashboard/archives/detail.html", context)


# What is shown as tiles, in this order, and in which words.
_COUNTS = (
    "documents",
    "document_sets",
    "mentions",
    "relations",
    "coreferences",
    "entity_types",
    "relation_types",
    "dictionaries",
    "entries",
)


def _counts(archive: Archive) -> list[tuple[str, int]]:
    names = [name for name in _COUNTS if name in archive.counts]
    return [(name.replace("_", " ").capitalize(), archive.counts[name]) for name in names]


@sensitive_post_parameters("private_key", "passphrase")
@require_POST
@login_required
@brings
def archive_bring(request: HttpRequest) -> HttpResponse:
    """Take archives made elsewhere; each is checked before it is stored."""
    if not request.FILES:
        messages.error(request, "No file was chosen.\nChoose the archive's ZIP file.")
    keys = BroughtKeyForm(request.POST)
    key = key_of(keys.cleaned_data) if keys.is_valid() else None
    for path, _ in uploads(request):
        with telling(request):
            archive = bring_archive(path, user=actor(request), key=key)
            messages.success(request, f"The archive of {archive.workspace_name} is whole and kept.")
    return redirect("archive-list")


@require_safe
@login_required
@downloads
def archive_download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The archive's file; a broken download goes on by HTTP Range."""
    archive = get_object_or_404(Archive.objects.defer("facts", "findings"), pk=pk)
    with telling(request):
        require_file(archive)
        if request.method == "GET" and not request.headers.get("Range"):
            audit.record(actor(request), "archive.downloaded", archive, sha256=archive.sha256)
        return send_stored(
            request,
            archive.file,
            size=archive.size,
            name=Path(archive.file).name,
            sha256=archive.sha256,
            kind=archive.media_type,
        )
    return redirect("archive-detail", pk)


@require_POST
@login_required
@brings
def archive_verify(request: HttpRequest, pk: int) -> HttpResponse:
    """Have a worker read the archive again, every byte; the archive's page shows what it found."""
    archive = get_object_or_404(Archive, pk=pk)
    with telling(request):
        archives.begin_verification(archive, user=actor(request))
    return redirect("archive-detail", pk)


@require_safe
@login_required
def archive_state(request: HttpRequest, pk: int) -> HttpResponse:
    """The part that tells whether it is whole, for htmx; 204 while it is still being read."""
    rows = Archive.objects.select_related("key", "workspace").defer("facts", "findings")
    archive = get_object_or_404(rows, pk=pk)
    if archive.is_being_verified and request.GET.get("seen") == "reading":
        return HttpResponse(status=204)
    context = {"archive": archive, "copy": copy_for(archive)}
    return render(request, "dashboard/archives/state.html", context)


def copy_for(archive: Archive) -> Archive | None:
    """What to use instead of a damaged one: the newest other whole archive of its workspace."""
    if not archive.verify_problem:
        return None
    copies = Archive.objects.copies_of(archive).whole()
    return copies.only("created_at", "verified_at").first()


@login_required
@deletes
def archive_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what is lost, ask for the workspace's name, then delete."""
    archive = get_object_or_404(Archive, pk=pk)
    others = Archive.objects.filter(source_workspace_id=archive.source_workspace_id)
    typed = request.POST.get("typed", "")
    context = {
        "archive": archive,
        "others": others.exclude(pk=pk).exclude(verified_at=None).count(),
        "typed": typed,
        "is_wrong": request.method == "POST",
    }
    if request.method != "POST" or typed.strip() != archive.workspace_name:
        return render(request, "dashboard/archives/delete.html", context)
    with telling(request, f"The archive of {archive.workspace_name} is deleted."):
        archives.delete_archive(archive, user=actor(request))
        return redirect("archive-list")
    return redirect("archive-detail", pk)
