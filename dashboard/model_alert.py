"""The alert that stands on pages until nothing deployed is left in a workspace that goes."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.urls import reverse

from migrator.models import Instance, Plan, PlanItem, Workspace
from migrator.models.model_conditions import asked_count, doomed_items, models_known, served_count

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
NAMED = 3  # workspaces that the alert names


@dataclass(frozen=True)
class Doomed:
    """A workspace that a plan deletes."""

    item_pk: int
    plan_pk: int
    name: str
    instance_pk: int
    instance_name: str
    # Deployed models that nobody keeps on purpose, and whether that number may be believed.
    models: int
    is_known: bool
    # Of these, the ones that are being undeployed, or are to be after the copy is proved.
    asked: int = 0

    @property
    def charging(self) -> int:
        """Models about which nobody said anything that ends their charges."""
        return self.models - self.asked


@dataclass(frozen=True)
class Alert:
    """Deployed models of workspaces that plans delete; `is_unknown` where none could be checked.

    `is_asked` where somebody decided about all of them, and they are only not gone yet.
    """

    workspaces: list[Doomed]
    is_unknown: bool = False
    is_asked: bool = False

    @property
    def count(self) -> int:
        """How many models it is about."""
        if self.is_asked:
            return sum(each.asked for each in self.workspaces)
        return sum(each.charging for each in self.workspaces)

    @property
    def names(self) -> str:
        """The workspaces by name: "A", "A and B", "A, B, C and 4 more"."""
        names = [each.name for each in self.workspaces]
        if len(names) > NAMED:
            return f"{', '.join(names[:NAMED])} and {len(names) - NAMED:,} more"
        return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))

    @property
    def how_many(self) -> str:
        """ "Two of its models are", "One of their models is"."""
        number = _NUMBERS[self.count] if self.count < len(_NUMBERS) else f"{self.count:,}"
        whose = "its" if len(self.workspaces) == 1 else "their"
        return f"{number.capitalize()} of {whose} models {'is' if self.count == 1 else 'are'}"

    @property
    def first(self) -> Doomed:
        """The first workspace that it is about."""
        return self.workspaces[0]

    @property
    def only(self) -> Doomed | None:
        """The one workspace that it is about, None for several."""
        return self.first if len(self.workspaces) == 1 else None

    @property
    def url(self) -> str:
        """Where they are reviewed: the plan's step, or the list where several plans are meant."""
        plans = {each.plan_pk for each in self.workspaces}
        if len(plans) == 1:
            return reverse("plan-models", args=[plans.pop()])
        return f"{reverse('model-list')}?{urlencode({'standing': 'at_risk'})}"


def alert_for(*, plan: Plan | None = None, instance: Instance | None = None) -> Alert | None:
    """The alert of a plan, of an instance, or of all, in one query; None where nothing is wrong."""
    items = _with_models(doomed_items())
    if plan is not None:
        items = items.filter(plan=plan)
    if instance is not None:
        items = items.filter(workspace__instance=instance)
    # One for each workspace, of the newest plan that deletes it.
    found: dict[int | None, PlanItem] = {}
    for item in items.order_by("-plan", "pk"):
        found.setdefault(item.workspace_id, item)
    return _alert(_doomed(item) for item in found.values())


def alert_for_workspace(workspace: Workspace) -> Alert | None:
    """The same for a workspace from `for_listing` and `with_doom`: no query."""
    found = vars(workspace)
    if found["doomed_by"] is None:
        return None
    doomed = Doomed(
        item_pk=found["doomed_by"],
        plan_pk=found["doomed_in"],
        name=workspace.name,
        instance_pk=workspace.instance_id,
        instance_name=workspace.instance.name,
        models=found["models_open"],
        asked=found["models_asked"],
        is_known=found["models_known"],
    )
    return _alert([doomed])


def _with_models(items: QuerySet[PlanItem]) -> QuerySet[PlanItem]:
    found = {
        "models_open": served_count("workspace__workspace_id", decision="keep"),
        "models_asked": asked_count("workspace__workspace_id"),
        "models_known": Q(models_known("workspace__instance")),
    }
    return items.select_related("workspace__instance").annotate(**found)


def _doomed(item: PlanItem) -> Doomed:
    assert item.workspace is not None, "only items with a workspace are asked for"
    return Doomed(
        item_pk=item.pk,
        plan_pk=item.plan_id,
        name=item.name,
        instance_pk=item.workspace.instance_id,
        instance_name=item.workspace.instance.name,
        models=vars(item)["models_open"],
        asked=vars(item)["models_asked"],
        is_known=vars(item)["models_known"],
    )


def _alert(doomed: Iterable[Doomed]) -> Alert | None:
    found = list(doomed)
    if charged := [each for each in found if each.charging]:
        return Alert(charged)
    if unknown := [each for each in found if not each.is_known]:
        return Alert(unknown, is_unknown=True)
    asked = [each for each in found if each.asked]
    return Alert(asked, is_asked=True) if asked else None
