"""What a report of a run is gathered from, in a fixed number of queries whatever its size."""

from dataclasses import dataclass, field

from migrator.models import (
    Archive,
    ArchiveFigures,
    PlanItem,
    ProofFigures,
    Run,
    Step,
    Verification,
)

DRAWN = 5  # workspaces whose type systems and documents are drawn; the tables have all


@dataclass
class Outcome:
    """One workspace of a run: its steps and what came out of them."""

    item: PlanItem
    steps: list[Step] = field(default_factory=list)
    archive: Archive | None = None
    verification: Verification | None = None
    archive_figures: ArchiveFigures | None = None
    proof_figures: ProofFigures | None = None


def outcomes_of(run: Run) -> list[Outcome]:
    """The workspaces of a run in the order of its plan."""
    items = run.plan.items.select_related("workspace", "archive").order_by("pk")
    found = {item.pk: Outcome(item) for item in items}
    steps = Step.objects.current().filter(run=run).order_by("stage", "pk")
    for step in steps.defer("facts", "answer"):
        step.item, step.run = found[step.item_id].item, run
        found[step.item_id].steps.append(step)
    # An item that was taken out of the plan before the run has no part in it.
    outcomes = [one for one in found.values() if one.steps]
    if run.kind == Run.Kind.BACKUP:
        _add_archives(run, found)
    else:
        _add_proofs(run, found)
    return outcomes


def _add_archives(run: Run, found: dict[int, Outcome]) -> None:
    made = Archive.objects.filter(item__in=list(found), created_at__gte=run.started_at)
    for archive in made.order_by("pk"):
        if archive.item_id is not None:
            found[archive.item_id].archive = archive
    shown = [one for one in found.values() if one.archive][:DRAWN]
    figures = ArchiveFigures.objects.in_bulk(
        [one.archive.pk for one in shown if one.archive], field_name="archive_id"
    )
    for one in shown:
        assert one.archive is not None, "only those with one are shown"
        one.archive_figures = figures.get(one.archive.pk)


def _add_proofs(run: Run, found: dict[int, Outcome]) -> None:
    proofs = Verification.objects.filter(run=run, item__in=list(found)).select_related("figures")
    # How many documents came out how is wanted of all, the graphs of those that are drawn only.
    for proof in proofs.defer("figures__source_types", "figures__target_types").order_by("pk"):
        one = found[proof.item_id]
        one.verification, one.archive = proof, one.item.archive
    shown = [one for one in found.values() if one.verification][:DRAWN]
    figures = ProofFigures.objects.in_bulk(
        [one.verification.pk for one in shown if one.verification], field_name="verification_id"
    )
    for one in shown:
        assert one.verification is not None, "only those with one are shown"
        one.proof_figures = figures.get(one.verification.pk)


def runs_of_plan(plan_pk: int) -> list[Run]:
    """The newest backup and the newest restore of a plan, with their states; one query."""
    rows = Run.objects.for_listing().filter(plan=plan_pk).order_by("-started_at", "-pk")
    newest: dict[str, Run] = {}
    for run in rows:
        newest.setdefault(run.kind, run)
    return sorted(newest.values(), key=lambda run: run.kind)
