"""What is known about deployed models: unknown is never zero."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, Q, QuerySet
from django.utils import timezone

from migrator.models import Instance, ModelService, ServedModel, Standing
from migrator.models.model_conditions import foreign_deployments
from migrator.models.model_services import doubt_about

InstanceRows = QuerySet[Instance]

# The words wherever the answer is not known.
UNKNOWN = "We could not check for deployed models. Treat this as not safe."


@dataclass(frozen=True)
class Knowledge:
    """Whether everything deployed from an instance is known; `doubt` is a sentence where not."""

    doubt: str = ""
    # The oldest of the scans that it rests on.
    looked_at: datetime | None = None

    @property
    def is_known(self) -> bool:
        """True where a number of deployed models may be shown."""
        return not self.doubt


def knowledge_of_all(
    services: Iterable[ModelService],
) -> list[tuple[Instance, Knowledge]]:
    """Every instance with what is known of it.

    `services` are all there are, from `with_last_scan`; one query more.
    """
    by_pk = {each.pk: each for each in services}
    links: dict[int, list[ModelService]] = {}
    found: dict[int, Instance] = {}
    # A row for each link, and one for an instance without any.
    for row in _instances().annotate(linked=F("model_services")):
        found[row.pk] = row
        links.setdefault(row.pk, []).extend(filter(None, [by_pk.get(vars(row)["linked"])]))
    return [
        (row, knowledge_from(row, links[pk], has_foreign=vars(row)["has_foreign"]))
        for pk, row in found.items()
    ]


def knowledge_of_one(instance: Instance) -> Knowledge:
    """The same for one instance, in two queries."""
    row = _instances().get(pk=instance.pk)
    services = row.model_services.with_last_scan()
    return knowledge_from(row, services, has_foreign=vars(row)["has_foreign"])


def with_foreign(instances: InstanceRows) -> InstanceRows:
    """With whether Knowledge Studio named a service that is not linked, in the same query."""
    found = {"has_foreign": Exists(foreign_deployments("pk"))}
    return instances.annotate(**found)


def knowledge_from(
    instance: Instance, services: Iterable[ModelService], *, has_foreign: bool
) -> Knowledge:
    """From the services linked to `instance`, by `with_last_scan`; `has_foreign` says whether it
    deployed models to one that is not linked."""
    known = list(services)
    looked = [each.complete_at for each in known if each.lists_models and each.complete_at]
    doubt = doubt_about(instance, known, has_foreign=has_foreign)
    return Knowledge(doubt, min(looked, default=None))


def _instances() -> InstanceRows:
    return with_foreign(Instance.objects.all())


def counts_by_standing() -> dict[str, int]:
    """How many present models there are of each standing, `all`, and those `to_remind` of, in one
    query."""
    rows: Any = ServedModel.objects.present().with_standing().order_by()
    to_remind = Count("pk", filter=Q(remind_at__lte=timezone.now()))
    found = list(rows.values_list("standing").annotate(all=Count("pk"), to_remind=to_remind))
    counts = dict.fromkeys(Standing.values, 0) | {each: n for each, n, _ in found}
    counts["all"] = sum(n for _, n, _ in found)
    return counts | {"to_remind": sum(late for _, _, late in found)}
