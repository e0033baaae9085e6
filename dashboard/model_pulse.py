"""Whether what is known of deployed models is changing at this moment: no query of its own."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, IntegerField, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from dashboard.pulse import digest
from dashboard.templatetags.words import plural
from migrator.models import ModelService, ServedModel, Undeployment

# So long after it went, a model is still told to be gone.
TOLD_FOR = timedelta(minutes=10)


@dataclass(frozen=True)
class ModelPulse:
    """`mark` changes with whatever is shown; while `is_moving` the page asks again."""

    mark: str
    is_moving: bool
    # What happens now, in a sentence; empty where nothing does.
    doing: str
    # What went in the last minutes, in a sentence.
    done: str

    @property
    def announcement(self) -> str:
        """What a screen reader is told."""
        return f"{self.done} {self.doing or 'Nothing is under way.'}".strip()


def with_undeployments(
    services: QuerySet[ModelService], models: QuerySet[ServedModel]
) -> QuerySet[ModelService]:
    """With how the undeployments of these models are, in the same query; `pulse_of` needs it."""
    rows = Undeployment.objects.filter(
        withdrawn_at=None, model__service=OuterRef("pk"), model__in=models.order_by()
    ).order_by()
    gone = rows.filter(gone_at__gte=timezone.now() - TOLD_FOR)
    newest = gone.order_by("-gone_at", "-pk").values("model__model_id")
    found: dict[str, Any] = {
        # One that waits for a person changes only by what that person does.
        "leaving": _count(rows.filter(gone_at=None).exclude(look_at=None)),
        "asked_all": _count(rows),
        "went": _count(gone),
        "went_last": Subquery(newest[:1]),
        **{f"last_{name}": _last(rows, name) for name in ("sent_at", "looked_at", "look_at")},
    }
    return services.annotate(**found)


def pulse_of(services: Iterable[ModelService]) -> ModelPulse:
    """Of these services, by `with_last_scan` and `with_undeployments`."""
    rows = list(services)
    scanning = sum(each.is_scanning for each in rows)
    leaving = sum(vars(each)["leaving"] for each in rows)
    return ModelPulse(
        mark=digest([_shown(each) for each in rows]),
        is_moving=bool(scanning or leaving),
        doing=_doing(scanning, leaving),
        done=_gone(rows),
    )


def _shown(service: ModelService) -> tuple[Any, ...]:
    found = vars(service)
    names = ("leaving", "asked_all", "went", "last_sent_at", "last_looked_at", "last_look_at")
    scans = (service.is_scanning, service.ended_at, service.complete_at, service.doubt)
    return (service.pk, *scans, *(found[name] for name in names))


def _count(rows: QuerySet[Undeployment]) -> Coalesce:
    counted = rows.values("model__service").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _last(rows: QuerySet[Undeployment], name: str) -> Subquery:
    return Subquery(rows.values("model__service").annotate(last=Max(name)).values("last"))


def _doing(scanning: int, leaving: int) -> str:
    counts = ((leaving, "model", "being undeployed"), (scanning, "service", "being asked"))
    return " ".join(
        f"{plural(count, noun)} {'is' if count == 1 else 'are'} {done}."
        for count, noun, done in counts
        if count
    )


def _gone(services: Iterable[ModelService]) -> str:
    went = [found for found in map(vars, services) if found["went"]]
    if not went:
        return ""
    more = sum(found["went"] for found in went) - 1
    last = went[0]["went_last"]
    return f"Model {last} and {more:,} more are gone." if more else f"Model {last} is gone."
