"""A database as it is after years: workspaces, runs, archives, plans, models and the audit log.

Rows are written in bulk, in all states and with columns of the size that real ones have. To be
imported when Django is set up.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.contrib.auth.models import User
from django.utils import timezone

from migrator.models import (
    Archive,
    AuditChain,
    AuditEntry,
    Event,
    Instance,
    Inventory,
    ModelScan,
    ModelService,
    Plan,
    PlanItem,
    Run,
    ServedModel,
    Step,
    Workspace,
)
from migrator.services import users
from migrator.services.audit_chain import hash_of
from migrator.services.guided_plans import make_plan
from migrator.services.step_lists import steps_for

INSTANCES = 5
OF_A_RUN = 6  # workspaces of an ordinary run
LARGE = 200  # workspaces of the large run, and of each large plan
SMALL = 20  # workspaces of the run that the large one is compared with
OPEN = 15  # runs that are not finished
EVENTS = 8  # of each ordinary run
EVENTS_OF_A_WORKSPACE = 25  # of the large run
LARGE_PLANS = 10
SMALL_PLANS = 40
KEPT = 4  # archives of each workspace
SERVICES = 3
AUDITED = 20_000
PEOPLE = 60
STATES = ("done", "done", "running", "waiting", "failed", "pending")
LANGUAGES = ("en", "de", "es", "fr", "ja")
FINDINGS = [{"code": f"finding_{n}", "count": n, "examples": ["document"] * 8} for n in range(6)]


class Laid(NamedTuple):
    """The rows whose pages are asked for."""

    instance: Instance
    workspace: Workspace
    run: Run
    small_run: Run
    plan: Plan


def lay_out(*, workspaces: int, steps: int) -> Laid:
    """Fill an empty database."""
    instances = _instances()
    rows = _workspaces(instances, workspaces)
    _models(instances, rows)
    plans = [_plan(rows[instances[n % 2].pk], LARGE) for n in range(LARGE_PLANS)]
    for n in range(SMALL_PLANS):
        _plan(rows[instances[n % INSTANCES].pk], 5)
    large = _run(plans[0], OPEN, EVENTS_OF_A_WORKSPACE)
    small = _run(_plan(rows[instances[0].pk], SMALL), OPEN, EVENTS_OF_A_WORKSPACE)
    left = steps - large.steps.count() - small.steps.count()
    _ordinary_runs(rows, left // (5 * OF_A_RUN))
    _archives(rows)
    _audit()
    _people()
    plan = plans[0]
    assert plan.source is not None, "a plan of the wizard has a source"
    return Laid(plan.source, rows[plan.source.pk][0], large, small, plan)


def _instances() -> list[Instance]:
    made = [
        Instance.objects.create(
            name=f"Instance {n}",
            kind=Instance.Kind.CLOUD,
            address=f"https://ks{n}.example.com",
            connection=Instance.Connection.CONNECTED,
            connector_enabled=True,
        )
        for n in range(INSTANCES)
    ]
    for each in made:
        Inventory.objects.create(instance=each, finished_at=timezone.now(), workspaces_seen=1)
    return made


def _workspaces(instances: Sequence[Instance], count: int) -> dict[int, list[Workspace]]:
    """By the key of their instance; the first two instances have most of them."""
    now, found = timezone.now(), {}
    for number, instance in enumerate(instances):
        share = count * 2 // 5 if number < 2 else (count - count * 4 // 5) // (INSTANCES - 2)
        found[instance.pk] = Workspace.objects.bulk_create(
            Workspace(
                instance=instance,
                inventory=instance.inventories.first(),
                workspace_id=f"{instance.pk}-workspace-{n:05}",
                name=f"Contracts of department {n} in {number}",
                language=LANGUAGES[n % len(LANGUAGES)],
                tokenizer="ml",
                documents=10 ** (n % 5),
                seen_at=now,
                modified=now - timedelta(days=400 + n),
            )
            for n in range(share)
        )
    return found


def _models(instances: Iterable[Instance], rows: dict[int, list[Workspace]]) -> None:
    """Half of the workspaces have a deployed model."""
    now = timezone.now()
    services = []
    for n in range(SERVICES):
        service = ModelService.objects.create(address=f"https://nlu.example.com/instances/{n}")
        service.instances.set(instances)
        ModelScan.objects.create(service=service, finished_at=now)
        services.append(service)
    sources = [workspace for several in rows.values() for workspace in several[::2]]
    ServedModel.objects.bulk_create(
        ServedModel(
            service=services[n % SERVICES],
            model_id=f"model-{n}",
            workspace_id=workspace.workspace_id,
            status="available",
            first_seen=now,
            seen_at=now,
        )
        for n, workspace in enumerate(sources)
    )


def _plan(rows: Sequence[Workspace], count: int) -> Plan:
    """One of the wizard, checked like any other."""
    source = rows[0].instance
    return make_plan(
        source=source, workspaces=rows[:count], purpose="move", user=None, deletes_source=False
    )


def _ordinary_runs(rows: dict[int, list[Workspace]], count: int) -> None:
    """Backups of a few workspaces each, an hour apart; the last of them are not finished."""
    instances = list(rows)
    for number in range(count):
        of_one = rows[instances[number % len(instances)]]
        first = number * OF_A_RUN % (len(of_one) - OF_A_RUN)
        plan = Plan.objects.create(purpose="backup", source=of_one[0].instance)
        PlanItem.objects.bulk_create(
            PlanItem(plan=plan, workspace=row, name=row.name)
            for row in of_one[first : first + OF_A_RUN]
        )
        _run(plan, count - number, EVENTS // OF_A_RUN + 1)


def _run(plan: Plan, ago: int, events: int) -> Run:
    """A backup that began `ago` hours ago, with so many events of each workspace."""
    at = timezone.now() - timedelta(hours=ago)
    ended = None if ago <= OPEN else at + timedelta(minutes=30)
    run = Run.objects.create(kind="backup", plan=plan, started_at=at, finished_at=ended)
    steps = steps_for(run)
    for number, step in enumerate(steps):
        step.subject = f"{run.pk}:{number // 5}"  # several open runs have the same workspace
        _put_into_a_state(step, number // 5 + ago, at, is_over=ended is not None)
    made = Step.objects.bulk_create(steps)
    Event.objects.bulk_create(
        Event(run=run, step=step, at=at, text=f"The file was saved: {number} of {events}.")
        for step in made[::5]
        for number in range(events)
    )
    return run


def _put_into_a_state(step: Step, number: int, at: datetime, *, is_over: bool) -> None:
    step.status = "done" if is_over else STATES[number % len(STATES)]
    step.started_at = step.claimed_at = at
    step.beat_at = at if is_over else timezone.now()
    step.done, step.total, step.unit = number * 1000, 2_000_000, "bytes"
    if step.status == "waiting":
        step.needs, step.problem = "credential", "The credential is no longer accepted."
    if step.status == "failed":
        step.problem, step.finished_at = "The file is damaged.", at
    if step.status == "done":
        step.facts = {"inspection": {"counts": {"documents": 3}, "findings": FINDINGS}}
        step.warnings, step.finished_at = int(not number % 7), at


def _archives(rows: dict[int, list[Workspace]]) -> None:
    """KEPT of each workspace but every tenth, the newest as the item of a plan of the wizard."""
    now = timezone.now()
    chosen = PlanItem.objects.filter(plan__is_guided=True)
    items = dict(chosen.values_list("workspace_id", "pk"))
    facts = {"workspace": {"tokenizer": "ml"}, "types": [f"TYPE_{n}" * 4 for n in range(250)]}
    backed_up = [row for several in rows.values() for n, row in enumerate(several) if n % 10]
    Archive.objects.bulk_create(
        (
            Archive(
                file=f"{workspace.pk}-{n}.zip",
                size=100_000_000 + n,
                sha256=f"{workspace.pk * KEPT + n:064x}",
                item_id=items.get(workspace.pk) if n == KEPT - 1 else None,
                workspace=workspace,
                instance=workspace.instance,
                workspace_name=workspace.name,
                source_workspace_id=workspace.workspace_id,
                instance_name=workspace.instance.name,
                counts={"documents": 300, "mentions": 12_000},
                findings=FINDINGS,
                facts=facts,
                verified_at=now if workspace.pk % 3 else None,
            )
            for workspace in backed_up
            for n in range(KEPT)
        ),
        batch_size=200,
    )


def _audit() -> None:
    """Entries that are in their chain already."""
    at, last, entries = timezone.now() - timedelta(days=900), "", []
    begun = AuditChain.objects.filter(pk=AuditChain.THE_ONE).first()
    length, last = (begun.length, begun.head) if begun else (0, "")
    for n in range(AUDITED):
        entry = AuditEntry(
            at=at + timedelta(hours=n),
            who=f"person{n % PEOPLE}",
            action=("backup.started", "run.paused", "archive.downloaded")[n % 3],
            subject=f"run {n}",
            details={"steps": n},
            position=length + n + 1,
            previous_hash=last,
        )
        entry.hash = last = hash_of(entry)
        entries.append(entry)
    AuditEntry.objects.bulk_create(entries, batch_size=1000)
    end: dict[str, Any] = {"length": length + AUDITED, "head": last}
    AuditChain.objects.update_or_create(pk=AuditChain.THE_ONE, defaults=end)


def _people() -> None:
    User.objects.create_superuser("admin")
    for n in range(PEOPLE):
        users.add_person(user=None, name=f"person{n}", role=users.Role.OPERATOR)
