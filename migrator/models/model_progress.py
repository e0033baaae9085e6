"""How far the step about deployed models is: counts in SQL, the state from them."""

from typing import Any

from django.db.models import Exists, OuterRef, Q

from migrator.models.model_conditions import models_known
from migrator.models.plan_progress import counted
from migrator.models.plans import Plan, PlanItem
from migrator.models.served_models import ServedModel, Undeployment
from migrator.models.verifications import Verification
from migrator.models.wizard import StepState, StepStatus


def models_counts() -> dict[str, Any]:
    """What `models_state` reads: workspaces of the plan by what is deployed from them."""
    going = PlanItem.objects.filter(plan=OuterRef("pk"), keeps_source=False)
    present = ServedModel.objects.present().filter(workspace_id=OuterRef("workspace__workspace_id"))
    proved = Verification.objects.filter(item=OuterRef("pk")).filter(
        Q(state=Verification.State.VERIFIED) | ~Q(accepted_by_name="")
    )
    under_way = Undeployment.objects.under_way().filter(
        model__workspace_id=OuterRef("workspace__workspace_id")
    )
    return {
        "models_items": counted(going, "plan"),
        "models_open": counted(going.filter(Exists(present.undecided())), "plan"),
        "models_kept": counted(going.filter(Exists(present)), "plan"),
        "models_later": counted(going.filter(Exists(present.waiting_for_proof())), "plan"),
        "models_due": counted(
            going.filter(Exists(present.waiting_for_proof()), Exists(proved)), "plan"
        ),
        "models_leaving": counted(going.filter(Exists(under_way)), "plan"),
        "models_known": Q(models_known("source")),
    }


def models_state(plan: Plan) -> StepState:
    """Each model undeployed, kept on purpose, or its workspace stays; unknown is never zero."""
    found = vars(plan)
    if not plan.deletes_source:
        words = "The workspaces stay" if plan.deletes_source is False else "Not decided yet"
        return StepState(StepStatus.DONE if plan.deletes_source is False else _OPEN, words)
    if not found["models_items"]:
        return StepState(StepStatus.DONE, "Every workspace stays")
    if found["models_open"]:
        return _deployed(found["models_open"], found["models_leaving"])
    if not found["models_known"]:
        return StepState(StepStatus.NEEDS_YOU, "Could not be checked", 1)
    return _settled(found["models_later"], found["models_due"], found["models_kept"])


_OPEN = StepStatus.NOT_STARTED


def _of(workspaces: int) -> str:
    return f"{workspaces:,} {'workspace' if workspaces == 1 else 'workspaces'}"


def _settled(later: int, due: int, kept: int) -> StepState:
    """Somebody decided about all that is deployed; what waits for a proof that is there is due."""
    if due:
        said = f"The copy is proved: undeploy the models of {_of(due)}"
        return StepState(StepStatus.NEEDS_YOU, said, due)
    said = "Nothing is deployed"
    if later:
        said = f"Models of {_of(later)} are undeployed after the copy is proved"
    elif kept:
        said = f"Kept on purpose in {_of(kept)}"
    return StepState(StepStatus.DONE, said)


def _deployed(workspaces: int, leaving: int) -> StepState:
    if leaving >= workspaces:
        return StepState(StepStatus.IN_PROGRESS, f"Being undeployed in {_of(workspaces)}")
    return StepState(StepStatus.NEEDS_YOU, f"Models of {_of(workspaces)} are deployed", workspaces)
