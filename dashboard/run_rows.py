"""Runs as rows of a list: their steps are counted in one query for the whole page."""

from collections.abc import Iterable

from django.db.models import Count, QuerySet
from django.http import Http404

from dashboard.proofs import proof_of, with_proof
from migrator.models import Run, RunState, Step
from migrator.models.prepared import PreparedByKey
from migrator.models.runs import STEP_COUNTS

# A run, whether it ran, and whether it was proven.
Row = tuple[Run, RunState, str]

_RUNS = PreparedByKey(lambda: with_proof(Run.objects.for_listing()))


def load_run(pk: int) -> Run:
    """A run with what its page needs: state, proof, plan, instances and starter."""
    found = _RUNS.rows([pk])
    if not found:
        raise Http404
    return found[0]


def for_rows(runs: QuerySet[Run]) -> QuerySet[Run]:
    """With what a row shows beside its state; the state is added by `rows_of`."""
    return with_proof(runs.select_related("plan__source", "plan__target", "started_by"))


def rows_of(runs: Iterable[Run]) -> list[Row]:
    """The rows of one page; one query counts the steps of all of them.

    Subqueries for each run, as `with_state` has them, cost ten times as much over a page.
    """
    shown = list(runs)
    counted = {name: Count("pk", filter=fits) for name, fits in STEP_COUNTS.items()}
    steps = Step.objects.current().with_behind().filter(run__in=shown).order_by()
    counts = steps.values_list("run").annotate(**counted)
    found = {pk: dict(zip(STEP_COUNTS, numbers, strict=True)) for pk, *numbers in counts}
    nothing = dict.fromkeys(STEP_COUNTS, 0)
    for run in shown:
        vars(run).update(found.get(run.pk, nothing))
    return [(run, run.state, proof_of(run)) for run in shown]
