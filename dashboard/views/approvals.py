"""Approvals: what waits for a second person."""

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from dashboard.answers import telling
from dashboard.forms.users import DecisionForm
from dashboard.pages import page_of
from dashboard.people import actor
from migrator.models import Approval
from migrator.services import approvals


@require_safe
@login_required
def approval_list(request: HttpRequest) -> HttpResponse:
    """What waits first, then what was decided; approvers see all, others their own."""
    rows = Approval.objects.select_related("asked_by", "decided_by")
    if not request.user.has_perm("migrator.approve"):
        rows = rows.filter(asked_by=actor(request))
    context = {"waiting": rows.open(), "page": page_of(request, rows.exclude(pk__in=rows.open()))}
    return render(request, "dashboard/approvals/list.html", context)


@require_POST
@login_required
@permission_required("migrator.approve", raise_exception=True)
def approval_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Allow or refuse once."""
    approval = get_object_or_404(Approval, pk=pk)
    form = DecisionForm(request.POST)
    if form.is_valid():
        with telling(request, "Decided. Whoever asked sees it."):
            approvals.decide(approval, user=actor(request), **form.cleaned_data)
    return redirect("approval-list")
