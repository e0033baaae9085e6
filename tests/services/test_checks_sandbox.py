"""The checks over the sandbox's demo: what is seeded there to be found is found."""

import pytest
from django.contrib.auth.models import User

from migrator.models import CheckResult, Instance, ModelService, Plan
from migrator.services import checks, guided_plans, queue, runs
from migrator.services.drive import drive
from migrator.services.inventories import inventory_now
from migrator.services.model_scans import scan_now
from migrator.services.people import refresh_people
from migrator.services.targets import wanted

pytestmark = pytest.mark.django_db(transaction=True)

State = CheckResult.State


def found(plan: Plan) -> dict[tuple[str, str], str]:
    """Everything that did not pass, by check and workspace."""
    rows = CheckResult.objects.filter(item__plan=plan).exclude(state=State.PASSED)
    return {(row.code, row.item.name): row.state for row in rows.select_related("item")}


def test_the_demo_has_what_the_checks_look_for(
    connected: dict[str, Instance], nlu: dict[str, ModelService], operator: User
) -> None:
    source, target = connected["source"], connected["target"]
    for instance in (source, target):
        inventory_now(instance, user=operator)
    refresh_people(target, user=operator)
    plan = guided_plans.make_plan(
        source=source,
        workspaces=source.workspaces.present(),
        purpose="move",
        deletes_source=True,
        user=operator,
    )
    before = found(plan)
    assert before["work_in_progress", "Support tickets"] == State.BLOCKING
    assert ("work_in_progress", "Claims") not in before
    assert before["deployed_models", "Claims"] == State.BLOCKING
    assert before["obscured_documents", "News"] == State.BLOCKING
    assert before["read_only_dictionaries", "Claims"] == State.WARNING
    assert before["tokenizer", "Schadensmeldungen"] == State.WARNING
    assert before["snapshots_stay", "Claims"] == State.NOTE
    assert before["rule_based_model", "Claims"] == State.WARNING
    # The linked service was never scanned.
    unknown = {code for (code, _), state in before.items() if state == State.COULD_NOT_CHECK}
    assert unknown == {"deployed_models"}
    scan_now(nlu["source"], user=operator)
    assert State.COULD_NOT_CHECK not in found(plan).values()
    wanted.choose_target(plan, target, user=operator)
    into = found(plan)
    assert into["region", "News"] == State.WARNING
    # Nothing in an empty instance says which plan it has; what nobody knows is asked.
    assert into["lite_plan", "News"] == State.COULD_NOT_CHECK


def test_files_are_checked_when_the_backup_has_ended(
    connected: dict[str, Instance], operator: User
) -> None:
    source = connected["source"]
    inventory_now(source, user=operator)
    plan = guided_plans.make_plan(
        source=source,
        workspaces=source.workspaces.filter(name="News"),
        purpose="backup",
        user=operator,
    )
    assert not CheckResult.objects.filter(code="readable_files").exists()
    with queue.in_process():
        drive(runs.start_run(plan=plan, user=operator, kind="backup"))
    result = CheckResult.objects.get(code="obscured_documents")
    assert result.state == State.BLOCKING
    assert "obscured in the download" in result.found
    assert CheckResult.objects.get(code="readable_files").state == State.PASSED
    assert CheckResult.objects.get(code="one_workspace").state == State.PASSED


def test_an_instance_that_stopped_answering_makes_everything_unknown(
    connected: dict[str, Instance], operator: User
) -> None:
    source = connected["source"]
    inventory_now(source, user=operator)
    plan = guided_plans.make_plan(
        source=source, workspaces=source.workspaces.present(), purpose="backup", user=operator
    )
    Instance.objects.filter(pk=source.pk).update(address="http://127.0.0.1:9/knowledge-studio/x")
    source.refresh_from_db()
    with pytest.raises(Exception, match="127"):
        inventory_now(source, user=operator)
    states = CheckResult.objects.filter(item__plan=plan, code="work_in_progress")
    assert {row.state for row in states} == {State.COULD_NOT_CHECK}
    assert checks.blocking_of(plan).count() == 0
