"""Worksheets travel in the archive: sealed by a backup, read by a restore without the plan."""

from pathlib import Path

import pytest
from django.contrib.auth.models import User

from migrator.models import Archive, Instance, Plan, PlanItem, Run, Worksheet
from migrator.services import archives, queue, runs
from migrator.services.drive import drive
from migrator.services.guided_plans import make_plan
from migrator.services.inventories import inventory_now
from migrator.services.plans import plan_restore
from migrator.services.worksheets import editing, files, filling, settling

pytestmark = pytest.mark.django_db(transaction=True)

K = Worksheet.Kind
Connected = dict[str, Instance]
CSV = '"lemma","poscode","surface"\r\n"harbour","3","harbour"\r\n"bridge","3","bridge"\r\n'


@pytest.fixture
def plan(connected: Connected, operator: User, tmp_path: Path) -> Plan:
    """A plan for one workspace of the sandbox, everything captured that can be."""
    source = connected["source"]
    inventory_now(source, user=operator)
    chosen = source.workspaces.filter(name="Support tickets")
    plan = make_plan(source=source, workspaces=chosen, purpose=Plan.Purpose.MOVE, user=operator)
    filling.fill_plan(plan, user=operator)
    sheet = editing.worksheet_of(plan.items.get(), K.READ_ONLY)
    row = sheet.rows.get()
    editing.save_row(sheet, {"source": "The port authority"}, user=operator, row=row)
    path = tmp_path / "harbours.csv"
    path.write_text(CSV, newline="")
    files.attach(sheet, path, name="Harbours & bridges.csv", user=operator, row=row)
    settling.complete(sheet, user=operator)
    return plan


def performed(run: Run) -> Run:
    """The run after everything that needs no person was done."""
    with queue.in_process():
        drive(run)
    return run


@pytest.fixture
def archive(plan: Plan, operator: User) -> Archive:
    """The archive of the plan's backup."""
    with queue.in_process():
        run = runs.start_run(plan=plan, user=operator, kind="backup")
    performed(run)
    return Archive.objects.get()


def test_the_backup_seals_them_and_its_check_accepts_them(
    archive: Archive, operator: User, tmp_path: Path
) -> None:
    listed = {entry["kind"]: entry for entry in archive.facts["worksheets"]}
    assert listed[K.READ_ONLY]["state"] == "complete"
    assert listed[K.READ_ONLY]["stated_by"] == "operator"
    assert [file["name"] for file in listed[K.READ_ONLY]["files"]] == ["Harbours & bridges.csv"]
    assert listed[K.TASKS]["rows"] > 0
    assert archives.verify_archive(archive, user=operator).verify_problem == ""


def test_a_restore_from_the_archive_alone_has_them_again(
    archive: Archive, plan: Plan, connected: Connected, operator: User
) -> None:
    before = {
        sheet.kind: [row.cells for row in sheet.rows.all()]
        for sheet in Worksheet.objects.of_plan(plan)
    }
    Archive.objects.update(item=None, workspace=None, instance=None)
    Worksheet.objects.all().delete()
    with queue.in_process():
        alone = plan_restore(archive=archive, target=connected["target"], user=operator)
        run = runs.start_run(plan=alone, user=operator)
    performed(run)
    item = PlanItem.objects.get(plan=alone)
    again = {sheet.kind: [row.cells for row in sheet.rows.all()] for sheet in item.worksheets.all()}
    assert again == {kind: rows for kind, rows in before.items() if kind in again}
    assert {K.READ_ONLY, K.TASKS, K.ROLES, K.FACTS} <= again.keys()
    sheet = item.worksheets.get(kind=K.READ_ONLY)
    assert (sheet.state, sheet.stated_by_name) == ("complete", "operator")
    file = sheet.files.get()
    assert file.row == sheet.rows.get()
    with files.opened(file) as content:
        assert content.read() == CSV.encode()


def test_a_quick_backup_seals_what_was_captured_last(plan: Plan, operator: User) -> None:
    item = plan.items.get()
    assert item.workspace is not None
    quick = Plan.objects.create(purpose="backup", source=plan.source)
    PlanItem.objects.create(plan=quick, workspace=item.workspace, name=item.name)
    with queue.in_process():
        run = runs.start_run(plan=quick, user=operator)
    performed(run)
    listed = {entry["kind"]: entry for entry in Archive.objects.get().facts["worksheets"]}
    assert listed[K.READ_ONLY]["files"]
