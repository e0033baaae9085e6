"""Checks of a plan: kept under their input, run again by one or all, accepted, answered."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from migrator.checks.catalogue import CATALOGUE
from migrator.errors import ServiceError
from migrator.models import (
    AnnotationTask,
    Archive,
    AuditEntry,
    CheckResult,
    Conflict,
    Deployment,
    Dictionary,
    Instance,
    InstancePerson,
    Inventory,
    Member,
    ModelVersion,
    Plan,
    PlanItem,
    TargetReading,
    Workspace,
)
from migrator.services import (
    check_answers,
    checks,
    guided_plans,
    model_scans,
    unfinished_work,
)
from migrator.services.funnel import Work, work_of
from migrator.services.model_choices import keep_source
from migrator.services.model_services import unlink_model_service
from migrator.services.people_map import map_people
from migrator.services.targets import choosing, wanted
from migrator.services.worksheets import editing, settling
from tests.scanning import scanned_service

pytestmark = pytest.mark.django_db

State = CheckResult.State


@pytest.fixture
def source(db: None) -> Instance:
    """A connected instance of which an inventory was taken."""
    instance = Instance.objects.create(
        name="Dallas",
        kind=Instance.Kind.CLOUD,
        address="https://us-south.example.com/knowledge-studio/tools/app/us-south/tenant",
        connector_enabled=True,
    )
    Inventory.objects.create(instance=instance, finished_at=timezone.now())
    scanned_service(instance)
    return instance


def seen(instance: Instance, count: int) -> list[Workspace]:
    """Workspaces that the inventory listed, each with a read-only dictionary and a member."""
    inventory = instance.inventories.get()
    rows = Workspace.objects.bulk_create(
        Workspace(
            instance=instance,
            inventory=inventory,
            workspace_id=f"w{number}",
            name=f"Claims {number}",
            language="en",
            tokenizer="ml",
            documents=12,
            rule_classes=[],
            seen_at=timezone.now() - timedelta(minutes=5),
        )
        for number in range(count)
    )
    Dictionary.objects.bulk_create(
        Dictionary(workspace=row, dictionary_id="d", name="Drugs", read_only=True, entries=3)
        for row in rows
    )
    Member.objects.bulk_create(Member(workspace=row, user_id="ann@x.org") for row in rows)
    return rows


def guided(instance: Instance, workspaces: list[Workspace], user: User, **kwargs: Any) -> Plan:
    return guided_plans.make_plan(
        source=instance, workspaces=workspaces, purpose=kwargs.pop("purpose", "move"), user=user
    )


@pytest.fixture
def plan(source: Instance, operator: User) -> Plan:
    """A plan over two workspaces; making it has checked them."""
    return guided(source, seen(source, 2), operator)


def one(plan: Plan, code: str) -> CheckResult:
    """The check's result for the first workspace."""
    return CheckResult.objects.get(item=plan.items.all()[0], code=code)


def accept(plan: Plan, user: User, *results: CheckResult, reason: str = "We have the CSV") -> int:
    shown = {result.pk: result.answer_mark for result in results}
    return check_answers.accept(plan, shown, user=user, reason=reason)


def test_making_a_plan_checks_its_workspaces(plan: Plan) -> None:
    assert one(plan, "read_only_dictionaries").items == ["Drugs"]
    counts = checks.check_states(plan)
    # Read-only and unmapped, in each of two workspaces.
    assert (counts["warning_open"], counts["workspaces"]) == (4, 2)
    assert not CheckResult.objects.filter(code__in=["lite_plan", "document_length"]).exists()


def test_a_check_whose_input_is_the_same_is_not_run_again(plan: Plan) -> None:
    before = one(plan, "work_in_progress")
    ran = checks.run_checks(plan)
    assert (ran.answered, ran.same) == ([], CheckResult.objects.count())
    after = one(plan, "work_in_progress")
    assert after.took_ms == before.took_ms
    assert after.checked_at > before.checked_at


def test_a_service_that_nobody_scanned_any_more_makes_its_models_unknown(
    plan: Plan, source: Instance
) -> None:
    assert one(plan, "deployed_models").state == State.PASSED
    service = source.model_services.get()
    checks.recheck_served_by(scanned_service(source, problem="It timed out."))
    assert one(plan, "deployed_models").state == State.COULD_NOT_CHECK
    assert "It timed out." in one(plan, "deployed_models").found
    checks.recheck_served_by(scanned_service(source))
    assert one(plan, "deployed_models").state == State.PASSED
    service.scans.update(finished_at=timezone.now() - timedelta(hours=25))
    CheckResult.objects.update(checked_at=timezone.now() - timedelta(hours=25))
    model_scans.scan_due_services()
    assert "older than 24 hours" in one(plan, "deployed_models").found
    before = one(plan, "deployed_models").checked_at
    model_scans.scan_due_services()
    assert one(plan, "deployed_models").checked_at == before


