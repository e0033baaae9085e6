"""Giving people their roles in the target: added or raised, never lowered, nobody twice."""

from migrator.clients.tool import ToolClient
from migrator.errors import ServiceError
from migrator.models import Event, LedgerEntry, Step
from migrator.services import events
from migrator.services.beats import about_to_change
from migrator.services.perform.by_person import done_by_person
from migrator.services.perform.obtain import connected, workspace_id_of
from migrator.services.perform.results import Done, Outcomes
from migrator.services.targets.people import Given, Wish, given_to, managers_among, wishes_of

_COUNTED = {"add": "created", "raise": "updated", "same": "identical", "higher": "identical"}


def restore_people(step: Step) -> Done:
    """Give what the plan's map of people says and the review showed, and nobody else."""
    wishes = [one for one in wishes_of(step.item) if one.target_user]
    if not wishes:
        return Done(Step.Outcome.NOTHING, "nobody is mapped, so no role was given.")
    if step.performer == Step.Performer.PERSON:
        return done_by_person(step, [])
    with connected(step) as client:
        outcomes = Outcomes()
        for given in given_to(wishes, _users(client), None):
            outcomes.count(_give(step, client, given))
        managers = _set_managers(step, client, wishes)
    return Done(outcomes.outcome, outcomes.said(managers), outcomes.facts, warnings=outcomes.cannot)


def _users(client: ToolClient) -> list[dict[str, str | None]]:
    return [{"user_id": one.user_id, "role": one.role} for one in client.users()]


def _give(step: Step, client: ToolClient, given: Given) -> str:
    """Give one person the role; in which count it goes."""
    wish = given.wish
    mine = step.ledger.filter(kind="user", source_id=wish.target_user).first()
    if not given.changes:
        # What an earlier try of this step gave is there by now, and is counted as given.
        return mine.target_id if mine else _COUNTED.get(given.result, "cannot")
    about_to_change(step)
    try:
        client.add_user(user_id=wish.target_user, role=wish.target_role)
    except ServiceError as error:
        if error.http_status != 409:  # 409: a higher role by now, or a Lite plan
            raise
        events.note(step, f"A role could not be given: {error}", Event.Level.WARNING)
        return "cannot"
    word = _COUNTED[given.result]
    LedgerEntry.objects.get_or_create(
        step=step, kind="user", source_id=wish.target_user, defaults={"target_id": word}
    )
    return word


def _set_managers(step: Step, client: ToolClient, wishes: list[Wish]) -> str:
    """Let the project managers manage the workspace, beside those who do so already."""
    workspace_id = workspace_id_of(step)
    roles = {one.user_id: one.role for one in client.users()}
    able = [one for one in managers_among(wishes) if roles.get(one) in ("Project manager", "Admin")]
    there = [one.user_id for one in client.members(workspace_id)]
    lacking = [one for one in dict.fromkeys(able) if one not in there]
    if not lacking:
        return ""
    kept = [one for one in there if roles.get(one) != "Human annotator"]
    about_to_change(step)
    client.set_members(workspace_id, project_managers=[*kept, *lacking])
    return f"{len(lacking):,} manage the workspace now, beside those who did before."
