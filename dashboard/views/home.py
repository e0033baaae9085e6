"""Home: what needs somebody, what runs, what is protected."""

from django.contrib.auth.decorators import login_required
from django.db.models import Count, F, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dashboard.proofs import proof_of, with_proof
from migrator.models import Archive, Instance, Run, RunState, Workspace

OPEN = 20  # runs under way that are listed
RECENT = 5  # runs that ended
WORKSPACES = 10


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """First what waits for a person, then what works, then how well everything is protected."""
    going = list(with_proof(Run.objects.for_listing().open())[:OPEN])
    ended = with_proof(Run.objects.for_listing().exclude(finished_at=None))[:RECENT]
    by_need = {state: [run for run in going if run.state == state] for state in RunState}
    instances = list(Instance.objects.all())
    lost = Instance.Connection.SESSION_LOST
    context = {
        "instances": instances,
        "locked_out": [each for each in instances if each.is_connected and each.connection == lost],
        "open_count": len(going),
        "waiting": by_need[RunState.WAITING],
        "going": [
            (run, run.state, proof_of(run)) for run in going if run.state != RunState.WAITING
        ],
        "ended": [(run, run.state, proof_of(run)) for run in ended],
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
