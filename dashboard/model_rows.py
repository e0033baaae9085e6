"""Deployed models as pages show them: standing, decision, and how an undeployment is."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from dashboard.states import Look
from migrator.models import ModelService, ServedModel, Standing, Undeployment
from migrator.services.undeploying import LOOK_AGAIN

STANDINGS = {
    Standing.AT_RISK: Look("error", "warning--alt--filled", "At risk"),
    Standing.ORPHAN: Look("error", "warning--alt--filled", "Orphaned"),
    Standing.UNKNOWN: Look("idle", "unknown", "Workspace unknown"),
    Standing.NEEDED: Look("ok", "checkmark--filled", "Needed"),
    Standing.KEPT: Look("idle", "locked", "Kept on purpose"),
}
GONE = Look("idle", "checkmark--outline", "Gone")
MEANINGS = {
    Standing.AT_RISK: "Its workspace is to be deleted by a plan.",
    Standing.ORPHAN: "Its workspace is gone; it keeps running and charging.",
    Standing.UNKNOWN: "We do not know the workspace that it comes from.",
    Standing.NEEDED: "Its workspace is there, and no plan deletes it.",
    Standing.KEPT: "Somebody decided that it stays.",
}


@dataclass(frozen=True)
class ModelRow:
    """A deployed model, from `ServedModel.objects.for_listing()`, with its undeployment."""

    model: ServedModel
    undeployment: Undeployment | None = None

    @property
    def look(self) -> Look:
        """Icon, word and tone of its standing."""
        return GONE if self.model.gone_at else STANDINGS[Standing(self.model.standing)]

    @property
    def meaning(self) -> str:
        """The standing in a sentence."""
        return "" if self.model.gone_at else MEANINGS[Standing(self.model.standing)]

    @property
    def source(self) -> str:
        """The workspace's name, or what else tells where it comes from."""
        return self.model.origin

    @property
    def decision(self) -> str:
        """What was decided, by whom and when; empty where nothing was."""
        model = self.model
        if not model.decision or model.decided_at is None or self.undeployment:
            return ""
        when = timezone.localtime(model.decided_at).strftime("%-d %b %Y, %H:%M")
        return f"{model.get_decision_display()}, {model.decided_who}, {when}"

    @property
    def progress(self) -> str:
        """How the undeployment is; empty where there is none."""
        return said_of(self.undeployment) if self.undeployment else ""

    @property
    def can_decide(self) -> bool:
        """True where the person may still choose."""
        return self.model.gone_at is None and self.undeployment is None


def rows_of(models: Iterable[ServedModel]) -> list[ModelRow]:
    """Rows with the undeployments of `models`, in one query more."""
    listed = list(models)
    newest: dict[int, Undeployment] = {}
    found = Undeployment.objects.filter(model__in=[each.pk for each in listed], withdrawn_at=None)
    for each in found.order_by("asked_at", "pk"):
        newest[each.model_id] = each
    return [ModelRow(each, newest.get(each.pk)) for each in listed]


def grouped(rows: Iterable[ModelRow]) -> dict[str, list[ModelRow]]:
    """By the workspace's id."""
    found: dict[str, list[ModelRow]] = defaultdict(list)
    for row in rows:
        found[row.model.workspace_id].append(row)
    return dict(found)


def said_of(row: Undeployment) -> str:
    """How far an undeployment is, in a sentence."""
    if row.gone_at is not None:
        return f"We asked the service again at {_clock(row.gone_at)} and the model is gone."
    if row.sent_at is None and row.performer == Undeployment.Performer.PERSON:
        return "Waiting for you: undeploy it in the service, then say so here."
    if row.sent_at is None and row.problem:
        return f"It could not be undeployed yet; charges continue; we try again. {row.problem}"
    if row.sent_at is None:
        return "It is being undeployed."
    if row.look_at is None:
        return "You undeployed it. Look again and bring the list, so that we know that it is gone."
    minutes = int(LOOK_AGAIN.total_seconds() // 60)
    again = f"Not gone yet; charges may continue; we look again in {minutes} minutes."
    return f"{again} {row.problem}".strip()


def _clock(moment: object) -> str:
    return timezone.localtime(moment).strftime("%H:%M")  # type: ignore[arg-type]


def cost_of(service: ModelService, count: int) -> str:
    """What `count` models cost a month by the rate that was entered; empty without a rate."""
    if service.monthly_rate is None:
        return ""
    return money(service.monthly_rate * count, service.currency)


def costs_of(services: Iterable[ModelService], counts: dict[int, int]) -> list[str]:
    """The same over several services, a sum for each currency."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for each in services:
        if each.monthly_rate is not None:
            sums[each.currency] += each.monthly_rate * counts.get(each.pk, 0)
    return [money(amount, currency) for currency, amount in sorted(sums.items())]


def money(amount: Decimal, currency: str) -> str:
    """1,600.00 USD."""
    return f"{amount:,.2f} {currency}".strip()
