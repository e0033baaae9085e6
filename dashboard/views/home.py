"""Home: what needs somebody, what runs, what is protected."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from dashboard.pages import part_of
from dashboard.plan_rows import rows_of as plan_rows_of
from dashboard.run_rows import for_rows, rows_of
from dashboard.wizard import with_states
from migrator.models import Archive, Instance, Plan, Run, Workspace
from migrator.models.model_conditions import doomed_items
from migrator.models.prepared import Prepared
from migrator.services.charts.backups import freshness_picture
from migrator.services.model_knowledge import counts_by_standing

OPEN = 20  # runs under way that are listed
RECENT = 5  # runs that ended
WORKSPACES = 10
PLANS = 10  # open plans that are listed


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """First what waits for a person, then what works, then how well everything is protected."""
    rows = rows_of(_RUNS.all())
    going = [run for run, _, _ in rows if run.finished_at is None][:OPEN]
    workspaces = _WORKSPACES.all()
    instances = _INSTANCES.all()
    plans = plan_rows_of(_PLANS.all())
    lost = Instance.Connection.SESSION_LOST
    context: dict[str, Any] = {
        "instances": instances,
        "locked_out": [each for each in instances if each.is_connected and each.connection == lost],
        "open_count": f"{len(going)}+" if len(going) == OPEN else len(going),
        "waiting": [run for run in going if run.steps_waiting],
        "plans_waiting": [row for row in plans if row.waiting],
        "plans": [row for row in plans if row.next and not row.waiting],
        "going": [row for row in rows[: len(going)] if not row[0].steps_waiting],
        "ended": [row for row in rows if row[0].finished_at is not None][:RECENT],
        "workspaces": workspaces,
        "freshness": freshness_picture(workspaces, timezone.now()),
        "totals": _totals(instances),
        "damaged": _damaged(instances),
        "unchecked": [each for each in instances if not each.models_known],
        "models": counts_by_standing(),
        "models_known": all(each.models_known for each in instances),
        "has_doomed": any(vars(each)["has_doomed"] for each in instances),
    }
    if len(going) < OPEN:
        context["waiting_count"] = len(context["waiting"])  # known here, so it is not asked again
    return render(request, "dashboard/home/home.html", context)


def _latest_runs() -> QuerySet[Run]:
    """Runs under way, then those that ended last."""
    newest = F("finished_at").desc(nulls_first=True)
    rows = Run.objects.order_by(newest, "-started_at", "-pk")
    return for_rows(part_of(rows, 0, OPEN + RECENT))


def _open_plans() -> QuerySet[Plan]:
    """The plans that somebody may go on with, those changed last first."""
    plans = Plan.objects.guided().filter(archived_at=None).order_by("-changed_at", "-pk")
    return with_states(part_of(plans, 0, PLANS))


def _instances() -> QuerySet[Instance]:
    """With the number of workspaces, of those with a verified archive and those with none, what is
    damaged, and whether all deployed models are known."""
    present = Q(workspaces__gone_at=None)
    verified = Q(
        workspaces__archives__verified_at__isnull=False, workspaces__archives__verify_problem=""
    )
    kept = Archive.objects.filter(workspace=OuterRef("pk"))
    never = Workspace.objects.present().filter(~Exists(kept))
    damaged = Archive.objects.to_replace().order_by("-created_at", "-pk")
    counts = {
        "workspaces_all": Count("workspaces", filter=present, distinct=True),
        "workspaces_verified": Count("workspaces", filter=present & verified, distinct=True),
        # The same on each row: of all archives, those of no instance included.
        "workspaces_never": _over_all(never, Count("pk")),
        "archives_count": _over_all(Archive.objects.all(), Count("pk")),
        "archives_size": _over_all(Archive.objects.all(), Sum("size")),
        "damaged_count": _over_all(Archive.objects.to_replace(), Count("pk")),
        "damaged_pk": Subquery(damaged.values("pk")[:1]),
        "damaged_name": Subquery(damaged.values("workspace_name")[:1]),
        # Whether a plan deletes one of its workspaces: only then is looked for the alert.
        "has_doomed": Exists(doomed_items().filter(workspace__instance=OuterRef("pk"))),
    }
    return Instance.objects.annotate(**counts).with_models_known()


def _over_all(rows: QuerySet[Any], what: Count | Sum) -> Subquery:
    grouped = rows.order_by().annotate(one=Value(1)).values("one")
    return Subquery(grouped.annotate(found=what).values("found"))


def _damaged(instances: list[Instance]) -> dict[str, Any]:
    """How many archives are damaged and have to be replaced, and the newest of them."""
    first = vars(instances[0]) if instances else {}
    return {name: first.get(f"damaged_{name}") for name in ("count", "pk", "name")}


def _totals(instances: list[Instance]) -> dict[str, int]:
    """Workspaces, and those with a verified archive; archives and their size in bytes."""
    first = vars(instances[0]) if instances else {}
    return {
        "archives": first.get("archives_count") or 0,
        "size": first.get("archives_size") or 0,
        "workspaces": sum(vars(each)["workspaces_all"] for each in instances),
        "verified": sum(vars(each)["workspaces_verified"] for each in instances),
        "never": first.get("workspaces_never") or 0,
    }


def _least_protected() -> QuerySet[Workspace]:
    """Workspaces whose newest verified backup is oldest, those without one first."""
    rows = Workspace.objects.present().for_listing()
    rows = rows.order_by(F("last_verified_at").asc(nulls_first=True), "name", "pk")
    return part_of(rows, 0, WORKSPACES)


# What everybody sees: these questions are always the same.
_RUNS = Prepared(_latest_runs)
_PLANS = Prepared(_open_plans)
_WORKSPACES = Prepared(_least_protected)
_INSTANCES = Prepared(_instances)
