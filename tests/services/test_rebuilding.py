"""Unfinished tasks are made again in the target, once, against the sandbox over real HTTP."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from migrator.errors import ServiceError
from migrator.models import Archive, Event, Instance, Plan, PlanItem, Run, Step, Worksheet
from migrator.services import queue, runs
from migrator.services.answers import answer_of
from migrator.services.drive import drive
from migrator.services.guided_plans import make_plan
from migrator.services.inventories import inventory_now
from migrator.services.people_map import map_people, people_map
from migrator.services.rebuilding import kit, starting
from migrator.services.worksheets import filling
from tests.sandbox.fixtures import RunningSandbox

pytestmark = pytest.mark.django_db(transaction=True)

Connected = dict[str, Instance]
ADMIN = "admin@example.com"
MANAGER = "project.manager@example.com"
ANNOTATORS = tuple(f"annotator.{number}@example.com" for number in (1, 2, 3))
SOON = timezone.localdate() + timedelta(days=30)


def performed(run: Run) -> None:
    """Do everything that needs no person."""
    with queue.in_process():
        drive(run)


@pytest.fixture
def plan(connected: Connected, operator: User) -> Plan:
    """A plan to copy the workspace in which annotation is going on, captured and backed up."""
    source = connected["source"]
    inventory_now(source, user=operator)
    chosen = source.workspaces.filter(name="Support tickets")
    made = make_plan(source=source, workspaces=chosen, purpose=Plan.Purpose.COPY, user=operator)
    filling.fill_plan(made, user=operator)
    with queue.in_process():
        performed(runs.start_run(plan=made, user=operator, kind="backup"))
    return made


@pytest.fixture
def item(plan: Plan, connected: Connected, operator: User) -> PlanItem:
    """Its workspace, restored into the target."""
    Plan.objects.filter(pk=plan.pk).update(target=connected["target"])
    PlanItem.objects.filter(plan=plan).update(
        archive=Archive.objects.get(), target_language="en", target_tokenizer="ml"
    )
    plan.refresh_from_db()
    with queue.in_process():
        performed(runs.start_run(plan=plan, user=operator, kind="restore"))
    found = PlanItem.objects.select_related("plan__target").get(plan=plan)
    map_people(found.plan, [(user, MANAGER, "") for user in ANNOTATORS], user=operator)
    return found


def made_again(item: PlanItem, user: User) -> Step:
    """The step, after the connector did it."""
    with queue.in_process():
        step = starting.start_rebuild(item, user=user)
        drive(step.run)
    step.refresh_from_db()
    return step


def tasks_of(sandbox: RunningSandbox) -> list[dict[str, Any]]:
    """The tasks of the restored workspace."""
    w = sandbox.workspaces("target")["Support tickets"]["id"]
    answer = sandbox.call("GET", f"/workspaces/{w}/tasks", "target")
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def warnings(step: Step) -> list[str]:
    """What the log warns of."""
    return list(step.events.filter(level=Event.Level.WARNING).values_list("text", flat=True))


def test_the_kit_moves_a_date_that_is_past(plan: Plan, operator: User) -> None:
    item = plan.items.get()
    found = kit.kit_of(item)
    assert [task.name for task in found.tasks] == ["Autumn round"]
    assert found.tasks[0].due_then is not None
    rows = Worksheet.objects.get(item=item, kind="tasks").rows.all()
    for row in rows:
        row.cells["due"] = "2026-01-31"
        row.save()
    assert kit.kit_of(item).lacks_date
    starting.choose(item, user=operator, due=SOON, base_set="", overlap=20)
    moved = kit.kit_of(PlanItem.objects.get(pk=item.pk)).tasks[0]
    assert (moved.due, moved.is_moved) == (SOON, True)
    assert {one.overlap for one in moved.sets} == {20}


@pytest.mark.parametrize(
    ("due", "overlap", "said"),
    [(timezone.localdate(), 0, "not to come"), (SOON, 101, "percentage")],
)
def test_choices_that_cannot_be_are_refused(
    due: Any, overlap: int, said: str, by_hand: Instance, operator: User
) -> None:
    item = PlanItem.objects.create(
        plan=Plan.objects.create(purpose="copy", source=by_hand), name="x"
    )
    with pytest.raises(ServiceError, match=said):
        starting.choose(item, user=operator, due=due, base_set="", overlap=overlap)


def test_nothing_is_made_before_the_documents_are_there(plan: Plan, operator: User) -> None:
    item = plan.items.get()
    starting.choose(item, user=operator, due=SOON, base_set="", overlap=0)
    with pytest.raises(ServiceError, match="served by hand"):
        starting.start_rebuild(item, user=operator)


def test_the_tasks_are_made_once(
    item: PlanItem, operator: User, sandbox: RunningSandbox, connected: Connected
) -> None:
    starting.choose(item, user=operator, due=SOON, base_set="", overlap=50)
    step = made_again(item, operator)
    assert (step.status, step.outcome) == ("done", "created"), (step.problem, warnings(step))
    (task,) = tasks_of(sandbox)
    assert task["name"] == "Autumn round"
    assert {one["annotator"] for one in task["sets"]} == {MANAGER}
    assert len(task["sets"]) == kit.kit_of(item).set_count
    run = Run.objects.with_state().get(pk=step.run_id)
    assert run.finished_at is not None
    again = made_again(item, operator)
    assert (again.outcome, len(tasks_of(sandbox))) == ("identical", 1)
    step.refresh_from_db()
    assert step.superseded_at is not None


def test_a_lost_answer_makes_nothing_twice(
    item: PlanItem, operator: User, sandbox: RunningSandbox
) -> None:
    starting.choose(item, user=operator, due=SOON, base_set="", overlap=0)
    sandbox.fault("reset", path="/tasks", method="POST", count=1, after=True)
    sandbox.fault("reset", path="/annotationsets", method="POST", count=1, after=True)
    step = made_again(item, operator)
    assert (step.status, step.outcome) == ("done", "created"), step.problem
    assert len(tasks_of(sandbox)) == 1
    assert len(sandbox.called("/annotationsets")) == 1
    w = sandbox.workspaces("target")["Support tickets"]["id"]
    sets = sandbox.call("GET", f"/workspaces/{w}/documentsets", "target").json()["items"]
    drawn = [one["name"] for one in sets if one["annotator"] == MANAGER]
    assert len(drawn) == kit.kit_of(item).set_count
    assert not step.ledger.filter(target_id="").exists()


def test_somebody_who_is_not_there_is_told_and_left_out(
    item: PlanItem, operator: User, sandbox: RunningSandbox
) -> None:
    map_people(item.plan, [(ANNOTATORS[0], "stranger@example.com", "")], user=operator)
    starting.choose(item, user=operator, due=SOON, base_set="", overlap=0)
    step = made_again(item, operator)
    (task,) = tasks_of(sandbox)
    assert len(task["sets"]) < kit.kit_of(item).set_count
    assert any("no user of the target" in said for said in warnings(step))


def test_a_base_set_that_is_not_there_is_told_and_no_task_is_made(
    item: PlanItem, operator: User, sandbox: RunningSandbox
) -> None:
    starting.choose(item, user=operator, due=SOON, base_set="No such set", overlap=0)
    step = made_again(item, operator)
    assert (step.status, step.facts["outcomes"]) == ("done", {"cannot": 1})
    assert tasks_of(sandbox) == []
    assert any("base set No such set" in said for said in warnings(step))


def test_what_was_looked_at_is_what_is_done(item: PlanItem, operator: User) -> None:
    starting.choose(item, user=operator, due=SOON, base_set="", overlap=0)
    with queue.in_process():
        step = starting.start_rebuild(item, user=operator)
        with pytest.raises(ServiceError, match="being made already"):
            starting.start_rebuild(item, user=operator)
        map_people(item.plan, [(user, ADMIN, "") for user in ANNOTATORS], user=operator)
        drive(step.run)
    step.refresh_from_db()
    assert {one["annotator"] for one in step.facts["rebuild"][0]["sets"]} == {MANAGER}


def test_a_person_says_that_it_is_done_or_not_needed(plan: Plan, operator: User) -> None:
    item = plan.items.get()
    with pytest.raises(ServiceError, match="with a reason"):
        starting.say_done(item, user=operator, note="", is_needed=False)
    starting.say_done(item, user=operator, note="Nobody annotates any more.", is_needed=False)
    answer = answer_of(Plan.objects.get(pk=plan.pk), starting.DONE, item)
    assert answer is not None
    assert answer.value["is_needed"] is False


def test_the_people_of_a_workspace_are_who_its_worksheets_name(item: PlanItem) -> None:
    choices = {choice.person.user: choice for choice in people_map(item)}
    assert {ADMIN, *ANNOTATORS} <= choices.keys()
    assert choices[ANNOTATORS[0]].target_user == MANAGER
    assert choices[ANNOTATORS[0]].is_decided
    assert not choices[ADMIN].is_decided
