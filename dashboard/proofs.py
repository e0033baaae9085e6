"""Whether a run's result was proven: the second of its two badges."""

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Now

from migrator.models import Archive, ProofState, Run, Step, Verification

_STATES = Verification.State
_ACCEPTED = Q(accepted_at__isnull=False)


def with_proof(runs: QuerySet[Run]) -> QuerySet[Run]:
    """With the counts that `proof_of` needs and what a run's title needs, in the same query."""
    # One for each workspace; those of the plan may be others by now.
    last = Step.objects.current().filter(run=OuterRef("pk"), kind__in=["seal", "compare"])
    return runs.annotate(
        items_all=_count(last, "run"),
        first_item=Subquery(last.order_by("item").values("item__name")[:1]),
        archives_verified=_count(
            _archives().filter(verify_problem="").exclude(verified_at=None), "item__plan"
        ),
        archives_damaged=_count(_archives().exclude(verify_problem=""), "item__plan"),
        proofs_verified=_count(_proofs(_STATES.VERIFIED), "run"),
        proofs_different=_count(_proofs(_STATES.DIFFERENCES).exclude(_ACCEPTED), "run"),
        proofs_accepted=_count(_proofs(_STATES.DIFFERENCES).filter(_ACCEPTED), "run"),
        proofs_failed=_count(_proofs(_STATES.COULD_NOT), "run"),
    )


def proof_of(run: Run) -> str:
    """A ProofState, or "" where not everything was compared yet."""
    counts = run.__dict__
    if counts["proofs_different"]:
        return ProofState.DIFFERENCES
    if counts["proofs_failed"] or counts["archives_damaged"]:
        return ProofState.COULD_NOT
    proven = "archives_verified" if run.kind == Run.Kind.BACKUP else "proofs_verified"
    # A backup has none of them.
    accepted = counts["proofs_accepted"]
    if not counts[proven] + accepted >= counts["items_all"] > 0:
        return ""
    return ProofState.ACCEPTED if accepted else ProofState.VERIFIED


def _archives() -> QuerySet[Archive]:
    """What the run sealed, as far as it still exists."""
    return Archive.objects.filter(
        item__plan=OuterRef("plan"),
        created_at__gte=OuterRef("started_at"),
        created_at__lte=Coalesce(OuterRef("finished_at"), Now()),
    )


def _proofs(state: str) -> QuerySet[Verification]:
    """The run's newest verification of each item, where it has this state."""
    newer = Verification.objects.filter(
        run=OuterRef("run"), item=OuterRef("item"), pk__gt=OuterRef("pk")
    )
    return Verification.objects.filter(~Exists(newer), run=OuterRef("pk"), state=state)


def _count(rows: QuerySet[Step] | QuerySet[Archive] | QuerySet[Verification], by: str) -> Coalesce:
    counted = rows.order_by().values(by).annotate(n=Count("pk", distinct=True)).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
