"""Step R1: where each workspace goes, what is there, and what happens where the two meet."""

from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from dashboard.answers import back_to, polled, telling
from dashboard.check_rows import part_of
from dashboard.forms.targets import TargetForm, WhereForm
from dashboard.people import actor
from dashboard.targets import overview_of, rows_of, table_of, targets_of
from dashboard.uploads import uploads
from dashboard.wizard import load_plan, may_change, step_context
from migrator.checks.check import Group
from migrator.models import Conflict, Plan, PlanItem
from migrator.services.guided_plans import refuse_archived
from migrator.services.targets import choosing, readings, wanted
from migrator.services.targets.standing import Standing, standings_of

starts = permission_required("migrator.start_run", raise_exception=True)


@require_safe
@login_required
def plan_target(request: HttpRequest, pk: int) -> HttpResponse:
    """All workspaces of the plan, exceptions first; asked by htmx the table, or 204."""
    plan = load_plan(pk)
    targets = targets_of(plan, request.GET.get("page"))
    part = request.headers.get("HX-Request")
    if part and request.GET.get("seen") == targets.mark:
        return polled(HttpResponse(status=204))
    groups = part_of(plan, Group.TARGET, Group.PEOPLE) if not targets.is_moving else []
    context = {
        **step_context(request, plan, "target"),
        "targets": targets,
        "form": TargetForm(plan=plan),
        "is_part": bool(part),
        "groups": groups,
        "unanswered": [row for group in groups for row in group.rows if row.open_count],
        "undecided": vars(plan)["people_undecided"],
        "people": vars(plan)["people_undecided"] + vars(plan)["people_decided"],
    }
    name = "parts/targets_answer.html" if part else "target.html"
    return polled(render(request, f"dashboard/plans/{name}", context))


@require_POST
@login_required
@starts
def plan_target_choose(request: HttpRequest, pk: int) -> HttpResponse:
    """Restore into another instance; where it is connected, it is read at once."""
    plan = get_object_or_404(Plan.objects.guided(), pk=pk)
    form = TargetForm(request.POST, plan=plan)
    if form.is_valid():
        with telling(request):
            refuse_archived(plan)
            wanted.choose_target(plan, form.instance, user=actor(request))
            if form.instance.is_connected:
                readings.begin_readings(plan, user=actor(request))
    return redirect("plan-target", pk)


@require_POST
@login_required
@starts
def plan_target_read(request: HttpRequest, pk: int) -> HttpResponse:
    """Read the targets of all workspaces (again)."""
    plan = get_object_or_404(Plan.objects.guided(), pk=pk)
    with telling(request):
        refuse_archived(plan)
        # Else the copy that this plan made would be in its own way.
        wanted.adopt_created(plan, user=actor(request))
        readings.begin_readings(plan, user=actor(request))
    return redirect("plan-target", pk)


@login_required
def plan_target_item(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """One workspace: where it goes, what is there, the conflicts, the people."""
    plan = load_plan(pk)
    if request.method == "POST" and not request.user.has_perm("migrator.start_run"):
        raise PermissionDenied
    standing = _standing(plan, item_pk)
    form = WhereForm(request.POST or None, standing=standing)
    if request.method == "POST" and may_change(request, plan) and form.is_valid():
        with form.refusing():
            form.save(actor(request))
            return redirect("plan-target-item", pk, item_pk)
    asked = request.GET.get("part", ""), request.GET.get("state", "")
    context = {
        **step_context(request, plan, "target"),
        "one": standing,
        "form": form,
        "overview": overview_of(standing),
        "table": table_of(standing, *asked, request.GET.get("page")),
    }
    return render(request, "dashboard/plans/target_item.html", context)


@require_safe
@login_required
def conflict_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Both sides of one conflict: what is looked at before anything is replaced."""
    found = Conflict.objects.select_related("reading__item__plan", "reading__target")
    conflict = get_object_or_404(found, pk=pk)
    item = conflict.reading.item
    row = rows_of(item, [conflict])[0]
    context = {"row": row, "conflict": conflict, "item": item, "plan": item.plan}
    return render(request, "dashboard/plans/conflict.html", context)


@require_POST
@login_required
@starts
def conflicts_choose(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose for one conflict, or for all of its part and state."""
    conflict = get_object_or_404(Conflict.objects.select_related("reading__item__plan"), pk=pk)
    item = conflict.reading.item
    chosen = [conflict]
    if "all" in request.POST:
        chosen = list(conflict.reading.conflicts.filter(part=conflict.part, state=conflict.state))
    with telling(request):
        refuse_archived(item.plan)
        choosing.choose(
            item,
            chosen,
            request.POST.get("action", ""),
            user=actor(request),
            new_name=request.POST.get("new_name", ""),
        )
    return back_to(request, "conflict-detail", pk)


@require_POST
@login_required
@starts
def target_read(request: HttpRequest, item_pk: int) -> HttpResponse:
    """Read the target of one workspace again, or compare the files that were brought."""
    item = get_object_or_404(PlanItem.objects.select_related("plan__target"), pk=item_pk)
    with telling(request):
        refuse_archived(item.plan)
        if request.FILES:
            readings.read_files(item.plan, item, uploads(request), user=actor(request))
        else:
            readings.begin_readings(item.plan, user=actor(request), items=[item])
    return back_to(request, "plan-target", item.plan_id)


def _standing(plan: Plan, item_pk: int) -> Standing:
    items = [item for item in plan.items.all() if item.pk == item_pk]
    if not items:
        raise Http404
    return standings_of(plan, items)[0]
