"""Guided plans: scope, answers that go out of date, copies, plans put away, the loss list."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from migrator.errors import ServiceError
from migrator.models import (
    AnnotationTask,
    AuditEntry,
    Deployment,
    Dictionary,
    DocumentSet,
    Instance,
    Inventory,
    Member,
    ModelVersion,
    Plan,
    PlanItem,
    Worksheet,
    WorksheetRow,
    Workspace,
)
from migrator.services import guided_plans, queue, runs
from migrator.services.answers import answer_of, give_answer, holds
from migrator.services.check_answers import say
from migrator.services.guided_plans import make_plan
from migrator.services.plan_losses import Note, PlanLoss, deal_with, losses_of, unknown_of

pytestmark = pytest.mark.django_db(transaction=True)

Make = Callable[[int], Workspace]


@pytest.fixture
def make(by_hand: Instance) -> Make:
    """Makes workspaces that an inventory saw."""
    inventory = Inventory.objects.create(instance=by_hand)

    def make_one(number: int) -> Workspace:
        return Workspace.objects.create(
            instance=by_hand,
            inventory=inventory,
            workspace_id=f"w{number}",
            name=f"Workspace {number}",
            language="en",
            seen_at=timezone.now(),
        )

    return make_one


@pytest.fixture
def guided(by_hand: Instance, make: Make, operator: User) -> Plan:
    """A plan to move two workspaces."""
    return guided_plans.make_plan(
        source=by_hand, workspaces=[make(1), make(2)], purpose="move", user=operator
    )


def change(plan: Plan, user: User, workspaces: list[Workspace], **said: object) -> None:
    """Change the scope, and leave alone what is not said."""
    kept = {"purpose": plan.purpose, "deletes_source": plan.deletes_source, "name": plan.name}
    guided_plans.change_scope(
        plan,
        workspaces=workspaces,
        user=user,
        **{**kept, **said},  # type: ignore[arg-type]
    )


def workspaces_of(plan: Plan) -> list[Workspace]:
    """Those chosen now."""
    return [item.workspace for item in plan.items.all() if item.workspace]


def test_an_answer_for_one_workspace_holds_when_another_joins(
    guided: Plan, make: Make, operator: User
) -> None:
    item = guided.items.first()
    assert item is not None
    give_answer(guided, "work", {"accepted": True}, user=operator, item=item)
    give_answer(guided, "people", {"mapped": 3}, user=operator)
    change(guided, operator, [*workspaces_of(guided), make(3)])
    plan = Plan.objects.get(pk=guided.pk)
    assert holds(answer_of(plan, "work", item), item)
    assert answer_of(plan, "people") is not None
    assert not holds(answer_of(plan, "people"))


def test_an_answer_is_current_again_when_the_scope_is_as_it_was(
    guided: Plan, make: Make, operator: User
) -> None:
    give_answer(guided, "people", {"mapped": 3}, user=operator)
    before = workspaces_of(guided)
    change(guided, operator, before[:1])
    assert not holds(answer_of(Plan.objects.get(pk=guided.pk), "people"))
    change(guided, operator, before)
    assert holds(answer_of(Plan.objects.get(pk=guided.pk), "people"))


def test_an_answer_goes_out_of_date_with_the_numbers_it_was_given_for(
    guided: Plan, operator: User
) -> None:
    answer = give_answer(guided, "work", True, user=operator, inputs={"at risk": 3})
    assert holds(answer, inputs={"at risk": 3})
    assert not holds(answer, inputs={"at risk": 4})


def test_an_answer_given_again_takes_the_place_of_the_first(guided: Plan, operator: User) -> None:
    give_answer(guided, "people", 1, user=operator)
    give_answer(guided, "people", 2, user=operator)
    assert [answer.value for answer in guided.answers.all()] == [2]


def test_whether_the_source_goes_touches_the_answers_to_its_workspaces(
    guided: Plan, operator: User
) -> None:
    item = guided.items.first()
    answer = give_answer(guided, "models", "keep", user=operator, item=item)
    change(guided, operator, workspaces_of(guided), deletes_source=True)
    answer.refresh_from_db()
    assert not holds(answer, item)


def test_a_workspace_that_a_run_works_on_stays_in_the_plan(guided: Plan, operator: User) -> None:
    with queue.in_process():
        runs.start_run(plan=guided, user=operator, kind="backup")
    with pytest.raises(ServiceError, match="A run works on Workspace"):
        change(guided, operator, workspaces_of(guided)[:1])
    assert guided.items.count() == 2


def test_a_plan_without_a_workspace_is_refused(guided: Plan, operator: User) -> None:
    with pytest.raises(ServiceError, match="No workspace was chosen"):
        change(guided, operator, [])


def test_a_copy_has_the_scope_and_none_of_the_answers(guided: Plan, operator: User) -> None:
    give_answer(guided, "people", 1, user=operator)
    copy = guided_plans.copy_plan(guided, user=operator)
    copy.refresh_from_db()
    assert (copy.copied_from, copy.name) == (guided, "Copy of Move 2 workspaces")
    assert workspaces_of(copy) == workspaces_of(guided)
    assert not copy.answers.exists()


def test_a_copy_leaves_out_what_is_gone(guided: Plan, operator: User) -> None:
    gone = workspaces_of(guided)[0]
    Workspace.objects.filter(pk=gone.pk).update(gone_at=timezone.now())
    copy = guided_plans.copy_plan(guided, user=operator)
    assert gone not in workspaces_of(copy)


def test_a_plan_that_is_put_away_changes_only_after_it_was_taken_out(
    guided: Plan, operator: User
) -> None:
    guided_plans.archive_plan(guided, user=operator)
    guided.refresh_from_db()
    with pytest.raises(ServiceError, match="is archived"):
        change(guided, operator, workspaces_of(guided), purpose="copy")
    guided_plans.unarchive_plan(guided, user=operator)
    guided.refresh_from_db()
    change(guided, operator, workspaces_of(guided), purpose="copy")
    assert guided.purpose == "copy"


def test_the_source_of_a_copy_stays(guided: Plan, operator: User) -> None:
    change(guided, operator, workspaces_of(guided), purpose="copy")
    assert guided.deletes_source is False, "nobody has to say so"
    with pytest.raises(ServiceError, match="A copy leaves its source in use"):
        change(guided, operator, workspaces_of(guided), deletes_source=True)


def test_a_plan_with_a_run_under_way_is_not_put_away(guided: Plan, operator: User) -> None:
    with queue.in_process():
        runs.start_run(plan=guided, user=operator, kind="backup")
    with pytest.raises(ServiceError, match="is not finished"):
        guided_plans.archive_plan(guided, user=operator)


def test_a_backup_of_a_guided_plan_is_run_again_within_the_plan(
    guided: Plan, operator: User
) -> None:
    with queue.in_process():
        first = runs.start_run(plan=guided, user=operator, kind="backup")
        runs.cancel_run(first, user=operator)
        again = runs.run_again(first, user=operator)
    assert again.plan == guided
    assert Plan.objects.count() == 1


def everything_is_lost(workspace: Workspace) -> None:
    """One of everything that no download holds, and beside it what a download does hold."""
    Dictionary.objects.create(
        workspace=workspace,
        dictionary_id="d1",
        name="Harbours",
        read_only=True,
        entity_type="Place",
    )
    Workspace.objects.filter(pk=workspace.pk).update(rule_classes=["Berth"])
    Dictionary.objects.create(workspace=workspace, dictionary_id="d2", name="Editable")
    AnnotationTask.objects.create(
        workspace=workspace, task_id="t1", name="Spring", state="IN_PROGRESS"
    )
    version = ModelVersion.objects.create(workspace=workspace, kind="ml", version="1.0")
    Deployment.objects.create(version=version, service="nlu", model_id="m1")
    for number in range(3):
        Member.objects.create(workspace=workspace, user_id=f"u{number}", role="annotator")
    DocumentSet.objects.create(
        workspace=workspace, set_id="s1", name="Letters", type="document", preannotated=True
    )
    DocumentSet.objects.create(
        workspace=workspace,
        set_id="s2",
        name="Round one",
        type="annotation",
        annotator="Ann",
        in_ground_truth=False,
    )


def test_the_loss_list_names_everything_that_stays_behind_in_one_query(guided: Plan) -> None:
    first, second = workspaces_of(guided)
    everything_is_lost(first)
    everything_is_lost(second)
    plan = Plan.objects.prefetch_related("items__workspace").get(pk=guided.pk)
    with CaptureQueriesContext(connection) as queries:
        losses = losses_of(plan)
    assert len(queries) == 1
    of_first = {
        loss.kind: (loss.name, loss.note) for loss in losses if loss.item.name == str(first)
    }
    assert of_first == {
        "dictionary": ("Harbours", ""),
        "mapping": ("Harbours", "Place"),
        "rules": ("Berth", "Class"),
        "task": ("Spring", "in progress"),
        "model": ("Machine learning 1.0", "deployed 1×"),
        "roles": ("3 people with a role", ""),
        "preannotated": ("Letters", ""),
        "drafts": ("Round one", "Ann"),
    }
    assert len(losses) == 16
    assert unknown_of(plan) == []


def test_what_nobody_looked_into_is_unknown_and_not_nothing(
    guided: Plan, workspace: Workspace, operator: User
) -> None:
    change(guided, operator, [*workspaces_of(guided), workspace])
    unknown = {one.item.name: one for one in unknown_of(guided)}
    assert unknown["Claims"].is_all
    rules = "Rules, classes and regular expressions"
    others = [one.what for name, one in unknown.items() if name != "Claims"]
    assert others == [[rules], [rules]], "an instance need not tell of them"


def test_a_loss_keeps_its_owner_and_its_tick(guided: Plan, operator: User) -> None:
    everything_is_lost(workspaces_of(guided)[0])
    item = guided.items.first()
    assert item is not None
    note = Note(item.pk, "t1", "Ann", done=True)
    assert deal_with(guided, "task", notes=[note], user=operator) == 1
    assert deal_with(guided, "task", notes=[note], user=operator) == 0
    loss = next(loss for loss in losses_of(guided) if loss.kind == "task")
    assert (loss.owner, loss.is_dealt_with) == ("Ann", True)
    assert AuditEntry.objects.filter(action="losses.noted").count() == 1


def test_what_a_settled_worksheet_holds_is_dealt_with(guided: Plan) -> None:
    everything_is_lost(workspaces_of(guided)[0])
    item = guided.items.first()
    assert item is not None
    sheet = Worksheet.objects.create(item=item, kind="read_only", state="complete")
    dealt_with = {loss.kind for loss in losses_of(guided) if loss.is_dealt_with}
    assert dealt_with == {"dictionary"}
    assert losses_by_kind(guided)["dictionary"].fate == "Written down"
    Worksheet.objects.filter(pk=sheet.pk).update(state="open")
    assert not any(loss.is_dealt_with for loss in losses_of(guided))


def losses_by_kind(plan: Plan) -> dict[str, PlanLoss]:
    """One loss of each kind."""
    return {loss.kind: loss for loss in losses_of(plan)}


def test_a_loss_says_whether_it_is_done_or_waived_or_only_written_down(
    guided: Plan, operator: User
) -> None:
    everything_is_lost(workspaces_of(guided)[0])
    item: PlanItem = guided.items.all()[0]
    assert losses_by_kind(guided)["task"].fate == ""
    sheet = Worksheet.objects.create(item=item, kind="tasks", state="complete")
    assert losses_by_kind(guided)["task"].fate == "Written down, not restored"
    Worksheet.objects.filter(pk=sheet.pk).update(state="waived", stated_by_name="Ann")
    assert losses_by_kind(guided)["task"].fate == "Waived by Ann"
    deal_with(guided, "task", notes=[Note(item.pk, "t1", "", done=True)], user=operator)
    assert losses_by_kind(guided)["task"].fate == "Done, said by operator"


def test_by_hand_the_loss_list_is_made_of_worksheets_and_answers(
    workspace: Workspace, operator: User
) -> None:
    plan = make_plan(
        source=workspace.instance, workspaces=[workspace], purpose="move", user=operator
    )
    item = plan.items.get()
    assert (losses_of(plan), [one.is_all for one in unknown_of(plan)]) == ([], [True])
    lines = {
        "tasks": [{"task": "Spring", "set": "Round one", "annotator": "Ann"}],
        "read_only": [{"dictionary": "Harbours", "entity_type": "Place"}],
        "roles": [{"user": "ann", "role": "Admin"}, {"user": "ben", "role": "Admin"}],
        "mappings": [{"dictionary": "Harbours", "entity_type": "Place"}],
        "rules": [{"sort": "Regular expression", "name": "Berth number"}],
    }
    for kind, cells in lines.items():
        sheet = Worksheet.objects.create(item=item, kind=kind)
        WorksheetRow.objects.bulk_create(
            WorksheetRow(worksheet=sheet, cells=each) for each in cells
        )
    say(plan, "obscured_documents", "no", user=operator, items=[item])
    say(plan, "deployed_models", "yes", user=operator, items=[item], names=["ML 1.2"])
    with CaptureQueriesContext(connection) as queries:
        found = losses_of(Plan.objects.prefetch_related("items__workspace").get(pk=plan.pk))
    assert len(queries) == 4, "the plan, its items, their workspaces, and one for all losses"
    assert {loss.kind: (loss.name, loss.note) for loss in found} == {
        "task": ("Spring", "round one"),
        "dictionary": ("Harbours", ""),
        "roles": ("2 people with a role", ""),
        "mapping": ("Harbours", "Place"),
        "rules": ("Berth number", "Regular expression"),
        "model": ("ML 1.2", ""),
    }
    assert unknown_of(plan) == []
    note = Note(item.pk, "Spring/Round one", "Ann", done=True)
    assert deal_with(plan, "task", notes=[note], user=operator) == 1


def test_what_is_not_on_the_list_is_not_noted(guided: Plan, operator: User) -> None:
    item: PlanItem = guided.items.all()[0]
    stranger = Note(item.pk, "no such task", "Ann", done=True)
    assert deal_with(guided, "task", notes=[stranger], user=operator) == 0
    with pytest.raises(ServiceError, match="not on the loss list"):
        deal_with(guided, "moon", notes=[stranger], user=operator)