def test_a_source_without_a_linked_service_has_unknown_models(plan: Plan, source: Instance) -> None:
    unlink_model_service(source.model_services.get(), source, user=None)
    found = one(plan, "deployed_models")
    assert found.state == State.COULD_NOT_CHECK
    assert "No Natural Language Understanding instance is linked to Dallas." in found.found


def test_only_what_changed_is_run_again(plan: Plan) -> None:
    Dictionary.objects.filter(workspace=plan.items.all()[0].workspace).update(read_only=False)
    ran = checks.run_checks(plan)
    assert {row.code for row in ran.answered} == {"read_only_dictionaries", "dictionary_size"}
    assert one(plan, "read_only_dictionaries").state == State.PASSED


def test_one_check_of_one_workspace_is_run_by_itself(plan: Plan) -> None:
    items = list(plan.items.all())
    ran = checks.run_checks(plan, items=items[:1], codes=["tokenizer"], again=True)
    assert [(row.item_id, row.code) for row in ran.answered] == [(items[0].pk, "tokenizer")]
    assert CheckResult.objects.filter(item=items[1]).count() > 1


def test_what_is_not_due_any_more_is_gone(plan: Plan) -> None:
    CheckResult.objects.create(
        item=plan.items.all()[0],
        code="of an older release",
        state=State.WARNING,
        level=State.WARNING,
        source="plan",
        checked_at=timezone.now(),
    )
    plan.target = plan.source
    plan.save()
    checks.run_checks(plan)
    assert not CheckResult.objects.filter(code="of an older release").exists()
    assert CheckResult.objects.filter(code="region").count() == 2
    plan.target = None
    plan.save()
    checks.run_checks(plan)
    assert not CheckResult.objects.filter(code="region").exists()


def test_an_acceptance_lapses_visibly_when_the_input_changes(plan: Plan, operator: User) -> None:
    accept(plan, operator, one(plan, "read_only_dictionaries"))
    accepted = one(plan, "read_only_dictionaries")
    assert accepted.is_accepted
    assert (accepted.accepted_as, accepted.accepted_why) == ("operator", "We have the CSV")
    workspace = first_of(plan)
    Dictionary.objects.create(workspace=workspace, dictionary_id="e", name="Rx", read_only=True)
    checks.run_checks(plan)
    lapsed = one(plan, "read_only_dictionaries")
    assert lapsed.has_lapsed
    assert lapsed.is_open
    assert lapsed.accepted_why == "We have the CSV"
    assert checks.check_states(plan)["lapsed"] == 1


def test_an_acceptance_holds_while_the_same_is_found(plan: Plan, operator: User) -> None:
    accept(plan, operator, one(plan, "dictionary_mapping"))
    before = one(plan, "dictionary_mapping")
    # Another input: the plan maps a dictionary that this workspace does not have.
    Dictionary.objects.filter(workspace=first_of(plan)).update(read_only=False, entries=9)
    plan.target = plan.source
    plan.save()
    PlanItem.objects.filter(plan=plan).update(
        mappings=[{"dictionary": "Elsewhere", "entity_type": "DRUG"}]
    )
    checks.run_checks(plan)
    after = one(plan, "dictionary_mapping")
    assert after.fingerprint != before.fingerprint
    assert after.is_accepted
    assert after in CheckResult.objects.accepted()
    assert not CheckResult.objects.lapsed().exists()


def test_a_lapsed_acceptance_says_what_was_accepted(plan: Plan, operator: User) -> None:
    accept(plan, operator, one(plan, "read_only_dictionaries"))
    Dictionary.objects.create(
        workspace=first_of(plan), dictionary_id="e", name="Rx", read_only=True
    )
    checks.run_checks(plan)
    lapsed = one(plan, "read_only_dictionaries")
    assert lapsed.items == ["Drugs", "Rx"]
    before = lapsed.accepted_answer or {}
    assert before["named"] == ["Drugs"]
    assert before["found"].startswith("1 dictionary")


