"""Inventories: reading everything an instance lists, completely or not at all."""

from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from migrator.clients.tool import ToolClient
from migrator.errors import ServiceError
from migrator.formats.errors import StatedError
from migrator.models import Instance, Inventory, Workspace
from migrator.services import audit, checks
from migrator.services.beats import Progress
from migrator.services.connections import connect
from migrator.services.permissions import requires
from migrator.services.workspace_rows import store_workspace

Facts = dict[str, Any]


@requires("migrator.start_run")
def begin_inventory(instance: Instance, *, user: User | None) -> Inventory:
    """Note that an inventory begins; ServiceError where one is under way."""
    try:
        with transaction.atomic():
            inventory = Inventory.objects.create(instance=instance)
    except IntegrityError:
        raise ServiceError(
            f"An inventory of {instance.name} is already under way.",
            meaning="Nothing was started.",
            remedy="Wait for it to end; the page shows it.",
        ) from None
    audit.record(user, "inventory.started", instance)
    return inventory


def take_inventory(inventory: Inventory) -> None:
    """Read every workspace of the instance and store them together.

    A failure is written on the row and the rows of the last complete inventory stay as they are.
    The checks of the plans that go by it are run with what it saw, or could not see.
    """
    _take(inventory)
    checks.recheck_of(inventory.instance)


def _take(inventory: Inventory) -> None:
    try:
        with connect(inventory.instance) as client:
            found = read_all(client)
        _store(inventory, found)
    except StatedError as error:
        _close(inventory, problem=str(error))
    except Exception:
        _close(inventory, problem="An internal error stopped the inventory; see the server's log.")
        raise


@requires("migrator.start_run")
def inventory_now(instance: Instance, *, user: User | None) -> Inventory:
    """A complete inventory, taken here and now; ServiceError with the reason where it failed."""
    inventory = begin_inventory(instance, user=user)
    take_inventory(inventory)
    if inventory.problem:
        raise ServiceError(
            inventory.problem, meaning="What the last complete inventory saw was kept."
        )
    return inventory


def read_all(client: ToolClient) -> list[Facts]:
    """The facts of every workspace; raises where one of them cannot be read to the end."""
    return [read_facts(client, workspace.id) for workspace in client.workspaces()]


def read_facts(client: ToolClient, workspace_id: str, progress: Progress | None = None) -> Facts:
    """What the tool lists of one workspace, as plain values in the shapes of its answers."""
    lists: dict[str, Callable[[str], Any]] = {
        "document_sets": client.document_sets,
        "dictionaries": client.dictionaries,
        "tasks": client.tasks,
        "models": client.models,
        "members": client.members,
        "rule_classes": partial(_rule_classes, client),
    }
    facts: Facts = {"workspace": msgspec.to_builtins(client.workspace(workspace_id))}
    for done, (name, read) in enumerate(lists.items(), start=1):
        facts[name] = msgspec.to_builtins(read(workspace_id))
        if progress:
            progress(done, len(lists))
    return facts


def _rule_classes(client: ToolClient, workspace_id: str) -> list[str] | None:
    """The classes of the rule-based model; None where the instance does not tell.

    The rules editor was withdrawn from the service, so its list is the one that may be missing
    without anything being wrong.
    """
    try:
        return [found.name for found in client.rule_classes(workspace_id)]
    except ServiceError as error:
        if error.http_status not in _WITHDRAWN:
            raise
        return None


_WITHDRAWN = frozenset({403, 404, 410})


def refresh_workspace(workspace: Workspace, progress: Progress) -> Facts:
    """Read one workspace again and store its rows; its facts."""
    with connect(workspace.instance) as client:
        facts = read_facts(client, workspace.workspace_id, progress)
    with transaction.atomic():
        store_workspace(workspace.instance, facts, seen_at=timezone.now())
    workspace.refresh_from_db()
    return facts


@transaction.atomic
def keep_facts(instance: Instance, facts: Facts) -> Workspace:
    """Store what was read of one workspace, which may be one that the last inventory did not see.

    It then counts as seen with that inventory; where there was none, nobody looked at the others.
    """
    workspace = store_workspace(instance, facts, seen_at=timezone.now())
    if workspace.inventory_id is None:
        complete = instance.inventories.filter(problem="").exclude(finished_at=None)
        workspace.inventory = complete.order_by("-finished_at").first()
    workspace.gone_at = None
    workspace.save(update_fields=["inventory", "gone_at"])
    return workspace


def facts_by_hand(workspace: Workspace) -> Facts:
    """The facts of a workspace that nobody could read: None is *not looked at*, never *none*."""
    return {
        "workspace": {
            "id": workspace.workspace_id,
            "name": workspace.name,
            "description": workspace.description,
            "language": workspace.language,
            "tokenizer": workspace.tokenizer or None,
            "owner": workspace.owner or None,
        },
        "document_sets": None,
        "dictionaries": None,
        "tasks": None,
        "models": None,
        "members": None,
        "rule_classes": None,
    }


@transaction.atomic
def _store(inventory: Inventory, found: list[Facts]) -> None:
    now = timezone.now()
    instance = inventory.instance
    for facts in found:
        workspace = store_workspace(instance, facts, seen_at=now)
        workspace.inventory = inventory
        workspace.gone_at = None
        workspace.save(update_fields=["inventory", "gone_at"])
    gone = instance.workspaces.filter(gone_at=None).exclude(inventory=inventory)
    gone.update(gone_at=now)
    _close(inventory, workspaces_seen=len(found))


def _close(inventory: Inventory, **changes: Any) -> None:
    Inventory.objects.filter(pk=inventory.pk).update(finished_at=timezone.now(), **changes)
    inventory.refresh_from_db()
