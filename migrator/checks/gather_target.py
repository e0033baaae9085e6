"""What is known of where the workspaces of a plan go, a query for each kind of list."""

from collections.abc import Sequence

from migrator.checks.facts import InstanceFacts, Lists, TargetFacts
from migrator.checks.gather_lists import lists_by_workspace, workspace_facts
from migrator.checks.people import rank
from migrator.models import Member, Plan, PlanItem, Workspace


def targets_by_item(
    plan: Plan, items: Sequence[PlanItem], instance: InstanceFacts | None
) -> dict[int, TargetFacts]:
    """Where each item goes; empty for a backup alone and before a target was chosen."""
    if instance is None or not plan.restores:
        return {}
    there = _existing(plan, items)
    lists = lists_by_workspace([row.pk for row in there.values()])
    people = None if instance.why_unknown else _people(plan)
    return {
        item.pk: _target(item, instance, there.get(item.target_workspace_id), lists, people)
        for item in items
    }


def _existing(plan: Plan, items: Sequence[PlanItem]) -> dict[str, Workspace]:
    """The workspaces of the target that items are restored into, by Knowledge Studio's id."""
    ids = [item.target_workspace_id for item in items if item.target_workspace_id]
    rows = Workspace.objects.present().filter(instance=plan.target, workspace_id__in=ids)
    return {row.workspace_id: row for row in rows}


def _people(plan: Plan) -> dict[str, str]:
    """Everybody who is in a workspace of the target, with the highest role seen there."""
    rows = Member.objects.filter(
        workspace__instance=plan.target, workspace__gone_at=None
    ).values_list("user_id", "role")
    people: dict[str, str] = {}
    for user_id, role in sorted(rows, key=lambda row: rank(row[1])):
        people[user_id.lower()] = role
    return dict(sorted(people.items()))


def _target(
    item: PlanItem,
    instance: InstanceFacts,
    there: Workspace | None,
    lists: dict[int, Lists],
    people: dict[str, str] | None,
) -> TargetFacts:
    is_new = not item.target_workspace_id
    return TargetFacts(
        instance=instance,
        is_new=is_new,
        name=there.name if there else item.new_name,
        language=there.language if there else item.target_language,
        tokenizer=there.tokenizer if there else item.target_tokenizer,
        there=workspace_facts(there) if there else None,
        lists=lists[there.pk] if there and not instance.why_unknown else None,
        people=people,
        mapped_people={},
        clashes=None,
        mapped_dictionaries=tuple(sorted(one["dictionary"] for one in item.mappings)),
    )
