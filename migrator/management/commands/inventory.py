"""Read everything that an instance lists."""

from argparse import ArgumentParser
from typing import Any

from migrator.management.answers import SUCCESS, AnsweringCommand
from migrator.management.named import instance_named
from migrator.models import Inventory, Workspace
from migrator.services.inventories import inventory_now


class Command(AnsweringCommand):
    """`inventory NAME`: complete, or failed with the reason."""

    help = "Read all workspaces of an instance with what belongs to them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The instance."""
        super().add_arguments(parser)
        parser.add_argument("name", help="the instance's name")

    def answer(self, **options: Any) -> int:
        """Take the inventory here and list what was seen."""
        self._show(inventory_now(instance_named(options["name"]), user=None))
        return SUCCESS

    def _show(self, inventory: Inventory) -> None:
        workspaces = list(inventory.workspaces.all())
        for workspace in workspaces:
            self.say(
                f"{workspace.workspace_id}  {workspace.language:6} "
                f"{workspace.documents or 0:>7,} documents  {workspace.name}"
            )
        self.say(f"{len(workspaces)} workspaces.")
        if self.as_json:
            self.say_json({"workspaces": [_row(workspace) for workspace in workspaces]})


def _row(workspace: Workspace) -> dict[str, Any]:
    return {
        "id": workspace.workspace_id,
        "name": workspace.name,
        "language": workspace.language,
        "tokenizer": workspace.tokenizer,
        "documents": workspace.documents,
    }