def test_what_an_earlier_release_accepted_holds_while_its_input_is_the_same(
    plan: Plan, operator: User
) -> None:
    accept(plan, operator, one(plan, "read_only_dictionaries"))
    CheckResult.objects.update(accepted_mark="", answer_mark="", accepted_answer=None)
    assert one(plan, "read_only_dictionaries").is_accepted
    checks.run_checks(plan)
    again = one(plan, "read_only_dictionaries")
    assert again.answer_mark
    assert again.is_accepted
    assert again in CheckResult.objects.accepted()


def test_an_acceptance_holds_again_when_the_input_is_as_it_was(plan: Plan, operator: User) -> None:
    accept(plan, operator, one(plan, "read_only_dictionaries"))
    rows = Dictionary.objects.filter(workspace=plan.items.all()[0].workspace)
    for name in ("Other", "Drugs"):
        rows.update(name=name)
        checks.run_checks(plan)
    assert one(plan, "read_only_dictionaries").is_accepted


def test_several_are_accepted_at_once_and_noted_in_the_audit_log(
    plan: Plan, operator: User
) -> None:
    rows = CheckResult.objects.filter(code="read_only_dictionaries")
    assert accept(plan, operator, *rows) == 2
    entry = AuditEntry.objects.get(action="checks.accepted")
    assert entry.details["codes"] == ["read_only_dictionaries"]
    assert entry.details["reason"] == "We have the CSV"
    assert checks.check_states(plan)["warning_accepted"] == 2


def test_what_changed_since_it_was_seen_is_not_accepted(plan: Plan, operator: User) -> None:
    shown = {one(plan, "read_only_dictionaries").pk: "0" * 32}
    with pytest.raises(ServiceError, match="has changed since"):
        check_answers.accept(plan, shown, user=operator, reason="Fine")
    assert not CheckResult.objects.accepted().exists()


def test_nothing_is_accepted_without_a_reason(plan: Plan, operator: User) -> None:
    with pytest.raises(ServiceError, match="with a reason only"):
        accept(plan, operator, one(plan, "read_only_dictionaries"), reason="  ")


def test_what_passed_needs_no_acceptance(plan: Plan, operator: User) -> None:
    with pytest.raises(ServiceError, match="needs no acceptance"):
        accept(plan, operator, one(plan, "rule_based_model"))


def test_a_result_of_another_plan_is_not_accepted(
    plan: Plan, source: Instance, operator: User
) -> None:
    other = guided(source, list(Workspace.objects.all()), operator)
    with pytest.raises(ServiceError, match="No workspace was chosen"):
        accept(other, operator, one(plan, "read_only_dictionaries"))


def first_of(plan: Plan) -> Workspace:
    """The first workspace of the plan."""
    workspace = plan.items.all()[0].workspace
    assert workspace is not None
    return workspace


def working(workspace: Workspace) -> None:
    AnnotationTask.objects.create(
        workspace=workspace,
        task_id="t",
        name="Autumn",
        sets=[{"id": "a", "name": "Half", "annotated": 2, "documents": 8, "state": "IN_PROGRESS"}],
    )


def test_work_in_progress_blocks_until_it_is_waived(plan: Plan, operator: User) -> None:
    working(first_of(plan))
    checks.run_checks(plan)
    assert [row.code for row in checks.blocking_of(plan)] == ["work_in_progress"]
    accept(plan, operator, one(plan, "work_in_progress"), reason="That round was a test")
    assert not checks.blocking_of(plan).exists()


def test_what_must_be_mended_cannot_be_waived(plan: Plan, operator: User) -> None:
    result = one(plan, "work_in_progress")
    CheckResult.objects.filter(pk=result.pk).update(state=State.BLOCKING, code="type_system")
    result.refresh_from_db()
    with pytest.raises(ServiceError, match="blocks and cannot be waived"):
        accept(plan, operator, result)


def test_an_acceptance_is_taken_back(plan: Plan, operator: User) -> None:
    accept(plan, operator, one(plan, "read_only_dictionaries"))
    check_answers.withdraw(plan, one(plan, "read_only_dictionaries"), user=operator)
    assert one(plan, "read_only_dictionaries").is_open
    assert not one(plan, "read_only_dictionaries").has_lapsed


