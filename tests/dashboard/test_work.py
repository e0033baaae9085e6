"""The step of unfinished work: the funnel, who holds what, and what is accepted in writing."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dashboard.wizard import load_plan
from migrator.models import (
    AnnotationTask,
    Archive,
    Instance,
    Inventory,
    Plan,
    PlanItem,
    Worksheet,
    Workspace,
)
from migrator.models.work_progress import work_state
from migrator.services.funnel import work_of
from migrator.services.guided_plans import make_plan
from migrator.services.plans import add_workspace_by_hand
from migrator.services.worksheets import editing, settling

pytestmark = pytest.mark.django_db(transaction=True)

SignedIn = Callable[[User], Client]


@pytest.fixture
def seen(guided: Plan, by_hand: Instance) -> Workspace:
    """The plan's workspace, as if an inventory had looked at it."""
    workspace = guided.items.get().workspace
    assert workspace is not None
    workspace.inventory = Inventory.objects.create(instance=by_hand, finished_at=timezone.now())
    workspace.save()
    return workspace


def task(workspace: Workspace, name: str, state: str, *sets: tuple[str, int, int, str]) -> None:
    """A task over sets of (annotator, documents, annotated, state)."""
    AnnotationTask.objects.create(
        workspace=workspace,
        task_id=name,
        name=name,
        state=state,
        sets=[
            {
                "id": f"{name}-{number}",
                "name": f"{name} {number}",
                "annotator": annotator,
                "documents": documents,
                "annotated": annotated,
                "state": state_of_set,
            }
            for number, (annotator, documents, annotated, state_of_set) in enumerate(sets)
        ],
    )


@pytest.fixture
def working(seen: Workspace) -> Workspace:
    """A finished task, and one in which one set is under way and one handed in."""
    task(seen, "Spring", "COMPLETED", ("ann", 10, 10, "COMPLETED"))
    task(seen, "Autumn", "IN_PROGRESS", ("ann", 20, 8, "IN_PROGRESS"), ("bob", 5, 5, "SUBMITTED"))
    return seen


def test_the_funnel_gets_narrower(guided: Plan, working: Workspace) -> None:
    (work,) = work_of(guided)
    assert (work.assigned, work.annotated, work.adjudicated, work.promoted) == (35, 23, 10, 10)
    assert work.at_risk == 13
    assert work.mentions_at_risk is None


def test_the_mentions_at_risk_follow_from_the_last_backup(
    guided: Plan, working: Workspace, by_hand: Instance
) -> None:
    for number, mentions in enumerate((10, 300)):
        Archive.objects.create(
            file=f"a{number}",
            size=1,
            sha256=str(number),
            workspace=working,
            workspace_name="x",
            source_workspace_id="x",
            counts={"mentions": mentions, "documents": 10},
        )
    (work,) = work_of(guided)
    assert work.mentions_at_risk == 13 * 30


def test_the_page_shows_who_holds_what(
    guided: Plan, working: Workspace, viewer: User, signed_in: SignedIn
) -> None:
    answer = signed_in(viewer).get(reverse("plan-work", args=[guided.pk]))
    held = [(one.annotator, one.name) for _, one in answer.context["held"].object_list]
    assert held == [("ann", "Autumn 0"), ("bob", "Autumn 1")]
    assert "13 annotated documents would not be in the backup." in answer.content.decode()
    assert "Accept in my name" not in answer.content.decode()


def state(plan: Plan) -> tuple[str, str]:
    """Status and summary of the step."""
    found = work_state(load_plan(plan.pk))
    return found.status, found.summary


def test_the_loss_is_accepted_in_writing_and_asked_again_when_work_goes_on(
    guided: Plan, working: Workspace, operator: User, signed_in: SignedIn
) -> None:
    assert state(guided) == ("needs_you", "1 workspace has unfinished work")
    client = signed_in(operator)
    address = reverse("plan-work-accept", args=[guided.pk, guided.items.get().pk])
    client.post(address, {"reason": " "})
    assert state(guided)[0] == "needs_you"
    client.post(address, {"reason": "The letters are obsolete."})
    assert state(guided) == ("done", "Accepted in writing")
    page = reverse("plan-work", args=[guided.pk])
    assert _word(client, page) == "Accepted in writing"
    found = AnnotationTask.objects.get(name="Autumn")
    found.sets[0]["annotated"] = 12
    found.save()
    Workspace.objects.update(modified=timezone.now())
    assert _word(client, page) == "Accepted, then changed"
    assert state(guided)[0] == "out_of_date"
    client.post(address, {"take_back": "yes"})
    assert state(guided)[0] == "needs_you"


