"""A person's hands on the server under test: starts runs and looks at them, from its own process.

Reads one JSON command a line, `[name, argument…]`, and answers with one JSON line. It works on the
data folder that DATA_DIR names, beside the server's own processes, as the command line does.
"""

import json
import os
import random
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "migrator.settings")
django.setup()

from django.conf import settings  # noqa: E402 - models can be imported only after the set-up
from django.contrib.auth.models import User  # noqa: E402
from django.core.files.storage import default_storage  # noqa: E402
from django.utils import timezone  # noqa: E402
from kombu.exceptions import OperationalError  # noqa: E402

from migrator.celery import app  # noqa: E402
from migrator.models import (  # noqa: E402
    Archive,
    Instance,
    LedgerEntry,
    Run,
    Step,
    Verification,
    Workspace,
)
from migrator.services import archives, runs  # noqa: E402
from migrator.services.connections import connect  # noqa: E402
from migrator.services.demo import connect_demo_instance, renew_demo_admin  # noqa: E402
from migrator.services.instances import replace_credential  # noqa: E402
from migrator.services.inventories import inventory_now  # noqa: E402
from migrator.services.leftovers import remove_leftovers  # noqa: E402
from migrator.services.plans import plan_backup, plan_restore  # noqa: E402

Answer = Any


def set_up(described: list[dict[str, Any]], profile_file: str) -> Answer:
    """Connect instances of the sandbox and take their inventories."""
    user = renew_demo_admin("not-for-anybody")
    for each in described:
        instance = connect_demo_instance(each, user=user)
        Instance.objects.filter(pk=instance.pk).update(profile_file=profile_file)
        inventory_now(instance, user=user)


def workspaces_of(instance_name: str) -> Answer:
    """The keys of an instance's workspaces by name."""
    found = Workspace.objects.present().filter(instance__name=instance_name)
    return dict(found.values_list("name", "pk"))


def backup(workspace_pk: int) -> Answer:
    """Start a backup; the run's key."""
    rows = list(Workspace.objects.filter(pk=workspace_pk).select_related("instance"))
    plan = plan_backup(source=rows[0].instance, workspaces=rows, user=_admin())
    return runs.start_run(plan=plan, user=_admin()).pk


def restore(archive_pk: int, name: str, target_name: str = "target") -> Answer:
    """Start a restore into a new workspace of that name; the run's key."""
    archive = Archive.objects.get(pk=archive_pk)
    target = Instance.objects.get(name=target_name)
    plan = plan_restore(archive=archive, target=target, user=_admin(), name=name)
    return runs.start_run(plan=plan, user=_admin()).pk


def cancel(run_pk: int) -> Answer:
    """Cancel a run."""
    runs.cancel_run(Run.objects.get(pk=run_pk), user=_admin())


def pause_for_a_moment(run_pk: int) -> Answer:
    """Pause a run and resume it at once."""
    run = Run.objects.get(pk=run_pk)
    runs.pause_run(run, user=_admin())
    runs.resume_run(run, user=_admin())


def states(run_pks: list[int]) -> Answer:
    """State, end and problems of runs by their keys (as text)."""
    found = Run.objects.with_state().filter(pk__in=run_pks)
    return {
        str(run.pk): {
            "state": str(run.state),
            "finished": run.finished_at is not None,
            "problems": [f"{s.kind} {s.status}: {s.problem}" for s in run.steps.exclude(problem="")]
            + [f"{s.kind} {s.status}" for s in run.steps.exclude(status="done")],
        }
        for run in found
    }


def renew_credentials(described: list[dict[str, Any]]) -> Answer:
    """Store new credentials for instances whose session was lost; how many there were."""
    lost = Instance.objects.filter(connection=Instance.Connection.SESSION_LOST)
    for instance in lost:
        credential = next(x["credential"] for x in described if x["name"] == instance.name)
        replace_credential(instance, user=_admin(), credential=credential)
    return len(lost)


def send_doubled(run_pks: list[int]) -> Answer:
    """Send messages for all steps of runs three times over, in any order."""
    pks = 3 * list(Step.objects.filter(run__in=run_pks).values_list("pk", flat=True))
    random.shuffle(pks)
    try:
        for pk in pks:
            app.send_task("migrator.run_step", args=[pk])
    except OperationalError:
        return  # the broker was just killed


def move_clock(seconds: int) -> Answer:
    """Let the beats of running steps seem `seconds` later than they were."""
    moved = timezone.now() + timedelta(seconds=seconds)
    return Step.objects.filter(status="running").update(beat_at=moved)


def outcome(run_pk: int) -> Answer:
    """What came out of a run: its archives and proofs, checked."""
    run = Run.objects.get(pk=run_pk)
    found = Archive.objects.filter(item__plan__runs=run)
    for archive in found:
        archives.verify_archive(archive, user=None)
    entry = LedgerEntry.objects.filter(step__run=run, kind="workspace").first()
    return {
        "archives": [
            {"pk": row.pk, "problem": row.verify_problem, "source": row.source_workspace_id}
            for row in found
        ],
        "proofs": [
            {"state": proof.state, "totals": proof.totals}
            for proof in Verification.objects.filter(run=run)
        ],
        "workspace": entry.target_id if entry else "",
    }


def size_of_documents(instance_name: str, workspace_name: str) -> Answer:
    """How many bytes the service has to send for a workspace's documents."""
    workspace = Workspace.objects.get(instance__name=instance_name, name=workspace_name)
    with connect(workspace.instance) as client, TemporaryDirectory() as folder:
        return client.download_documents(workspace.workspace_id, Path(folder, "documents")).size


def documents_done(run_pk: int) -> Answer:
    """How many bytes of the documents a backup has downloaded, as its page shows it."""
    step = Step.objects.get(run=run_pk, kind=Step.Kind.DOCUMENTS)
    return step.done if step.unit == "bytes" else 0


def source_of(archive_pk: int) -> Answer:
    """The id of the workspace that an archive was made from."""
    return Archive.objects.get(pk=archive_pk).source_workspace_id


def leftovers() -> Answer:
    """Files that nobody needs, after what the beat task does: of runs, uploads, in the storage."""
    remove_leftovers(timedelta(0))
    work = Path(settings.WORK_DIR)
    found = [str(path) for path in work.rglob("*") if path.is_file()]
    recorded = set(Archive.objects.values_list("file", flat=True))
    recorded |= set(Verification.objects.values_list("file", flat=True))
    storage = Path(default_storage.path(""))
    stored = {str(p.relative_to(storage)) for p in storage.rglob("*") if p.is_file()}
    return found + sorted(stored - recorded)


def _admin() -> User:
    return User.objects.get(username="admin")


COMMANDS: dict[str, Callable[..., Answer]] = {
    each.__name__: each
    for each in (
        set_up,
        workspaces_of,
        backup,
        restore,
        cancel,
        pause_for_a_moment,
        states,
        renew_credentials,
        send_doubled,
        move_clock,
        outcome,
        size_of_documents,
        documents_done,
        source_of,
        leftovers,
    )
}


def main() -> None:
    """Answer until the input ends."""
    for line in sys.stdin:
        name, *arguments = json.loads(line)
        print(json.dumps(COMMANDS[name](*arguments)), flush=True)


if __name__ == "__main__":
    main()