def test_what_failed_to_be_read_is_unknown_and_never_passed(plan: Plan, source: Instance) -> None:
    assert one(plan, "work_in_progress").state == State.PASSED
    Inventory.objects.create(
        instance=source, finished_at=timezone.now(), problem="It did not answer."
    )
    checks.recheck_of(source)
    unknown = one(plan, "work_in_progress")
    assert unknown.state == State.COULD_NOT_CHECK
    assert "It did not answer." in unknown.found
    assert checks.check_states(plan)["could_not_check_open"] > 0


@pytest.fixture
def unseen(by_hand: Instance, workspace: Workspace, operator: User) -> Plan:
    """A plan over a workspace that only a person can see."""
    return guided(by_hand, [workspace], operator)


def test_a_persons_answer_is_kept_with_name_and_time_and_checked(
    unseen: Plan, operator: User
) -> None:
    assert one(unseen, "deployed_models").state == State.COULD_NOT_CHECK
    items = unseen.items.all()
    check_answers.say(
        unseen, "deployed_models", "yes", user=operator, items=items, names=["1.0", " "]
    )
    found = one(unseen, "deployed_models")
    # Nobody said yet whether the source will be deleted.
    assert (found.state, found.items) == (State.WARNING, ["1.0"])
    assert found.looked_at.startswith("As operator said on ")
    check_answers.say(unseen, "deployed_models", "no", user=operator, items=items)
    assert one(unseen, "deployed_models").state == State.PASSED
    assert unseen.answers.filter(key="check:deployed_models").count() == 1


def test_a_question_about_the_target_is_answered_once_for_all(
    source: Instance, by_hand: Instance, operator: User
) -> None:
    plan = guided(source, seen(source, 3), operator)
    Plan.objects.filter(pk=plan.pk).update(target=by_hand)
    plan.refresh_from_db()
    checks.run_checks(plan)
    check_answers.say(plan, "lite_plan", "yes", user=operator, items=[])
    assert {row.state for row in CheckResult.objects.filter(code="lite_plan")} == {State.WARNING}
    assert plan.answers.get(key="check:lite_plan").item is None


def test_an_answer_that_is_no_choice_is_refused(unseen: Plan, operator: User) -> None:
    for value in ("", "perhaps"):
        with pytest.raises(ServiceError, match="No answer was chosen"):
            check_answers.say(
                unseen, "deployed_models", value, user=operator, items=unseen.items.all()
            )


def test_a_plan_that_is_put_away_is_neither_checked_nor_changed(plan: Plan, operator: User) -> None:
    result = one(plan, "read_only_dictionaries")
    guided_plans.archive_plan(plan, user=operator)
    plan.refresh_from_db()
    Dictionary.objects.all().delete()
    checks.recheck(plan)
    assert one(plan, "read_only_dictionaries").state == State.WARNING
    with pytest.raises(ServiceError, match="is archived"):
        accept(plan, operator, result)


def test_a_workspace_that_left_the_plan_does_not_count(plan: Plan, operator: User) -> None:
    guided_plans.change_scope(plan, workspaces=[first_of(plan)], purpose="move", user=operator)
    assert checks.check_states(plan)["workspaces"] == 1


@pytest.mark.parametrize("forced", [False, True])
def test_facts_cost_the_same_queries_for_any_number_of_workspaces(
    source: Instance, operator: User, *, forced: bool
) -> None:
    rows = seen(source, 30)
    costs = []
    for chosen in (rows[:3], rows):
        plan = guided(source, chosen, operator)
        plan.target = source
        plan.save()
        with CaptureQueriesContext(connection) as queries:
            checks.run_checks(plan, again=forced)
        costs.append([one for one in queries if "INSERT" not in one["sql"]])
    assert len(costs[0]) == len(costs[1]) <= 30


def test_every_code_fits_its_column() -> None:
    assert max(map(len, CATALOGUE)) <= 40


def work_on(item: PlanItem) -> Work:
    """The work on one workspace, read anew."""
    found = work_of(Plan.objects.get(pk=item.plan_id))
    return next(each for each in found if each.item.pk == item.pk)


def test_work_that_is_waived_counts_in_its_own_step_and_the_other_way_round(
    plan: Plan, operator: User
) -> None:
    item = plan.items.all()[0]
    working(first_of(plan))
    checks.run_checks(plan)
    accept(plan, operator, one(plan, "work_in_progress"), reason="That round was a test")
    said, holds = unfinished_work.accepted(work_on(item))
    assert holds
    assert said is not None
    assert said.value["reason"] == "That round was a test"
    check_answers.withdraw(plan, one(plan, "work_in_progress"), user=operator)
    assert unfinished_work.accepted(work_on(item)) == (None, False)
    unfinished_work.accept_loss(work_on(item), user=operator, reason="Nobody needs it")
    assert one(plan, "work_in_progress").accepted_why == "Nobody needs it"
    unfinished_work.take_back(item, user=operator)
    assert one(plan, "work_in_progress").is_open


