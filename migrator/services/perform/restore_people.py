"""Giving people their roles in the target: added or raised, never lowered, nobody twice."""

from migrator.clients.tool import ToolClient
from migrator.errors import ServiceError
from migrator.models import Event, LedgerEntry, Step
from migrator.services import events
from migrator.services.beats import about_to_change
from migrator.services.people import rank
from migrator.services.perform.by_person import done_by_person
from migrator.services.perform.obtain import connected, workspace_id_of
from migrator.services.perform.results import Done, Outcomes
from migrator.services.targets.people import MANAGING, Wish, managers_among, wishes_of


def restore_people(step: Step) -> Done:
    """Give what the plan's map of people says and the review showed, and nobody else."""
    wishes = wishes_of(step.item)
    if not wishes:
        return Done(Step.Outcome.NOTHING, "nobody is mapped, so no role was given.")
    if step.performer == Step.Performer.PERSON:
        return done_by_person(step, [])
    with connected(step) as client:
        roles = _roles(client)
        outcomes = Outcomes()
        for wish in wishes:
            outcomes.count(_give(step, client, wish, roles.get(wish.user)))
        managers = _set_managers(step, client, wishes)
    return Done(outcomes.outcome, outcomes.said(managers), outcomes.facts, warnings=outcomes.cannot)


def _roles(client: ToolClient) -> dict[str, str]:
    return {one.user_id: one.role or "" for one in client.users()}


def _give(step: Step, client: ToolClient, wish: Wish, present: str | None) -> str:
    """Give one person the role; in which count it goes."""
    mine = step.ledger.filter(kind="user", source_id=wish.user).first()
    if present is not None and rank(present) >= rank(wish.role):
        # What an earlier try of this step gave is there by now, and is counted as given.
        return mine.target_id if mine else "identical"
    about_to_change(step)
    word = "created" if present is None else "updated"
    # Noted after the look and before the call: the answer to it may be lost.
    mine = mine or LedgerEntry.objects.create(
        step=step, kind="user", source_id=wish.user, target_id=word
    )
    try:
        client.add_user(user_id=wish.user, role=wish.role)
    except ServiceError as error:
        if error.http_status != 409:  # 409: a higher role by now, or a Lite plan
            raise
        mine.delete()
        events.note(step, f"A role could not be given: {error}", Event.Level.WARNING)
        return "cannot"
    return mine.target_id


def _set_managers(step: Step, client: ToolClient, wishes: list[Wish]) -> str:
    """Let the project managers manage the workspace, beside those who do so already."""
    workspace_id = workspace_id_of(step)
    roles = _roles(client)
    able = [user for user in managers_among(wishes) if roles.get(user) in MANAGING]
    there = [one.user_id for one in client.members(workspace_id)]
    lacking = [user for user in dict.fromkeys(able) if user not in there]
    if not lacking:
        return ""
    kept = [user for user in there if roles.get(user) in MANAGING]
    about_to_change(step)
    client.set_members(workspace_id, project_managers=[*kept, *lacking])
    return f"{len(lacking):,} manage the workspace now, beside those who did before."
