"""Plans that the wizard walks: made, changed, copied, put away."""

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from migrator.errors import ServiceError
from migrator.models import Instance, Plan, PlanItem, Workspace
from migrator.services import audit, checks
from migrator.services.answers import scope_mark_of
from migrator.services.permissions import requires

LONGEST_NAME = 120  # characters, as Plan.name holds


@requires("migrator.start_run")
@transaction.atomic
def make_plan(
    *,
    source: Instance,
    workspaces: Iterable[Workspace],
    purpose: str,
    user: User | None,
    name: str = "",
    deletes_source: bool | None = None,
) -> Plan:
    """A plan for the wizard; ServiceError where no workspace was chosen, or a copy would go."""
    chosen = _at_least_one(workspaces)
    plan = Plan.objects.create(
        purpose=Plan.Purpose(purpose),
        is_guided=True,
        name=name.strip() or _name_for(purpose, chosen),
        deletes_source=_fate(purpose, deletes_source),
        source=source,
        created_by=user,
    )
    _choose(plan, chosen)
    audit.record(user, "plan.created", plan, purpose=plan.purpose, items=len(chosen))
    checks.recheck(plan)
    return plan


@requires("migrator.start_run")
@transaction.atomic
def change_scope(
    plan: Plan,
    *,
    workspaces: Iterable[Workspace],
    purpose: str,
    user: User | None,
    name: str = "",
    deletes_source: bool | None = None,
) -> None:
    """Change what the plan is about; later answers that depend on it are then out of date.

    Raises ServiceError where no workspace was chosen, where a copy is to delete its source, where
    a workspace that is taken out is being worked on, and where the plan is put away.
    """
    refuse_archived(plan)
    chosen = _at_least_one(workspaces)
    plan.purpose = Plan.Purpose(purpose)
    plan.deletes_source = _fate(purpose, deletes_source)
    plan.name = name.strip() or _name_for(purpose, chosen)
    _choose(plan, chosen)
    audit.record(user, "plan.changed", plan, purpose=plan.purpose, items=len(chosen))
    checks.recheck(plan)


@requires("migrator.start_run")
@transaction.atomic
def copy_plan(plan: Plan, *, user: User | None) -> Plan:
    """The same scope once more as a plan of its own, without answers, runs and archives."""
    kept = [item for item in plan.items.select_related("workspace") if item.workspace]
    there = [item.workspace for item in kept if item.workspace and not item.workspace.gone_at]
    assert plan.source is not None, "a guided plan names its source"
    copy = make_plan(
        source=plan.source,
        workspaces=there,
        purpose=plan.purpose,
        user=user,
        name=f"Copy of {plan.name}"[:LONGEST_NAME],
        deletes_source=plan.deletes_source,
    )
    Plan.objects.filter(pk=copy.pk).update(copied_from=plan, target=plan.target)
    return copy


@requires("migrator.start_run")
@transaction.atomic
def archive_plan(plan: Plan, *, user: User | None) -> None:
    """Put the plan away: it is kept, but nothing of it is asked any more."""
    if plan.runs.filter(finished_at=None).exists():
        raise ServiceError(
            f"A run of {plan.name} is not finished.",
            meaning="The plan was not put away.",
            remedy="Wait for the run, or cancel it.",
        )
    if Plan.objects.filter(pk=plan.pk, archived_at=None).update(archived_at=timezone.now()):
        audit.record(user, "plan.archived", plan)


@requires("migrator.start_run")
def unarchive_plan(plan: Plan, *, user: User | None) -> None:
    """Take the plan out again, where it was left."""
    if Plan.objects.filter(pk=plan.pk).exclude(archived_at=None).update(archived_at=None):
        audit.record(user, "plan.unarchived", plan)


def refuse_archived(plan: Plan) -> None:
    """ServiceError where the plan is put away: nothing of it changes then."""
    if plan.archived_at:
        raise ServiceError(
            f"{plan.name} is archived.",
            meaning="Nothing was changed.",
            remedy="Take the plan out of the archive first, or copy it.",
        )


def _choose(plan: Plan, chosen: list[Workspace]) -> None:
    """Make `chosen` the plan's workspaces; one that comes back gets its old row."""
    now = timezone.now()
    wanted = {workspace.pk: workspace for workspace in chosen}
    known = PlanItem.everything.filter(plan=plan)
    leaving = known.filter(left_at=None).exclude(workspace__in=wanted)
    _refuse_at_work(leaving)
    leaving.update(left_at=now)
    known.filter(workspace__in=wanted).update(left_at=None)
    there = set(known.filter(workspace__in=wanted).values_list("workspace_id", flat=True))
    PlanItem.objects.bulk_create(
        PlanItem(plan=plan, workspace=workspace, name=workspace.name)
        for pk, workspace in wanted.items()
        if pk not in there
    )
    plan.scope_mark = scope_mark_of(plan, list(wanted))
    plan.changed_at = now
    plan.save(update_fields=["purpose", "deletes_source", "name", "scope_mark", "changed_at"])


def _refuse_at_work(leaving: Iterable[PlanItem]) -> None:
    busy = PlanItem.everything.filter(pk__in=[item.pk for item in leaving])
    item = busy.filter(steps__run__finished_at=None, steps__isnull=False).first()
    if item is not None:
        raise ServiceError(
            f"A run works on {item.name}.",
            meaning="The plan was not changed.",
            remedy="Wait for the run or cancel it, then take the workspace out.",
        )


def _at_least_one(workspaces: Iterable[Workspace]) -> list[Workspace]:
    chosen = list(workspaces)
    if not chosen:
        raise ServiceError(
            "No workspace was chosen.",
            meaning="Nothing was stored.",
            remedy="Choose at least one.",
        )
    return chosen


def _fate(purpose: str, deletes_source: bool | None) -> bool | None:
    """What becomes of the source; that of a copy goes on being used."""
    if purpose != Plan.Purpose.COPY:
        return deletes_source
    if deletes_source:
        raise ServiceError(
            "A copy leaves its source in use, so the source cannot be deleted afterwards.",
            meaning="Nothing was stored.",
            remedy="Choose Move, or say that the source workspaces stay.",
        )
    return False


def _name_for(purpose: str, chosen: list[Workspace]) -> str:
    what = chosen[0].name if len(chosen) == 1 else f"{len(chosen)} workspaces"
    return f"{Plan.Purpose(purpose).label} {what}"[:LONGEST_NAME]
