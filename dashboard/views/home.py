"""Home: what needs somebody, what runs, what is protected."""

from django.contrib.auth.decorators import login_required
from django.db.models import Count, F, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dashboard.run_rows import for_rows, rows_of
from migrator.models import Archive, Instance, Run, Workspace

OPEN = 20  # runs under way that are listed
RECENT = 5  # runs that ended
WORKSPACES = 10


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """First what waits for a person, then what works, then how well everything is protected."""
    going = list(for_rows(Run.objects.open())[:OPEN])
    ended = list(for_rows(Run.objects.exclude(finished_at=None))[:RECENT])
    rows = rows_of([*going, *ended])
    instances = list(Instance.objects.all())
    lost = Instance.Connection.SESSION_LOST
    context = {
        "instances": instances,
        "locked_out": [each for each in instances if each.is_connected and each.connection == lost],
        "open_count": f"{len(going)}+" if len(going) == OPEN else len(going),
        "waiting": [run for run in going if run.steps_waiting],
        "going": [row for row in rows[: len(going)] if not row[0].steps_waiting],
        "ended": rows[len(going) :],
        "workspaces": _least_protected(),
        "totals": _totals(),
        "archives": Archive.objects.aggregate(count=Count("pk"), size=Sum("size")),
    }
    return render(request, "dashboard/home/home.html", context)


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
