"""A page asks the database at most twelve times, however long its list is."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dashboard import wizard
from migrator.models import (
    Archive,
    Deployment,
    Difference,
    Event,
    Instance,
    ModelVersion,
    Plan,
    PlanItem,
    Run,
    Step,
    Verification,
    Workspace,
)
from migrator.services.guided_plans import make_plan

pytestmark = pytest.mark.django_db(transaction=True)

MOST = 12


@pytest.fixture
def many(by_hand: Instance, operator: User) -> dict[str, Any]:
    """Sixty of everything that pages list."""
    now = timezone.now()
    for number in range(5):
        Instance.objects.create(name=f"Instance {number}", kind=Instance.Kind.BY_HAND)
    workspaces = Workspace.objects.bulk_create(
        Workspace(
            instance=by_hand,
            workspace_id=f"w{n}",
            name=f"Workspace {n}",
            language="en",
            seen_at=now,
        )
        for n in range(60)
    )
    _trained(workspaces[0])
    archives = Archive.objects.bulk_create(
        Archive(
            file=f"a{n}.zip",
            size=1000,
            sha256=f"{n:064x}",
            workspace=workspaces[n],
            instance=by_hand,
            workspace_name=f"Workspace {n}",
            source_workspace_id=f"w{n}",
            counts={"documents": 3},
            facts={"workspace": {"tokenizer": "ml"}},
            verified_at=now,
        )
        for n in range(60)
    )
    runs = [_run(by_hand, operator, workspaces[n]) for n in range(60)]
    big = runs[0]
    items = PlanItem.objects.bulk_create(
        PlanItem(plan=big.plan, workspace=workspaces[n], name=f"Workspace {n}") for n in range(60)
    )
    for item in items:
        _steps(big, item)
    Event.objects.bulk_create(Event(run=big, text=f"line {n}") for n in range(200))
    return {"run": big, "proof": _proof(big, items[0], archives[0]), "archive": archives[0]}


def _trained(workspace: Workspace) -> None:
    """Many versions, each deployed."""
    for number in range(20):
        version = ModelVersion.objects.create(workspace=workspace, kind="ml", version=f"1.{number}")
        Deployment.objects.create(version=version, service="nlu", model_id=f"model-{number}")


def _run(instance: Instance, user: User, workspace: Workspace) -> Run:
    plan = Plan.objects.create(purpose=Plan.Purpose.BACKUP, source=instance)
    item = PlanItem.objects.create(plan=plan, workspace=workspace, name=workspace.name)
    run = Run.objects.create(kind=Run.Kind.BACKUP, plan=plan, started_by=user)
    _steps(run, item)
    return run


def _steps(run: Run, item: PlanItem) -> None:
    kinds = [("facts", 0), ("types", 1), ("dictionaries", 1), ("documents", 2), ("seal", 3)]
    Step.objects.bulk_create(
        Step(
            run=run,
            item=item,
            kind=kind,
            stage=stage,
            performer="person" if kind != "facts" else "product",
            subject=f"{run.pk}:{item.pk}",
            status="done" if stage == 0 else "waiting" if stage == 1 else "pending",
            needs="file" if stage == 1 else "",
            problem="Bring the file." if stage == 1 else "",
        )
        for kind, stage in kinds
    )


def _proof(run: Run, item: PlanItem, archive: Archive) -> Verification:
    proof = Verification.objects.create(
        run=run,
        item=item,
        archive=archive,
        state=Verification.State.DIFFERENCES,
        compared={"documents": [3, 2]},
        totals={"missing_document": 120},
    )
    Difference.objects.bulk_create(
        Difference(verification=proof, kind="missing_document", part="documents", subject=f"d{n}")
        for n in range(120)
    )
    return proof


def asked(client: Client, address: str) -> int:
    """How many queries the page needs."""
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


@pytest.mark.parametrize(
    "name",
    [
        "home",
        "instance-list",
        "workspace-list",
        "run-list",
        "archive-list",
        "backup-start",
        "people-list",
        "people-against",
        "report-list",
    ],
)
def test_a_list_needs_few_queries(
    name: str, many: dict[str, Any], operator: User, signed_in: Callable[[User], Client]
) -> None:
    assert asked(signed_in(operator), reverse(name)) <= MOST


def test_a_detail_page_needs_few_queries(
    many: dict[str, Any], operator: User, by_hand: Instance, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(operator)
    workspace = Workspace.objects.first()
    assert workspace is not None
    pages = {
        "instance-detail": by_hand.pk,
        "workspace-detail": workspace.pk,
        "workspace-history": workspace.pk,
        "archive-detail": many["archive"].pk,
        "archive-compare": many["archive"].pk,
        "verification-detail": many["proof"].pk,
        "run-detail": many["run"].pk,
        "run-log": many["run"].pk,
        "backup-new": by_hand.pk,
    }
    counts = {name: asked(client, reverse(name, args=[pk])) for name, pk in pages.items()}
    Plan.objects.filter(pk=many["run"].plan_id).update(is_guided=True)
    counts["run of a plan"] = asked(client, reverse("run-detail", args=[many["run"].pk]))
    assert {name: n for name, n in counts.items() if n > MOST} == {}


STEPS = [step.url_name for step in wizard.STEPS]


@pytest.mark.parametrize(
    "name", ["plan-detail", "plan-losses", "plan-retrain", "plan-kits", *STEPS]
)
def test_a_page_of_a_plan_costs_the_same_for_one_workspace_and_for_sixty(
    name: str, many: dict[str, Any], operator: User, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(operator)
    small, large = (_guided(many["run"].plan.source, count) for count in (1, 60))
    few = asked(client, reverse(name, args=[small.pk]))
    assert asked(client, reverse(name, args=[large.pk])) == few
    assert few <= MOST


def test_the_list_of_plans_costs_the_same_for_one_and_for_many(
    many: dict[str, Any], operator: User, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(operator)
    _guided(many["run"].plan.source, 1)
    few = asked(client, reverse("plan-list"))
    for _ in range(20):
        _guided(many["run"].plan.source, 3)
    assert asked(client, reverse("plan-list")) == few
    assert few <= MOST


def _guided(instance: Instance, count: int) -> Plan:
    workspaces = Workspace.objects.filter(instance=instance).order_by("pk")[:count]
    return make_plan(source=instance, workspaces=workspaces, purpose="move", user=None)


def test_an_unchanged_run_costs_less_than_half_a_page(
    many: dict[str, Any], operator: User, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(operator)
    address = reverse("run-detail", args=[many["run"].pk])
    mark = client.get(address).context["view"].mark
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(address, {"seen": mark}, headers={"HX-Request": "true"})
    assert answer.status_code == 204
    assert len(queries) <= 5
