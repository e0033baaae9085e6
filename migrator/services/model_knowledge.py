"""What is known about deployed models: unknown is never zero."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Prefetch, Q

from migrator.models import Deployment, Instance, ModelService, ServedModel, Standing

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


def knowledge_of(instances: Iterable[Instance]) -> dict[int, Knowledge]:
    """By instance; three queries, however many there are."""
    services = Prefetch("model_services", queryset=ModelService.objects.with_last_scan())
    rows = Instance.objects.filter(pk__in=[each.pk for each in instances]).prefetch_related(
        services
    )
    strangers = _not_linked([row.pk for row in rows])
    return {row.pk: _knowledge(row, strangers.get(row.pk, set())) for row in rows}


def knowledge_of_all() -> dict[int, Knowledge]:
    """The same for every instance."""
    return knowledge_of(Instance.objects.all())


def one(instance: Instance) -> Knowledge:
    """The same for one instance."""
    return knowledge_of([instance])[instance.pk]


def counts_by_standing(**conditions: object) -> dict[str, int]:
    """How many present models there are of each standing, in one query."""
    rows = ServedModel.objects.present().filter(**conditions).with_standing()
    return rows.aggregate(
        **{each: Count("pk", filter=Q(standing=each)) for each in Standing.values},
        all=Count("pk"),
    )


def _knowledge(instance: Instance, strangers: set[str]) -> Knowledge:
    services = [each for each in instance.model_services.all() if each.lists_models]
    if not services:
        return Knowledge(
            f"No Natural Language Understanding instance is linked to {instance.name}."
        )
    doubt = next((each.doubt for each in services if each.doubt), "")
    unlinked = strangers - {each.guid for each in instance.model_services.all()}
    if not doubt and unlinked:
        doubt = (
            f"{instance.name} deployed models to {sorted(unlinked)[0]}, which is not linked here."
        )
    looked = [each.complete_at for each in services if each.complete_at]
    return Knowledge(doubt, min(looked, default=None))


def _not_linked(instances: list[int]) -> dict[int, set[str]]:
    """The services that Knowledge Studio itself named as having models of an instance."""
    named = (
        Deployment.objects.filter(version__workspace__instance__in=instances)
        .exclude(service_instance="")
        .order_by()
        .values_list("version__workspace__instance", "service_instance")
        .distinct()
    )
    found: dict[int, set[str]] = {}
    for instance, guid in named:
        found.setdefault(instance, set()).add(guid)
    return found
