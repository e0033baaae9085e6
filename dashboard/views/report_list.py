"""Every report: of plans and of runs, in each of its forms."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dashboard.pages import page_of
from dashboard.run_rows import for_rows, rows_of
from dashboard.views.reports import FORMS
from migrator.models import Plan, Run


@require_safe
@login_required
def report_list(request: HttpRequest) -> HttpResponse:
    """Plans, those changed last first, and runs, newest first; each list with pages of its own."""
    plans = Plan.objects.guided().select_related("source", "target")
    listed = page_of(request, plans.order_by("-changed_at", "-pk"), name="plans", size=10)
    runs = page_of(request, Run.objects.order_by("-started_at", "-pk"), name="runs")
    context = {
        "plans": listed,
        "runs": runs,
        "rows": rows_of(for_rows(runs.object_list)),  # type: ignore[arg-type]
        "forms": [(form, form.upper()) for form in FORMS],
    }
    return render(request, "dashboard/reports/list.html", context)
