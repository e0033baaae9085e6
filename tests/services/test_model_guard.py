"""The safe-to-delete gate: green only where everything is known to hold, and signed by name."""

import hashlib
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from migrator.errors import ServiceError
from migrator.models import (
    AnnotationTask,
    Archive,
    CheckResult,
    Instance,
    Inventory,
    ModelScan,
    ModelService,
    Plan,
    PlanItem,
    Receipt,
    ServedModel,
    Verification,
    Worksheet,
    Workspace,
)
from migrator.models.audit import AppendOnly
from migrator.services import queue, receipts, runs
from migrator.services.check_answers import accept
from migrator.services.checks import results_of, run_checks
from migrator.services.drive import drive
from migrator.services.inventories import inventory_now
from migrator.services.model_choices import decide
from migrator.services.model_guard import Gate, gate_of
from migrator.services.model_scans import scan_now
from migrator.services.plan_losses import Note, deal_with, losses_of
from migrator.services.worksheets.filling import prepare

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def item(connected: dict[str, Instance], nlu: dict[str, ModelService], operator: User) -> PlanItem:
    """A workspace that was backed up by a plan that deletes it, without deployed models."""
    source = connected["source"]
    inventory_now(source, user=operator)
    scan_now(nlu["source"], user=operator)
    plan = Plan.objects.create(
        purpose=Plan.Purpose.BACKUP, is_guided=True, deletes_source=True, source=source, name="Go"
    )
    workspace = source.workspaces.get(name="News")
    made = PlanItem.objects.create(plan=plan, workspace=workspace, name="News")
    with queue.in_process():
        drive(runs.start_run(plan=plan, user=operator, kind="backup"))
    prepare(plan)
    Worksheet.objects.update(state=Worksheet.State.WAIVED)
    run_checks(plan)
    found = results_of(plan).open().values_list("pk", "answer_mark")
    if shown := dict(found):
        accept(plan, shown, user=operator, reason="Agreed on Monday.")
    tick_all(made, operator)
    receipts.say_copy_is_kept(made, where="The vault in Ulm", user=operator)
    return made


def tick_all(item: PlanItem, user: User) -> None:
    """Say of all that stays behind that it is done."""
    for loss in losses_of(item.plan):
        note = Note(item.pk, loss.ref, "", done=True)
        deal_with(item.plan, loss.kind, notes=[note], user=user)


def gate(item: PlanItem) -> Gate:
    return gate_of(Plan.objects.get(pk=item.plan_id))[0]


def states(item: PlanItem) -> dict[str, str]:
    return {each.key: each.found.state for each in gate(item).conditions}


def test_the_gate_is_green_where_everything_holds(item: PlanItem) -> None:
    assert set(states(item).values()) == {"green"}, states(item)
    assert gate(item).is_green


def test_each_condition_shuts_it(item: PlanItem, operator: User) -> None:
    archive = Archive.objects.get(item=item)
    Archive.objects.update(verify_problem="corpus.zip differs")
    assert states(item)["archive"] == "red"
    week_ago = timezone.now() - timedelta(days=8)
    Archive.objects.update(verify_problem="", verified_at=week_ago)
    assert states(item)["archive"] == "unknown"
    Archive.objects.update(verified_at=timezone.now())
    assert item.workspace is not None
    item.workspace.modified = timezone.now() + timedelta(hours=1)
    item.workspace.save()
    assert states(item)["unchanged"] == "red"
    Worksheet.objects.filter(pk=Worksheet.objects.values("pk")[:1]).update(
        state=Worksheet.State.OPEN
    )
    assert states(item)["worksheets"] == "red"
    Inventory.objects.update(finished_at=timezone.now() - timedelta(hours=25))
    assert states(item)["inventory"] == "unknown"
    with queue.in_process():
        run = runs.start_run(plan=item.plan, user=operator, kind="backup")
    assert states(item)["runs"] == "red"
    runs.cancel_run(run, user=operator)
    assert states(item)["runs"] == "green"
    Plan.objects.update(purpose=Plan.Purpose.MOVE)
    assert states(item)["proof"] == "red"
    Verification.objects.create(run=run, item=item, archive=archive, state="could_not")
    assert states(item)["proof"] == "unknown"
    Verification.objects.create(
        run=run, item=item, archive=archive, state="differences", totals={"missing_mention": 2}
    )
    assert states(item)["proof"] == "red"
    Verification.objects.filter(state="differences").update(
        accepted_by_name="Ann", accepted_reason="Known."
    )
    assert states(item)["proof"] == "by_name"
    proof = next(each for each in gate(item).conditions if each.key == "proof")
    assert (proof.is_met, proof.is_green, gate(item).is_green) == (True, False, False)
    assert "accepted by name" in proof.title
    Verification.objects.create(run=run, item=item, archive=archive, state="verified")
    assert states(item)["proof"] == "green"


