"""What people decide about deployed models, by name and time."""

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from migrator.errors import ServiceError
from migrator.models import Plan, PlanItem, ServedModel
from migrator.models.model_conditions import doomed_items
from migrator.models.served_models import REMIND_AFTER
from migrator.services import audit, checks
from migrator.services.permissions import requires

_D = ServedModel.Decision


@requires("migrator.start_run")
@transaction.atomic
def decide(model: ServedModel, *, decision: str, user: User, reason: str = "") -> None:
    """Note what is to become of a model; ServiceError where keeping on purpose has no reason, or
    where it is to wait for the proof of a copy that no plan makes.

    Undeploying itself is asked for apart, see `services.undeploying`.
    """
    if decision == _D.KEEP and not reason.strip():
        raise ServiceError(
            f"The model {model.model_id} is kept on purpose with a reason only.",
            meaning="Nothing was noted; it goes on counting as not decided.",
            remedy="Say in a few words why it stays, for those who ask about its charges.",
        )
    if decision == _D.AFTER:
        _refuse_without_plan(model)
    now = timezone.now()
    model.decision = _D(decision)
    model.reason = reason.strip() if decision == _D.KEEP else ""
    model.remind_at = now + REMIND_AFTER if decision == _D.LATER else None
    model.decided_by, model.decided_who, model.decided_at = user, user.get_username(), now
    model.save(
        update_fields=[
            "decision",
            "reason",
            "remind_at",
            "decided_by",
            "decided_who",
            "decided_at",
        ]
    )
    audit.record(user, "model.decided", model, decision=decision, reason=model.reason)
    checks.recheck_workspace(model.workspace_id)


@requires("migrator.start_run")
@transaction.atomic
def keep_source(item: PlanItem, *, user: User, keeps: bool = True) -> None:
    """Note that this plan will not delete the item's source workspace, or will after all."""
    item.keeps_source = keeps
    item.save(update_fields=["keeps_source"])
    action = "workspace.stays" if keeps else "workspace.goes"
    audit.record(user, action, item, plan=item.plan_id, name=item.name)
    checks.recheck_item(item)


def may_wait(model: ServedModel) -> bool:
    """True where a plan copies its workspace, and deletes it then."""
    doomed = doomed_items().filter(workspace__workspace_id=model.workspace_id)
    copied = doomed.exclude(plan__purpose=Plan.Purpose.BACKUP)
    return bool(model.workspace_id) and copied.exists()


def _refuse_without_plan(model: ServedModel) -> None:
    if not may_wait(model):
        raise ServiceError(
            f"No plan copies the workspace of the model {model.model_id} and deletes it then.",
            meaning="Nothing was noted; it goes on counting as not decided.",
            remedy="Undeploy it now, or keep it for now: you are reminded.",
        )
