"""The report of a proof: source against target, every difference."""

from django.contrib.auth.decorators import login_required, permission_required
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from dashboard.answers import telling
from dashboard.differences import compared_rows, kind_words
from dashboard.pages import page_of
from dashboard.people import actor
from migrator.models import Run, Verification
from migrator.services import verifications
from migrator.services.charts.proofs import drawn_proof
from migrator.services.perform.proof import ROWS as ROWS_KEPT
from migrator.services.proof_documents import brought_again, documents_of

ROWS = 50

downloads = permission_required("migrator.download_archive", raise_exception=True)


@require_safe
@login_required
def verification_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Counts side by side, differences by kind, then each difference, page by page."""
    rows = Verification.objects.select_related("run__plan", "item", "archive", "target", "figures")
    verification = get_object_or_404(rows, pk=pk)
    figures = getattr(verification, "figures", None)
    kind = request.GET.get("kind", "")
    differences = verification.differences.order_by("pk")
    if kind in verification.totals:
        differences = differences.filter(kind=kind)
    page = page_of(request, differences, size=ROWS)
    for difference in page.object_list:
        difference.words = kind_words(difference.kind)
    pictures = drawn_proof(verification.archive, verification, figures)
    context = {
        "verification": verification,
        "documents": documents_of(verification, figures),
        "brought_again": brought_again(verification),
        "again_url": _again_url(verification.run),
        "compared": compared_rows(verification.compared),
        "totals": [(name, kind_words(name), n) for name, n in verification.totals.items()],
        "kind": kind if kind in verification.totals else "",
        "page": page,
        "is_cut": verification.difference_count > ROWS_KEPT,
        "kept": ROWS_KEPT,
        "pictures": pictures,
        "has_large": any(drawn.is_large for drawn in pictures),
    }
    return render(request, "dashboard/verifications/detail.html", context)


def _again_url(run: Run) -> str:
    """Where to send the wish to restore once more; "" while that is not possible."""
    if run.finished_at is None or run.plan.archived_at is not None:
        return ""
    if run.plan.is_guided:
        return reverse("plan-restore-again", args=[run.plan_id])
    return reverse("run-again", args=[run.pk])


@require_POST
@login_required
@permission_required("migrator.start_run", raise_exception=True)
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the differences as they are, with a reason."""
    verification = get_object_or_404(Verification, pk=pk)
    with telling(request, "Accepted. The differences stay listed, with your name and reason."):
        reason = request.POST.get("reason", "")
        verifications.accept(verification, user=actor(request), reason=reason)
    return redirect("verification-detail", pk)


@require_safe
@login_required
@downloads
def verification_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Every difference, one JSON object a line."""
    verification = get_object_or_404(Verification, pk=pk)
    with telling(request):
        if not verification.file or not default_storage.exists(verification.file):
            raise Http404
        file = default_storage.open(verification.file, "rb")
        name = f"differences-run-{verification.run_id}.jsonl"
        kind = "application/jsonl"
        return FileResponse(file, as_attachment=True, filename=name, content_type=kind)
    return redirect("verification-detail", pk)