def test_an_open_finding_an_open_loss_and_no_copy_elsewhere_shut_it(
    item: PlanItem, operator: User
) -> None:
    CheckResult.objects.filter(item=item, code="tokenizer").update(
        state="warning", found="Another tokenizer.", accepted_at=None
    )
    conditions = {each.key: each.found for each in gate(item).conditions}
    assert conditions["assessment"].state == "red"
    assert conditions["assessment"].reason == "1 finding is not answered: Tokenizer."
    receipts.accept_condition(item, "assessment", reason="Known.", user=operator)
    assert gate(item).is_open
    CheckResult.objects.filter(item=item, code="tokenizer").update(fingerprint="another")
    assert not gate(item).is_open, "another finding is another question"
    CheckResult.objects.filter(item=item).update(state="passed")
    assert item.workspace is not None
    Workspace.objects.filter(pk=item.workspace.pk).update(rule_classes=None)
    Worksheet.objects.filter(item=item, kind="rules").update(state="open")
    assert states(item)["losses"] == "unknown", "the instance does not tell of rules"
    AnnotationTask.objects.create(workspace=item.workspace, task_id="t9", name="Late")
    Worksheet.objects.filter(item=item, kind="tasks").update(state="open")
    reason = next(each for each in gate(item).conditions if each.key == "losses").found.reason
    assert "Late" in reason
    tick_all(item, operator)
    Worksheet.objects.filter(item=item).update(state="waived")
    Archive.objects.update(sha256="1" * 64)
    assert states(item)["copy"] == "unknown", "said of another archive"
    with pytest.raises(ServiceError, match="Where is the copy kept"):
        receipts.say_copy_is_kept(item, where=" ", user=operator)
    receipts.say_copy_is_kept(item, where="Tape 7", user=operator)
    assert gate(item).is_green


def test_a_deployed_model_shuts_it_and_a_failed_scan_makes_it_unknown(
    item: PlanItem, nlu: dict[str, ModelService], operator: User
) -> None:
    assert item.workspace is not None
    now = timezone.now()
    model = ServedModel.objects.create(
        service=nlu["source"],
        model_id="10:1",
        workspace_id=item.workspace.workspace_id,
        first_seen=now,
        seen_at=now,
    )
    assert states(item)["models"] == "red"
    decide(model, decision="keep", user=operator, reason="The portal reads with it.")
    assert states(item)["models"] == "green"
    model.delete()
    ModelScan.objects.create(service=nlu["source"], finished_at=now, problem="Refused.")
    assert states(item)["models"] == "unknown"
    found = next(each for each in gate(item).conditions if each.key == "models").found.reason
    assert found.startswith("We could not check for deployed models. Treat this as not safe.")


def test_what_was_accepted_holds_until_something_changes(item: PlanItem, operator: User) -> None:
    Archive.objects.update(verify_problem="corpus.zip differs")
    with pytest.raises(ServiceError, match="reason"):
        receipts.accept_condition(item, "archive", reason=" ", user=operator)
    receipts.accept_condition(item, "archive", reason="We hold a copy.", user=operator)
    assert gate(item).is_open
    assert not gate(item).is_green
    Archive.objects.update(verify_problem="", verified_at=None)
    assert not gate(item).is_open
    with pytest.raises(ServiceError, match="nothing to accept"):
        receipts.accept_condition(item, "runs", reason="x", user=operator)


def test_a_receipt_is_signed_once_and_never_changed(item: PlanItem, operator: User) -> None:
    Archive.objects.update(verified_at=timezone.now() - timedelta(days=8))
    with pytest.raises(ServiceError, match="not safe to delete"):
        receipts.sign_receipt(item, signed_name="Ann Example", user=operator)
    receipts.accept_condition(item, "archive", reason="Read by hand today.", user=operator)
    with pytest.raises(ServiceError, match="signed with a name"):
        receipts.sign_receipt(item, signed_name=" ", user=operator)
    receipt = receipts.sign_receipt(item, signed_name="Ann Example", user=operator)
    again = Receipt.objects.get()
    file = receipts.as_file(again.content)
    assert hashlib.sha256(file).hexdigest() == receipt.sha256
    assert not again.is_green
    assert again.content["archive"]["sha256"] == Archive.objects.get().sha256
    assert all(each["seen"].endswith("+00:00") for each in again.content["conditions"])
    kinds = {each["worksheet"] for each in again.content["waived_worksheets"]}
    assert "Unfinished tasks" in kinds
    assert again.content["target"] is None
    assert all(loss["became"] != "Open" for loss in again.content["stays_behind"])
    accepted = [each for each in again.content["conditions"] if each["accepted"]]
    assert accepted[0]["accepted"]["reason"] == "Read by hand today."
    for change in (again.save, again.delete, Receipt.objects.all().delete):
        with pytest.raises(AppendOnly):
            change()
    assert item.workspace is not None
    assert item.workspace.gone_at is None


def test_a_gate_can_be_left_open_on_purpose(item: PlanItem, operator: User) -> None:
    with pytest.raises(ServiceError, match="reason"):
        receipts.leave_open(item, reason="", user=operator)
    receipts.leave_open(item, reason="After the audit in March.", user=operator)
    found = gate(item).left_open
    assert found is not None
    assert found.value == {"reason": "After the audit in March.", "who": "operator"}
