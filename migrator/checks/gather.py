"""Gathering what is known of the workspaces of a plan: a constant number of queries, no writing."""

import re
from collections.abc import Iterable

from django.db.models import OuterRef, Subquery
from django.utils import timezone

from migrator.checks.facts import Facts, InstanceFacts, ItemFacts, Noted, Said
from migrator.checks.gather_files import files_by_item
from migrator.checks.gather_lists import lists_by_workspace, workspace_facts
from migrator.checks.gather_models import served_by_workspace, why_unscanned
from migrator.checks.gather_noted import noted_by_item
from migrator.checks.gather_target import targets_by_item
from migrator.models import Instance, Inventory, Plan, PlanAnswer, PlanItem, Workspace

# The region in the address of an instance on IBM Cloud.
_REGION = re.compile(r"/tools/app/([a-z0-9-]+)/")
# Answers to the questions of checks are kept under this and the check's code.
ASKED = "check:"


class Instances(Facts, frozen=True, kw_only=True):
    """Both ends of a plan."""

    source: InstanceFacts | None
    target: InstanceFacts | None


def gather(plan: Plan, items: Iterable[PlanItem] | None = None) -> list[ItemFacts]:
    """The facts of `items`, of all the plan's where none are given, in the plan's order."""
    rows_of_plan = plan.items.select_related("workspace")
    if items is not None:
        rows_of_plan = rows_of_plan.filter(pk__in=[item.pk for item in items])
    chosen = list(rows_of_plan)
    ends = _instances(plan)
    rows = {item.workspace_id: item.workspace for item in chosen if item.workspace}
    lists = lists_by_workspace([row.pk for row in rows.values()])
    files = files_by_item(plan, chosen)
    targets = targets_by_item(plan, chosen, ends.target)
    served = served_by_workspace(row.workspace_id for row in rows.values())
    unscanned = why_unscanned(plan.source)
    read_again = _read_again(plan.source)
    noted = noted_by_item([item.pk for item in chosen])
    said = _said(plan)
    found = []
    for item in chosen:
        why = _why_unlisted(item.workspace, ends.source)
        found.append(
            ItemFacts(
                pk=item.pk,
                name=item.name,
                restores=plan.restores,
                deletes_source=plan.deletes_source,
                source=ends.source,
                workspace=workspace_facts(item.workspace) if item.workspace else None,
                lists=None if why else lists[item.workspace_id or 0],
                why_unlisted=why,
                read_again=read_again,
                why_unscanned=unscanned,
                noted=noted.get(item.pk, Noted()),
                served=tuple(served.get(item.workspace.workspace_id, ())) if item.workspace else (),
                keeps_source=item.keeps_source,
                files=files.get(item.pk),
                target=targets.get(item.pk),
                said={**said.get(None, {}), **said.get(item.pk, {})},
            )
        )
    return found


def _read_again(source: Instance | None) -> str:
    return f"Read {source.name} again" if source is not None and source.is_connected else ""


def _why_unlisted(workspace: Workspace | None, source: InstanceFacts | None) -> str:
    """Why nobody can rely on what was listed of the workspace; empty where somebody can."""
    if workspace is None or source is None:
        return "The workspace is no longer known here."
    if source.why_unknown:
        return source.why_unknown
    if workspace.gone_at is not None:
        return f"{source.name} did not list the workspace any more."
    if workspace.inventory_id is None:
        return f"No inventory of {source.name} has seen the workspace."
    return ""


def _instances(plan: Plan) -> Instances:
    ends = [end for end in (plan.source, plan.target) if end is not None]
    problems = _problems(ends)
    plans = dict(
        Workspace.objects.present()
        .filter(instance__in=ends)
        .exclude(plan="")
        .order_by("seen_at")
        .values_list("instance", "plan")
        .distinct()
    )
    facts = {end.pk: _instance(end, problems[end.pk], plans.get(end.pk, "")) for end in ends}
    return Instances(source=facts.get(plan.source_id or 0), target=facts.get(plan.target_id or 0))


def _problems(ends: list[Instance]) -> dict[int, str | None]:
    """How the newest ended inventory of each instance failed: empty for well, None for none."""
    ended = Inventory.objects.filter(instance=OuterRef("pk"), finished_at__isnull=False)
    newest = ended.order_by("-started_at", "-pk").values("problem")[:1]
    rows = Instance.objects.filter(pk__in=[end.pk for end in ends])
    return dict(rows.values_list("pk", Subquery(newest)))


def _instance(instance: Instance, problem: str | None, plan: str) -> InstanceFacts:
    found = _REGION.search(instance.address)
    return InstanceFacts(
        name=instance.name,
        region=found[1] if found else "",
        plan=plan,
        why_unknown=_why_unknown(instance, problem),
    )


def _why_unknown(instance: Instance, problem: str | None) -> str:
    if not instance.is_connected:
        return f"{instance.name} is served by hand: nobody but a person can look."
    if problem is None:
        return f"No inventory of {instance.name} was taken yet."
    return f"The last inventory of {instance.name} failed: {problem}" if problem else ""


def _said(plan: Plan) -> dict[int | None, dict[str, Said]]:
    """What people answered to the questions of checks, by item, None for the whole plan."""
    said: dict[int | None, dict[str, Said]] = {}
    answers = PlanAnswer.objects.filter(plan=plan, key__startswith=ASKED)
    for row in answers.select_related("answered_by"):
        when = timezone.localtime(row.answered_at)
        said.setdefault(row.item_id, {})[row.key.removeprefix(ASKED)] = Said(
            value=row.value["value"],
            names=tuple(row.value["names"]),
            who=row.value["who"],
            when=f"{when:%-d %b %Y, %H:%M}",
        )
    return said
