"""Back up workspaces of an instance into a folder, in this process."""

import shutil
from argparse import ArgumentParser
from functools import partial
from pathlib import Path
from typing import Any

from migrator.errors import ServiceError
from migrator.management.answers import SUCCESS, AnsweringCommand
from migrator.management.following import is_full_success, perform, run_document
from migrator.management.keys import add_lock_arguments, lock_from
from migrator.management.named import instance_named
from migrator.models import Archive, Instance, Run, Workspace
from migrator.services import runs
from migrator.services.archive_files import stored_copy
from migrator.services.encryption import KEY_LOSS, choose_encryption
from migrator.services.inventories import inventory_now
from migrator.services.plans import plan_backup


class Command(AnsweringCommand):
    """`backup NAME [--workspace ID…] --out DIR`: one archive per workspace."""

    help = "Back up workspaces of an instance; exit code 0 only when every archive was verified."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The instance, the workspaces (all by default) and the folder."""
        super().add_arguments(parser)
        parser.add_argument("name", help="the instance's name")
        parser.add_argument("--workspace", nargs="+", default=[], metavar="ID")
        parser.add_argument("--out", required=True, type=Path, metavar="DIR")
        add_lock_arguments(parser)

    def answer(self, **options: Any) -> int:
        """Take an inventory, back up, and copy the archives into the folder."""
        instance = instance_named(options["name"])
        _refuse_by_hand(instance)
        lock = lock_from(options)
        options["out"].mkdir(parents=True, exist_ok=True)
        inventory_now(instance, user=None)
        plan = plan_backup(
            source=instance, workspaces=_chosen(instance, options["workspace"]), user=None
        )
        if lock is not None:
            understood = options["accept_key_loss"]
            choose_encryption(plan, user=None, lock=lock, understood=understood)
            self.remark(KEY_LOSS)
        run = perform(self, partial(runs.start_run, plan=plan, user=None))
        files = [_copy(archive, options["out"]) for archive in _archives(run)]
        for file in files:
            self.say(str(file))
        if self.as_json:
            self.say_json({**run_document(run), "archives": [str(file) for file in files]})
        return SUCCESS if is_full_success(run) else self.failure_code


def _refuse_by_hand(instance: Instance) -> None:
    if not instance.is_connected:
        raise ServiceError(
            f"{instance.name} is served by hand: a person downloads its files.",
            meaning="Nothing was started.",
            remedy="Start the backup on the dashboard; it says which file to bring from where.",
        )


def _chosen(instance: Instance, ids: list[str]) -> list[Workspace]:
    present = instance.workspaces.present()
    if not ids:
        return list(present)
    chosen = list(present.filter(workspace_id__in=ids))
    if unknown := set(ids) - {workspace.workspace_id for workspace in chosen}:
        raise ServiceError(
            f"{instance.name} lists no workspace with the id {', '.join(sorted(unknown))}.",
            meaning="Nothing was backed up.",
            remedy="`inventory` lists the ids.",
        )
    return chosen


def _archives(run: Run) -> list[Archive]:
    return list(Archive.objects.filter(item__plan=run.plan).order_by("pk"))


def _copy(archive: Archive, folder: Path) -> Path:
    """A copy beside a temporary name, renamed when it is whole."""
    target = folder / Path(archive.file).name
    draft = target.with_suffix(".tmp")
    try:
        with stored_copy(archive) as source:
            shutil.copyfile(source, draft)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    return target
