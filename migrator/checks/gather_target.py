"""What is known of where the workspaces of a plan go, a query for each kind of list."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from msgspec.structs import replace

from migrator.checks.facts import Clashes, InstanceFacts, TargetFacts
from migrator.models import (
    Conflict,
    ConflictChoice,
    Dictionary,
    DocumentSet,
    InstancePerson,
    Plan,
    PlanItem,
    TargetReading,
    Workspace,
)

_TYPES = (Conflict.Part.ENTITY_TYPE, Conflict.Part.RELATION_TYPE)
_OF_A_TYPE = ("part", "state", "key", "subject", "source_digest", "target_digest")


def targets_by_item(
    plan: Plan, items: Sequence[PlanItem], instance: InstanceFacts | None
) -> dict[int, TargetFacts]:
    """Where each item goes; empty for a backup alone and before a target was chosen."""
    if instance is None or not plan.restores:
        return {}
    there = _existing(plan, items)
    readings = _readings(plan, items)
    clashes = _clashes(readings, _decided(items))
    people = _people(plan)
    instance = _with_plan(instance, readings)
    mapped = {
        row.source_user.lower(): (row.target_user, row.target_role)
        for row in plan.person_mappings.all()
    }
    return {
        item.pk: TargetFacts(
            instance=instance,
            is_new=not item.target_workspace_id,
            **_ends(item, there.get(item.target_workspace_id)),
            there=_counts(there.get(item.target_workspace_id), instance, readings.get(item.pk)),
            people=people,
            mapped_people=mapped,
            clashes=clashes.get(item.pk),
            mapped_dictionaries=tuple(sorted(one["dictionary"] for one in item.mappings)),
        )
        for item in items
    }


def _ends(item: PlanItem, there: Workspace | None) -> dict[str, str]:
    """Name, language and tokenizer, of the workspace that is there or of the new one."""
    if there:
        return {"name": there.name, "language": there.language, "tokenizer": there.tokenizer}
    return {
        "name": item.new_name,
        "language": item.target_language,
        "tokenizer": item.target_tokenizer,
    }


def _existing(plan: Plan, items: Sequence[PlanItem]) -> dict[str, Workspace]:
    """The workspaces of the target that items are restored into, by Knowledge Studio's id."""
    ids = [item.target_workspace_id for item in items if item.target_workspace_id]
    rows = Workspace.objects.present().filter(instance=plan.target, workspace_id__in=ids)
    return {
        row.workspace_id: row
        for row in rows.annotate(
            set_count=_counted(DocumentSet.objects.all()),
            dictionary_count=_counted(Dictionary.objects.all()),
        )
    }


def _counted(rows: QuerySet[Any]) -> Coalesce:
    numbers = rows.filter(workspace=OuterRef("pk")).order_by().values("workspace")
    return Coalesce(Subquery(numbers.annotate(n=Count("pk")).values("n")), 0)


def _readings(plan: Plan, items: Sequence[PlanItem]) -> dict[int, TargetReading]:
    """The newest whole reading of where each item goes now."""
    places = {item.pk: item.target_workspace_id for item in items}
    rows = TargetReading.objects.filter(item__in=places, target=plan.target, problem="")
    whole = rows.exclude(finished_at=None).order_by("pk")
    return {row.item_id: row for row in whole if row.workspace_id == places[row.item_id]}


# Item, part and key of a conflict, and its mark when somebody chose that the target keeps its own.
Decided = set[tuple[int, str, str, str]]


def _decided(items: Sequence[PlanItem]) -> Decided:
    """The types of which somebody decided so."""
    rows = ConflictChoice.objects.filter(item__in=items, part__in=_TYPES)
    kept = rows.filter(action=ConflictChoice.Action.KEEP)
    return set(kept.values_list("item", "part", "key", "mark"))


def _clashes(readings: dict[int, TargetReading], decided: Decided) -> dict[int, Clashes]:
    """Types that stand in the way, by item; of what the newest reading compared."""
    lacking: dict[int, list[str]] = defaultdict(list)
    differing: dict[int, list[str]] = defaultdict(list)
    kept: dict[int, list[str]] = defaultdict(list)
    wanted = Q(state=Conflict.State.SOURCE_ONLY, can_add=False, uses__gt=0)
    rows = Conflict.objects.filter(
        wanted | Q(state=Conflict.State.DIFFERS),
        reading__in=[row.pk for row in readings.values()],
        part__in=_TYPES,
    )
    item_of = {reading.pk: pk for pk, reading in readings.items()}
    for row in rows.order_by("subject", "pk").only("reading_id", *_OF_A_TYPE):
        item = item_of[row.reading_id]
        into = differing if row.state == Conflict.State.DIFFERS else lacking
        into[item].append(row.subject)
        if (item, row.part, row.key, row.mark) in decided:
            kept[item].append(row.subject)
    return {
        pk: Clashes(
            lacking=tuple(lacking[pk]), differing=tuple(differing[pk]), kept=tuple(kept[pk])
        )
        for pk, reading in readings.items()
        if "types" in (reading.facts.get("read") or [])
    }


def _with_plan(instance: InstanceFacts, readings: dict[int, TargetReading]) -> InstanceFacts:
    """With the service plan as it was last read, where no workspace of the inventory names it."""
    read = [row.facts.get("plan") for row in readings.values() if row.facts.get("plan")]
    return replace(instance, plan=read[-1]) if read and not instance.plan else instance


def _people(plan: Plan) -> dict[str, str] | None:
    """Everybody in the target with the role, as listed or last read; None where nobody looked."""
    listed = InstancePerson.objects.filter(instance=plan.target).order_by("user_id")
    people = {user_id.lower(): role for user_id, role in listed.values_list("user_id", "role")}
    return people or None


def _counts(
    there: Workspace | None, instance: InstanceFacts, reading: TargetReading | None
) -> dict[str, int] | None:
    """What the existing workspace holds: as it was read for the restore, else as listed."""
    seen = reading.facts if reading and reading.workspace_id else {}
    workspace = seen.get("workspace") or {}
    if workspace.get("documents") is not None and seen.get("document_sets") is not None:
        return {
            "documents": workspace["documents"],
            "document_sets": seen["document_sets"],
            "dictionaries": getattr(there, "dictionary_count", 0),
        }
    if there is None or there.documents is None or instance.why_unknown:
        return None
    return {
        "documents": there.documents,
        "document_sets": getattr(there, "set_count", 0),
        "dictionaries": getattr(there, "dictionary_count", 0),
    }
