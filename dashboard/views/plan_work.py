"""Step P1: annotation work that is not in ground truth yet is finished, or given up in writing."""

from collections.abc import Iterable

from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from dashboard.answers import is_asked_by_htmx, polled, telling
from dashboard.pages import page_of
from dashboard.people import actor
from dashboard.states import Look
from dashboard.wizard import load_plan, may_change, step_context
from migrator.models import PlanAnswer, PlanItem
from migrator.services.charts.plans import funnel_picture
from migrator.services.funnel import SetWork, Work, work_of
from migrator.services.unfinished_work import (
    accept_loss,
    accept_losses,
    accepted,
    is_open,
    take_back,
)

accepts = permission_required("migrator.start_run", raise_exception=True)
HELD = 50  # annotation sets on a page

_NOT_LOOKED_AT = Look("warn", "unknown", "Not looked at")
_NOTHING_LEFT = Look("ok", "checkmark--filled", "Nothing left")
_ACCEPTED = Look("idle", "checkmark--outline", "Accepted in writing")
_OUT_OF_DATE = Look("warn", "renew", "Accepted, then changed")
_UNFINISHED = Look("wait", "hourglass", "Unfinished")


@require_safe
@login_required
def plan_work(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the annotation is in each workspace, who holds what, and what would be lost.

    Asked by htmx while the source is read: nothing, and once that has ended a way to see it.
    """
    plan = load_plan(pk)
    if is_asked_by_htmx(request):
        if vars(plan)["is_being_read"]:
            return polled(HttpResponse(status=204))
        return polled(render(request, "dashboard/plans/parts/work_reading.html", {"plan": plan}))
    works = work_of(plan)
    held = [(work.item, one) for work in works for one in work.unfinished]
    context = {
        **step_context(request, plan, "work"),
        "rows": [_row(work) for work in works],
        "funnel": funnel_picture(works),
        "held": page_of(request, _by_person(held), size=HELD),
        "at_risk": sum(work.at_risk for work in works),
        "risk_title": _risk(works),
        "unknown": [work.item for work in works if not work.is_known],
        "open_works": [work for work in works if is_open(work)],
        "back": request.path,
        "has_left": any(work.unfinished or not work.is_known for work in works),
    }
    return render(request, "dashboard/plans/work.html", context)


@require_POST
@login_required
@accepts
def plan_work_accept(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """Accept in writing that unfinished work is lost, or take that back."""
    plan = load_plan(pk)
    if not may_change(request, plan):
        raise PermissionDenied
    item = get_object_or_404(PlanItem, pk=item_pk, plan=plan)
    with telling(request):
        if "take_back" in request.POST:
            take_back(item, user=actor(request))
        else:
            work = next(one for one in work_of(plan) if one.item.pk == item.pk)
            accept_loss(work, user=actor(request), reason=request.POST.get("reason", ""))
    return redirect("plan-work", pk)


@require_POST
@login_required
@accepts
def plan_work_accept_all(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept in writing that the unfinished work of every workspace that is open is lost."""
    plan = load_plan(pk)
    if not may_change(request, plan):
        raise PermissionDenied
    with telling(request):
        accept_losses(work_of(plan), user=actor(request), reason=request.POST.get("reason", ""))
    return redirect("plan-work", pk)


def _risk(works: list[Work]) -> str:
    """How much would be lost, in a sentence."""
    documents = sum(work.at_risk for work in works)
    mentions = _sum(work.mentions_at_risk for work in works if work.at_risk)
    about = f", about {mentions:,} mentions," if mentions else ""
    word = "document" if documents == 1 else "documents"
    return f"{documents:,} annotated {word}{about} would not be in the backup."


def _row(work: Work) -> tuple[Work, Look, PlanAnswer | None]:
    answer, holds = accepted(work)
    return work, _look(work, answer, holds=holds), answer


def _look(work: Work, answer: PlanAnswer | None, *, holds: bool) -> Look:
    if answer is not None and (work.unfinished or not work.is_known):
        return _ACCEPTED if holds else _OUT_OF_DATE
    if not work.is_known:
        return _NOT_LOOKED_AT
    return _UNFINISHED if work.unfinished else _NOTHING_LEFT


def _by_person(held: list[tuple[PlanItem, SetWork]]) -> list[tuple[PlanItem, SetWork]]:
    return sorted(held, key=lambda pair: (pair[1].annotator.casefold(), pair[0].name, pair[1].name))


def _sum(counts: Iterable[int | None]) -> int | None:
    shown = list(counts)
    return None if None in shown else sum(count or 0 for count in shown)
