"""Running the checks of a plan, and keeping what they answered."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from migrator.checks.catalogue import CATALOGUE, CHECKS
from migrator.checks.check import Check
from migrator.checks.examine import answer, look
from migrator.checks.facts import ItemFacts
from migrator.checks.gather import gather
from migrator.models import CheckResult, Instance, ModelService, Plan, PlanItem, Worksheet
from migrator.models.checks import CheckResultQuerySet

# What a new answer replaces; who accepted the old one stays, and shows as lapsed.
_ANSWERED = (
    "state",
    "level",
    "source",
    "looked_at",
    "found",
    "allowed",
    "items",
    "fix",
    "fingerprint",
    "answer_mark",
    "checked_at",
    "took_ms",
)
# SQLite takes 32,766 values in one statement; a result has about 20.
_BATCH = 500


@dataclass
class Ran:
    """What running the checks came to: results that are new, still so, and not due any more."""

    answered: list[CheckResult] = field(default_factory=list)
    same: int = 0
    kept: set[tuple[int, str]] = field(default_factory=set)


def run_checks(
    plan: Plan,
    *,
    items: Sequence[PlanItem] | None = None,
    codes: Iterable[str] = (),
    again: bool = False,
) -> Ran:
    """Run the checks of `plan`, or those named by `items` and `codes`.

    A check whose input is unchanged is not run again unless `again` is set; it counts as seen now.
    """
    checks = [CATALOGUE[code] for code in codes] or CHECKS
    known = {} if again else _fingerprints(plan, items)
    ran = Ran()
    now = timezone.now()
    for facts in gather(plan, items):
        for check in checks:
            _run(check, facts, known, ran)
    for result in ran.answered:
        result.checked_at = now
    _store(plan, ran, items, [check.code for check in checks])
    return ran


def marks_of(plan: Plan) -> dict[tuple[int, str], str]:
    """What each result says, as one mark, by item and code."""
    rows = results_of(plan).order_by().values_list("item", "code", "answer_mark")
    return {(item, code): mark for item, code, mark in rows}


def _fingerprints(plan: Plan, items: Sequence[PlanItem] | None) -> dict[tuple[int, str], str]:
    """Of the input of each result, by item and code; of `items` only, where some are given."""
    # What an earlier release answered has no mark of what it says: it is answered again.
    results = results_of(plan).exclude(answer_mark="")
    if items is not None:
        results = results.filter(item__in=items)
    rows = results.order_by().values_list("item", "code", "fingerprint")
    return {(item, code): fingerprint for item, code, fingerprint in rows}


def _run(check: Check, facts: ItemFacts, known: dict[tuple[int, str], str], ran: Ran) -> None:
    looked = look(check, facts)
    if looked is None:
        return
    ran.kept.add((facts.pk, check.code))
    if known.get((facts.pk, check.code)) == looked.fingerprint:
        ran.same += 1
    else:
        ran.answered.append(answer(looked, facts))


@transaction.atomic
def _store(plan: Plan, ran: Ran, items: Sequence[PlanItem] | None, codes: Sequence[str]) -> None:
    rows = CheckResult.objects.filter(item__plan=plan)
    if items is not None:
        rows = rows.filter(item__in=items)
    old = rows.filter(Q(code__in=codes) | ~Q(code__in=list(CATALOGUE)))
    gone = [
        pk
        for pk, item, code in old.order_by().values_list("pk", "item", "code")
        if (item, code) not in ran.kept
    ]
    CheckResult.objects.filter(pk__in=gone).delete()
    CheckResult.objects.bulk_create(
        ran.answered,
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["item", "code"],
        update_fields=_ANSWERED,
    )
    if ran.same:
        old.update(checked_at=timezone.now())


def results_of(plan: Plan) -> CheckResultQuerySet:
    """The results of the workspaces that are in the plan now."""
    found: CheckResultQuerySet = CheckResult.objects.filter(item__plan=plan, item__left_at=None)
    return found


def check_states(plan: Plan) -> dict[str, Any]:
    """How many results there are of each state, and when the `oldest` was checked; one query."""
    return results_of(plan).counted()


def blocking_of(plan: Plan) -> CheckResultQuerySet:
    """What blocks the plan now and was not waived."""
    return results_of(plan).blocking().select_related("item")


def recheck(plan: Plan) -> None:
    """Run what has changed, in a guided plan that is not put away; nothing for any other."""
    if plan.is_guided and plan.archived_at is None:
        run_checks(plan)


def recheck_item(item: PlanItem, codes: Iterable[str] = ()) -> None:
    """The same for one workspace: something was decided or read about it alone."""
    if item.plan.is_guided and item.plan.archived_at is None and item.left_at is None:
        run_checks(item.plan, items=[item], codes=codes)


def recheck_noted(worksheet: Worksheet) -> None:
    """The same after a worksheet changed: most of what the inventory lists needs none."""
    item = worksheet.item
    if item.workspace is None or item.workspace.inventory_id is None:
        recheck_item(item)
    elif codes := _NOTED_BESIDE.get(worksheet.kind):
        recheck_item(item, codes)


# What is looked at in a worksheet although the workspace is listed.
_NOTED_BESIDE: dict[str, tuple[str, ...]] = {
    Worksheet.Kind.RULES: ("rule_based_model",),
    Worksheet.Kind.ROLES: ("unmapped_people", "lowered_roles"),
    Worksheet.Kind.TASKS: ("unmapped_people", "lowered_roles"),
}


def recheck_workspace(workspace_id: str) -> None:
    """The same for a workspace by Knowledge Studio's id, in every plan that has it."""
    items = PlanItem.objects.filter(workspace__workspace_id=workspace_id, plan__is_guided=True)
    for item in items.select_related("plan__source", "plan__target"):
        recheck_item(item)


def recheck_served_by(service: ModelService) -> None:
    """The same for every plan of the instances that deploy to a service: it was asked again."""
    for instance in service.instances.all():
        recheck_of(instance)


def recheck_aged(service: ModelService, since: datetime) -> None:
    """The same where nobody looked at a service again until `since`, and no check was told yet."""
    told = CheckResult.objects.filter(code="deployed_models", checked_at__lt=since)
    plans = Plan.objects.guided().filter(
        Exists(told.filter(item__plan=OuterRef("pk"), item__left_at=None)),
        source__in=service.instances.all(),
        archived_at=None,
    )
    for plan in plans.select_related("source", "target"):
        run_checks(plan, codes=["deployed_models"])


def recheck_of(instance: Instance) -> None:
    """The same for every plan that an instance is an end of: it was read again."""
    plans = Plan.objects.guided().filter(Q(source=instance) | Q(target=instance), archived_at=None)
    for plan in plans.select_related("source", "target"):
        run_checks(plan)
