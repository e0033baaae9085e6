"""Where the items of a plan go: the target instance, a new workspace or an existing one."""

from django.contrib.auth.models import User
from django.db import transaction

from migrator.errors import ServiceError
from migrator.models import Instance, Plan, PlanItem, Run, Step, Workspace
from migrator.services import audit, checks
from migrator.services.permissions import requires
from migrator.services.plans import TOKENIZERS
from migrator.services.targets.archived import archive_of
from migrator.services.targets.changes import target_changed


@requires("migrator.start_run")
@transaction.atomic
def choose_target(plan: Plan, target: Instance, *, user: User | None) -> None:
    """Restore the plan into `target`; where each workspace goes is chosen anew.

    Raises ServiceError while a restore of the plan is under way.
    """
    _refuse_running(plan)
    if plan.target_id == target.pk:
        return
    plan.target = target
    plan.save(update_fields=["target"])
    plan.items.update(target_workspace_id="", target_name="")
    target_changed(plan)
    audit.record(user, "plan.target_chosen", plan, target=target.pk)
    checks.recheck(plan)


@requires("migrator.start_run")
@transaction.atomic
def send_into_new(
    item: PlanItem, *, user: User | None, name: str, tokenizer: str, language: str = ""
) -> None:
    """Create a workspace of that name for the item.

    Raises ServiceError without a name, and for a name that another item of the plan takes.
    """
    _refuse_running(item.plan)
    name = name.strip()
    if not name or tokenizer not in TOKENIZERS:
        raise ServiceError(
            "A new workspace needs a name and a tokenizer.",
            meaning="Nothing changed.",
            remedy="Type the name, and choose the tokenizer.",
        )
    for other in item.plan.items.exclude(pk=item.pk).filter(target_workspace_id=""):
        if other.new_name == name:
            raise ServiceError(
                f"{other.name} of this plan goes into a new workspace named {name} already.",
                meaning="Nothing changed.",
                remedy="Give one of the two another name.",
            )
    item.target_workspace_id = ""
    item.target_name = "" if name == item.name else name
    item.target_tokenizer = tokenizer
    _save(item, user)


@requires("migrator.start_run")
@transaction.atomic
def send_into_existing(item: PlanItem, workspace: Workspace, *, user: User | None) -> None:
    """Restore the item into a workspace that is there.

    Raises ServiceError for one of another instance or language, that another item goes into, or
    that the item itself came from.
    """
    _refuse_running(item.plan)
    if workspace.instance_id != item.plan.target_id:
        raise ServiceError(
            "This workspace belongs to another instance.", meaning="Nothing changed."
        )
    if workspace.pk == item.workspace_id:
        raise ServiceError(
            f"{workspace.name} is the workspace that this one came from.",
            meaning="Nothing changed: a plan does not change what it copies.",
            remedy="Choose a new workspace with another name, or another workspace.",
        )
    archive = archive_of(item)
    language = archive.language if archive else item.target_language
    if language and workspace.language.lower() != language.lower():
        raise ServiceError(
            f"{workspace.name} has the language {workspace.language}, the archive {language}.",
            meaning="Nothing changed. The language of a workspace cannot be changed, and Knowledge "
            "Studio refuses documents of another one.",
            remedy="Choose a workspace of the same language, or a new one.",
        )
    others = item.plan.items.exclude(pk=item.pk)
    if others.filter(target_workspace_id=workspace.workspace_id).exists():
        raise ServiceError(
            f"Another workspace of this plan goes into {workspace.name} already.",
            meaning="Nothing changed: two cannot go into one.",
            remedy="Choose another workspace, or a new one.",
        )
    item.target_workspace_id = workspace.workspace_id
    item.target_name = "" if workspace.name == item.name else workspace.name
    item.target_tokenizer = workspace.tokenizer
    _save(item, user)


@requires("migrator.start_run")
@transaction.atomic
def adopt_created(plan: Plan, *, user: User | None) -> int:
    """Let what an earlier restore created be where a further one goes; how many workspaces."""
    done = Step.objects.current().filter(
        run__plan=plan, run__kind=Run.Kind.RESTORE, kind=Step.Kind.TARGET, status=Step.Status.DONE
    )
    created = {step.item_id: step.facts.get("workspace_id") for step in done.order_by("pk")}
    adopted = [
        item
        for item in plan.items.filter(pk__in=created, target_workspace_id="")
        if created[item.pk]
    ]
    for item in adopted:
        item.target_workspace_id = created[item.pk]
        item.save(update_fields=["target_workspace_id"])
    if adopted:
        target_changed(plan)
        audit.record(user, "plan.targets_adopted", plan, items=len(adopted))
        checks.recheck(plan)
    return len(adopted)


def _save(item: PlanItem, user: User | None) -> None:
    item.save(update_fields=["target_workspace_id", "target_name", "target_tokenizer"])
    target_changed(item.plan)
    audit.record(
        user, "plan.item_target", item, workspace=item.target_workspace_id, name=item.new_name
    )
    checks.recheck_item(item)


def _refuse_running(plan: Plan) -> None:
    if plan.runs.open().filter(kind=Run.Kind.RESTORE).exists():
        raise ServiceError(
            "A restore of this plan is under way.",
            meaning="Nothing changed.",
            remedy="Wait for it to end, or cancel it; then change where things go.",
        )
