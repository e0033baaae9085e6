"""Step R2: what the restore will do and will not do, confirmed by name."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from dashboard.answers import telling
from dashboard.check_rows import open_of_target
from dashboard.pages import page_of
from dashboard.people import actor
from dashboard.reviews import lines_of
from dashboard.wizard import load_plan, may_change, step_context
from migrator.models import Plan
from migrator.models.restore_progress import review_is_used, review_state
from migrator.services.targets.restoring import confirm, is_confirmed
from migrator.services.targets.review import review_of


@login_required
def plan_review(request: HttpRequest, pk: int) -> HttpResponse:
    """The numbers; a POST confirms them."""
    plan = load_plan(pk)
    review = review_of(plan)
    if request.method == "POST":
        if not may_change(request, plan):
            raise PermissionDenied
        with telling(request, "Confirmed. The restore can be started now."):
            confirm(plan, review, user=actor(request))
        return redirect("plan-review", pk)
    context = {
        **step_context(request, plan, "review"),
        "unanswered": open_of_target(plan) if _asks(plan) else [],
        "is_carried_out": review_is_used(plan) and review_state(plan).is_settled,
        "review": review,
        "blocking": vars(plan)["review_blocking"],
        "lines": lines_of(review.total),
        "page": page_of(request, review.items, size=20),
        "confirmed_by": vars(plan)["reviewed_by"],
        "confirmed_at": vars(plan)["reviewed_at"],
        "is_confirmed": is_confirmed(plan, review),
    }
    return render(request, "dashboard/plans/review.html", context)


def _asks(plan: Plan) -> bool:
    return bool(vars(plan)["targets_open"])
