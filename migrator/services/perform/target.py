"""The target workspace: an existing one is checked, a new one is created, once."""

from migrator.clients.shapes import Workspace
from migrator.clients.tool import ToolClient
from migrator.errors import ServiceError
from migrator.models import LedgerEntry, PlanItem, Step
from migrator.services.beats import about_to_change
from migrator.services.perform.obtain import connected
from migrator.services.perform.results import Done, NeedsPerson, NotYet
from migrator.services.perform.where_to_click import words_for

# Seconds until a name that was taken in this moment is looked at again.
LOOK_AGAIN = 1.0


def prepare_target(step: Step) -> Done:
    """Find or create the workspace that everything goes into; its id is kept in the facts."""
    if step.performer == Step.Performer.PERSON:
        return _prepared_by_person(step)
    with connected(step) as client:
        if step.item.target_workspace_id:
            return _use(client.workspace(step.item.target_workspace_id), step.item)
        return _create(client, step)


def _prepared_by_person(step: Step) -> Done:
    if not step.answer.get("confirmed"):
        raise NeedsPerson(Step.Needs.CONFIRMATION, words_for(step))
    existing = bool(step.item.target_workspace_id)
    return Done(
        Step.Outcome.PASSED if existing else Step.Outcome.CREATED,
        "there, as you said.",
        {"workspace_id": step.item.target_workspace_id, "existing": existing},
    )


def _use(workspace: Workspace, item: PlanItem) -> Done:
    _refuse_other_language(workspace, item)
    return Done(
        Step.Outcome.PASSED,
        f"{workspace.name} is there, language {workspace.language}.",
        {"workspace_id": workspace.id, "existing": True, "tokenizer": workspace.tokenizer},
    )


def _create(client: ToolClient, step: Step) -> Done:
    item = step.item
    entry = step.ledger.filter(kind="workspace").first()
    workspace = _found_again(client, entry) if entry else None
    if workspace is None:
        _refuse_taken_name(client, item)
        workspace = _created(client, step, first=entry is None)
    entry = step.ledger.get(kind="workspace")
    entry.target_id = workspace.id
    entry.save(update_fields=["target_id"])
    _refuse_other_language(workspace, item)
    return Done(
        Step.Outcome.CREATED,
        f"{workspace.name} created, language {workspace.language}, "
        f"tokenizer {workspace.tokenizer}.",
        {"workspace_id": workspace.id, "existing": False, "tokenizer": workspace.tokenizer},
    )


def _created(client: ToolClient, step: Step, *, first: bool) -> Workspace:
    """A new workspace; NotYet where an earlier call of ours comes through in this moment."""
    item = step.item
    about_to_change(step)
    # After the look at the names and before the call: see `_found_again`.
    LedgerEntry.objects.get_or_create(step=step, kind="workspace", source_id=item.new_name)
    try:
        return client.create_workspace(
            name=item.new_name,
            description=item.target_description,
            language=item.target_language,
            tokenizer=item.target_tokenizer,
        )
    except ServiceError as error:
        if error.http_status == 409 and not first:
            raise NotYet(LOOK_AGAIN) from None
        raise


def _found_again(client: ToolClient, entry: LedgerEntry) -> Workspace | None:
    """What an earlier try of this step created: by its id, or by name where it died in between.

    The first try saw the name free before it created anything, so an empty workspace of that name
    is ours.
    """
    if entry.target_id:
        return client.workspace(entry.target_id)
    same = [found for found in client.workspaces() if found.name == entry.source_id]
    return next((found for found in same if not found.documents), None)


def _refuse_taken_name(client: ToolClient, item: PlanItem) -> None:
    if any(found.name == item.new_name for found in client.workspaces()):
        raise ServiceError(
            f"The target already has a workspace named {item.new_name}.",
            meaning="Nothing was created or changed there.",
            remedy="Start a restore into that workspace, or one under another name.",
        )


def _refuse_other_language(workspace: Workspace, item: PlanItem) -> None:
    if workspace.language.lower() != item.target_language.lower():
        raise ServiceError(
            f"The target workspace {workspace.name} has the language {workspace.language}, the "
            f"archive {item.target_language}.",
            meaning="Nothing was uploaded. Knowledge Studio would refuse the documents, and a "
            "workspace's language cannot be changed.",
            remedy="Restore into a new workspace, or into one of the same language.",
        )