@pytest.fixture
def crowd(by_hand: Instance, operator: User) -> Plan:
    """A plan over two workspaces that only a person sees."""
    names = ("Letters", "Mails")
    rows = [
        add_workspace_by_hand(instance=by_hand, user=operator, name=name, language="en")
        for name in names
    ]
    return make_plan(source=by_hand, workspaces=rows, purpose="backup", user=operator)


def test_the_loss_of_all_open_workspaces_is_accepted_at_once(
    crowd: Plan, operator: User, signed_in: SignedIn
) -> None:
    client, page = signed_in(operator), reverse("plan-work", args=[crowd.pk])
    address = reverse("plan-work-accept-all", args=[crowd.pk])
    assert address in client.get(page).content.decode()
    client.post(address, {"reason": ""})
    assert state(crowd)[0] == "needs_you"
    client.post(address, {"reason": "They are annotated anew."})
    assert state(crowd) == ("done", "Accepted in writing")
    assert address not in client.get(page).content.decode()
    reasons = {
        answer.value["reason"] for item in crowd.items.all() for answer in item.answers.all()
    }
    assert reasons == {"They are annotated anew."}


def _word(client: Client, page: str) -> str:
    word: str = client.get(page).context["rows"][0][1].word
    return word


def test_nothing_left_is_done(guided: Plan, seen: Workspace) -> None:
    task(seen, "Spring", "Completed", ("ann", 10, 10, "COMPLETED"))
    assert state(guided) == ("done", "Nothing left to finish")


def test_what_nobody_looked_at_is_not_nothing(
    guided: Plan, operator: User, signed_in: SignedIn
) -> None:
    assert state(guided) == ("needs_you", "1 workspace not looked at")
    page = reverse("plan-work", args=[guided.pk])
    assert _word(signed_in(operator), page) == "Not looked at"
    sheet = editing.worksheet_of(guided.items.get(), Worksheet.Kind.TASKS)
    cells = {"task": "Autumn", "set": "A", "annotator": "ann", "documents": "9", "annotated": "4"}
    row = editing.save_row(sheet, cells, user=operator)
    assert state(guided) == ("needs_you", "1 workspace has unfinished work")
    assert work_of(guided)[0].at_risk == 4
    editing.save_row(sheet, {"state": "completed"}, user=operator, row=row)
    assert state(guided) == ("done", "Nothing left to finish")
    editing.remove_row(row, user=operator)
    settling.complete(sheet, user=operator)
    assert state(guided) == ("done", "Nothing left to finish")


def test_twenty_workspaces_cost_no_more_queries(
    guided: Plan, by_hand: Instance, operator: User, signed_in: SignedIn
) -> None:
    inventory = Inventory.objects.create(instance=by_hand, finished_at=timezone.now())
    for number in range(20):
        workspace = Workspace.objects.create(
            instance=by_hand,
            inventory=inventory,
            workspace_id=f"w{number}",
            name=f"W {number}",
            language="en",
            seen_at=timezone.now(),
        )
        PlanItem.objects.create(plan=guided, workspace=workspace, name=workspace.name)
        sets: list[Any] = [("ann", 20, 8, "IN_PROGRESS"), ("bob", 5, 5, "SUBMITTED")]
        task(workspace, f"Task {number}", "IN_PROGRESS", *sets)
    client = signed_in(operator)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(reverse("plan-work", args=[guided.pk])).status_code == 200
    assert len(queries) <= 12


def test_the_source_is_read_again_from_the_step_and_what_somebody_types_stays(
    working: Workspace, guided: Plan, operator: User, signed_in: SignedIn
) -> None:
    Instance.objects.filter(pk=working.instance_id).update(
        kind=Instance.Kind.CLOUD, connector_enabled=True
    )
    client = signed_in(operator)
    page = reverse("plan-work", args=[guided.pk])
    assert "Read Dallas again" in client.get(page).content.decode()
    answer = client.post(reverse("plan-assess-read", args=[guided.pk]), {"next": page})
    assert answer.headers["Location"] == page
    reading = Inventory.objects.get(finished_at=None)
    text = client.get(page).content.decode()
    assert 'hx-trigger="every 2s"' in text
    assert "Look again</a>" in text
    part = {"HX-Request": "true"}
    assert client.get(page, headers=part).status_code == 204
    Inventory.objects.filter(pk=reading.pk).update(finished_at=timezone.now())
    told = client.get(page, headers=part).content.decode()
    assert "The source was read again." in told
    assert "hx-get" not in told
    assert "<textarea" not in told
