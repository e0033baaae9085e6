"""People and roles of a plan: the source's list, the target's, and who becomes whom."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.views.decorators.http import require_POST, require_safe

from dashboard.answers import telling
from dashboard.pages import page_of
from dashboard.people import actor
from dashboard.states import Look
from dashboard.uploads import uploads
from dashboard.views.worksheets import csv_answer
from dashboard.wizard import may_change
from migrator.models import InstancePerson, Plan
from migrator.services import people, people_map
from migrator.services.charts.plans import people_picture
from migrator.services.guided_plans import refuse_archived
from migrator.services.people_map import Effect, PersonChoice
from migrator.services.worksheets.columns import ROLES

maps = permission_required("migrator.start_run", raise_exception=True)
ROWS = 100  # people on a page

EFFECTS = {
    Effect.ADD: Look("run", "add", Effect.ADD.label),
    Effect.RAISE: Look("run", "upload", Effect.RAISE.label),
    Effect.SAME: Look("ok", "checkmark--filled", Effect.SAME.label),
    Effect.KEEPS: Look("idle", "subtract--alt", Effect.KEEPS.label),
    Effect.LEFT_OUT: Look("idle", "skip--forward", Effect.LEFT_OUT.label),
    Effect.UNKNOWN: Look("warn", "unknown", Effect.UNKNOWN.label),
}


@require_safe
@login_required
def plan_people(request: HttpRequest, pk: int) -> HttpResponse:
    """Everybody whom the worksheets name, and what becomes of them in the target."""
    plan = _plan(pk)
    choices = people_map.people_map_of(plan)
    page = page_of(request, choices, size=ROWS)
    undecided = sum(not choice.is_decided for choice in choices)
    there = list(plan.target.people.all()) if plan.target else []
    context = {
        "plan": plan,
        "page": page,
        "map": people_picture(choices),
        "rows": [(choice, EFFECTS[choice.effect]) for choice in page.object_list],
        "roles": ROLES,
        "there": there,
        "others": _not_named(there, choices),
        "undecided": undecided,
        "undecided_title": f"{undecided:,} of {len(choices):,} people are not decided.",
        "changing": sum(choice.changes_target for choice in choices),
        "may_change": may_change(request, plan),
    }
    return render(request, "dashboard/plans/people.html", context)


def _not_named(there: list[InstancePerson], choices: list[PersonChoice]) -> list[InstancePerson]:
    """Who is in the target and nobody of the source becomes."""
    named = {choice.target_user.casefold() for choice in choices}
    return [person for person in there if person.user_id.casefold() not in named]


@require_POST
@login_required
@maps
def plan_people_map(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what the rows of the page say."""
    plan = _plan(pk)
    said = request.POST
    wishes = zip(said.getlist("source"), said.getlist("target"), said.getlist("role"), strict=False)
    with telling(request, "The people map is saved."):
        refuse_archived(plan)
        people_map.map_people(plan, wishes, user=actor(request))
    return redirect(f"{_address(pk)}?page={said.get('page', '1')}")


@require_safe
@login_required
def plan_people_csv(request: HttpRequest, pk: int) -> HttpResponse:
    """The people map as CSV; with `of=target` who is in the target."""
    plan = _plan(pk)
    if request.GET.get("of") == "target" and plan.target:
        name = f"{slugify(plan.target.name) or 'target'}-people.csv"
        return csv_answer(name, people.people_csv(plan.target))
    return csv_answer(f"{slugify(plan.name) or 'plan'}-people.csv", people_map.map_csv(plan))


@require_POST
@login_required
@maps
def plan_people_bring(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the people map, or the target's list of people, from a CSV file."""
    plan = _plan(pk)
    for path, name in uploads(request):
        with telling(request):
            refuse_archived(plan)
            if "of_target" in request.POST and plan.target:
                count = people.bring_people(plan.target, path, user=actor(request))
                messages.success(request, f"{name}: {count:,} people of {plan.target.name}.")
            else:
                count = people_map.bring_map(plan, path, user=actor(request))
                messages.success(request, f"{name}: {count:,} people mapped.")
    return redirect("plan-people", pk)


@require_POST
@login_required
@maps
def plan_people_read(request: HttpRequest, pk: int) -> HttpResponse:
    """Read who is in the target now."""
    plan = _plan(pk)
    with telling(request):
        refuse_archived(plan)
        if plan.target:
            count = people.refresh_people(plan.target, user=actor(request))
            messages.success(request, f"{plan.target.name} has {count:,} people.")
    return redirect("plan-people", pk)


def _plan(pk: int) -> Plan:
    plans = Plan.objects.guided().select_related("target", "source").prefetch_related("items")
    return get_object_or_404(plans, pk=pk)


def _address(pk: int) -> str:
    return redirect("plan-people", pk).headers["Location"]