def test_what_was_read_of_the_target_is_looked_at(
    plan: Plan, source: Instance, operator: User
) -> None:
    archive = Archive.objects.create(
        file="a.zip",
        size=1,
        sha256="0" * 64,
        workspace=first_of(plan),
        language="en",
        counts={"documents": 12},
    )
    wanted.choose_target(plan, source, user=operator)
    assert one(plan, "unmapped_people").state == State.COULD_NOT_CHECK
    InstancePerson.objects.create(instance=source, user_id="Ann@x.org", role="Admin")
    item = plan.items.all()[0]
    wanted.send_into_existing(item, plan.items.all()[1].workspace, user=operator)  # type: ignore[arg-type]
    assert one(plan, "clashing_types").state == State.COULD_NOT_CHECK
    reading = TargetReading.objects.create(
        item=item,
        archive=archive,
        target=source,
        workspace_id=item.target_workspace_id,
        source="connector",
        finished_at=timezone.now(),
        facts={
            "workspace": {"documents": 9_995},
            "document_sets": 3,
            "plan": "Lite",
            "read": ["types"],
        },
    )
    for label, uses in (("DRUG", 4), ("DOSE", 0)):
        Conflict.objects.create(
            reading=reading,
            part="entity_type",
            state="source_only",
            key=label,
            subject=label,
            uses=uses,
            can_add=False,
        )
    checks.recheck_item(item)
    clash, room = one(plan, "clashing_types"), one(plan, "target_room")
    assert (clash.state, clash.items) == (State.BLOCKING, ["DRUG"])
    assert (room.state, room.items) == (State.BLOCKING, ["10,007 documents of 10,000"])
    # The same id alone gives nobody anything.
    assert one(plan, "unmapped_people").state == State.WARNING
    Conflict.objects.filter(reading=reading).update(state="differs", target_digest="other")
    checks.recheck_item(item)
    assert one(plan, "clashing_types").items == ["DOSE", "DRUG"]
    choosing.choose(item, Conflict.objects.filter(reading=reading), "keep", user=operator)
    assert one(plan, "clashing_types").state == State.NOTE
    Conflict.objects.filter(subject="DRUG").update(target_digest="another")
    checks.recheck_item(item)
    assert one(plan, "clashing_types").items == ["DRUG"]


def test_people_of_the_target_are_looked_at_when_they_are_mapped(
    plan: Plan, source: Instance, operator: User
) -> None:
    InstancePerson.objects.create(instance=source, user_id="kim@x.org", role="Admin")
    wanted.choose_target(plan, source, user=operator)
    [words] = one(plan, "unmapped_people").items
    assert words == "ann@x.org (by a task only): not mapped, is not in Dallas"
    map_people(plan, [("ann@x.org", "kim@x.org", "")], user=operator)
    assert one(plan, "unmapped_people").state == State.PASSED


def test_what_is_written_into_a_worksheet_is_checked(unseen: Plan, operator: User) -> None:
    assert one(unseen, "read_only_dictionaries").state == State.COULD_NOT_CHECK
    sheet = editing.worksheet_of(unseen.items.get(), "read_only")
    editing.save_row(sheet, {"dictionary": "Drugs"}, user=operator)
    noted = one(unseen, "read_only_dictionaries")
    assert (noted.state, noted.items) == (State.WARNING, ["Drugs"])
    tasks = editing.worksheet_of(unseen.items.get(), "tasks")
    settling.waive(tasks, user=operator, reason="There were none")
    assert one(unseen, "work_in_progress").state == State.PASSED


def test_a_workspace_that_stays_keeps_its_models(source: Instance, operator: User) -> None:
    rows = seen(source, 1)
    version = ModelVersion.objects.create(workspace=rows[0], kind="ml", version="1.0")
    Deployment.objects.create(version=version, model_id="10:abc")
    plan = guided_plans.make_plan(
        source=source, workspaces=rows, purpose="move", deletes_source=True, user=operator
    )
    assert one(plan, "deployed_models").state == State.BLOCKING
    keep_source(plan.items.get(), user=operator)
    assert one(plan, "deployed_models").state == State.NOTE
