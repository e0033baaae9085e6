"""Home: what needs somebody, what runs, what is protected."""

from django.contrib.auth.decorators import login_required
from django.db.models import Count, F, Q, QuerySet, Subquery, Sum, Value
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from dashboard.plan_rows import PlanRow
from dashboard.plan_rows import rows_of as plan_rows_of
from dashboard.run_rows import for_rows, rows_of
from dashboard.wizard import with_states
from migrator.models import Archive, Instance, Plan, Run, Workspace
from migrator.services.charts.backups import freshness_picture

OPEN = 20  # runs under way that are listed
RECENT = 5  # runs that ended
WORKSPACES = 10
PLANS = 10  # open plans that are listed


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """First what waits for a person, then what works, then how well everything is protected."""
    rows = rows_of(for_rows(_latest_runs()))
    going = [run for run, _, _ in rows if run.finished_at is None][:OPEN]
    workspaces = _least_protected()
    instances = list(_instances())
    plans = _open_plans()
    lost = Instance.Connection.SESSION_LOST
    context = {
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
        "totals": _totals(),
        "archives": vars(instances[0]) if instances else {},
    }
    return render(request, "dashboard/home/home.html", context)


def _latest_runs() -> QuerySet[Run]:
    """Runs under way, then those that ended last."""
    newest = F("finished_at").desc(nulls_first=True)
    return Run.objects.order_by(newest, "-started_at", "-pk")[: OPEN + RECENT]


def _open_plans() -> list[PlanRow]:
    """The plans that somebody may go on with, those changed last first."""
    plans = Plan.objects.guided().filter(archived_at=None).order_by("-changed_at", "-pk")
    return plan_rows_of(with_states(plans)[:PLANS])


def _instances() -> QuerySet[Instance]:
    """All of them, each with number and size of all archives: a query less for the page."""
    every = Archive.objects.order_by().values(all=Value(1))
    return Instance.objects.annotate(
        archive_count=Subquery(every.annotate(n=Count("pk")).values("n")),
        archive_size=Subquery(every.annotate(n=Sum("size")).values("n")),
    )


def _totals() -> dict[str, int]:
    """Workspaces, those with a verified archive, and deployed models."""
    verified = Q(archives__verified_at__isnull=False, archives__verify_problem="")
    return Workspace.objects.present().aggregate(
        workspaces=Count("pk", distinct=True),
        verified=Count("pk", filter=verified, distinct=True),
        deployed=Count("model_versions__deployments", distinct=True),
    )


def _least_protected() -> list[Workspace]:
    """Workspaces whose newest verified backup is oldest, those without one first."""
    rows = Workspace.objects.present().for_listing()
    return list(rows.order_by(F("last_verified_at").asc(nulls_first=True), "name")[:WORKSPACES])
