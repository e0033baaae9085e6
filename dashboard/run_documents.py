"""How many documents of a run are through, at what pace: the bar at the top of its page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Subquery, Sum, When
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce

from dashboard.templatetags.words import in_pace, work_done
from migrator.models import PlanItem, Run, Step
from migrator.services.pace import FASTER, SLOWER, Pace, pace_of

_S = Step.Status
UNIT = "documents"


@dataclass(frozen=True)
class Documents:
    """`total` is None where those of some workspace were not counted yet."""

    done: int
    total: int | None
    # "12 documents a second, about 6–9 min left"; of a transfer its bytes; empty without data.
    pace: str


def with_documents(items: QuerySet[PlanItem], run: Run) -> QuerySet[PlanItem]:
    """Each with what is counted over all workspaces of `run`, in the same query."""
    kind = Step.Kind.DOCUMENTS if run.kind == Run.Kind.BACKUP else Step.Kind.RESTORE_DOCUMENTS
    rows = Step.objects.current().filter(run=run, kind=kind).annotate(held=_held(run)).order_by()
    through = [When(status=_S.DONE, then=F("held"))]
    if run.kind == Run.Kind.BACKUP:  # what a restore looked into is not sent yet
        through.append(When(unit=UNIT, then=F("done")))
    counted = {
        "documents_all": Sum("held"),
        "documents_through": Sum(Case(*through, default=0, output_field=IntegerField())),
        "documents_unknown": Count("pk", filter=Q(held=None)),
    }
    return items.annotate(
        **{
            name: Subquery(
                rows.values("run").annotate(found=count).values("found"),
                output_field=IntegerField(),
            )
            for name, count in counted.items()
        }
    )


def documents_of(
    run: Run, items: Sequence[PlanItem], steps: Iterable[Step], now: datetime
) -> Documents:
    """From the items shown, by `with_documents`; the pace is that of those of `steps` that work."""
    found = vars(items[0]) if items else {}
    done = found.get("documents_through") or 0
    total = None if found.get("documents_unknown") else found.get("documents_all")
    kinds = (Step.Kind.DOCUMENTS, Step.Kind.RESTORE_DOCUMENTS)
    working = [each for each in steps if each.kind in kinds and each.status == _S.RUNNING]
    is_looking = run.kind == Run.Kind.BACKUP and total is not None
    left = max((total or 0) - done, 0) if is_looking else None
    return Documents(done, total, _pace(working, left, now))


def _held(run: Run) -> Coalesce:
    """How many documents a workspace has: what a look into the files counted, else the list's."""
    listed = (
        F("item__workspace__documents")
        if run.kind == Run.Kind.BACKUP
        else Cast(KT("item__archive__counts__documents"), IntegerField())
    )
    return Coalesce(Case(When(unit=UNIT, then=F("total"))), listed, output_field=IntegerField())


def _pace(working: list[Step], left: int | None, now: datetime) -> str:
    """What those that look into documents do together; else what the first one transfers."""
    looking = [pace for each in working if each.unit == UNIT and (pace := pace_of(each, now))]
    if looking and left is not None:
        rate = sum(each.rate for each in looking)
        if all(each.soonest is None for each in looking):
            return in_pace(Pace(rate), UNIT)
        seconds = left / rate
        between = (timedelta(seconds=seconds * each) for each in (FASTER, SLOWER))
        return in_pace(Pace(rate, *between), UNIT)
    if not working:
        return ""
    first = working[0]
    found = pace_of(first, now)
    said = (work_done(first), in_pace(found, first.unit) if found else "")
    return ", ".join(part for part in said if part)
