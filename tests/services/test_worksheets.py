"""Worksheets: filled from what is known, edited, settled, carried over."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from migrator.errors import ServiceError
from migrator.models import (
    AnnotationTask,
    Dictionary,
    DocumentSet,
    Instance,
    Inventory,
    Member,
    Plan,
    PlanItem,
    Worksheet,
    WorksheetFile,
    Workspace,
)
from migrator.services.worksheets import editing, files, filling, known, mappings, settling
from migrator.services.worksheets.columns import SHEETS

pytestmark = pytest.mark.django_db(transaction=True)

K = Worksheet.Kind


@pytest.fixture
def source(operator: User) -> Instance:
    """An instance that an inventory has looked at."""
    return Instance.objects.create(name="Dallas", kind=Instance.Kind.CLOUD)


def seen_workspace(source: Instance, name: str = "Claims") -> Workspace:
    """A workspace with an unfinished and a finished task, people and dictionaries."""
    inventory = Inventory.objects.create(instance=source, finished_at=timezone.now())
    workspace = Workspace.objects.create(
        instance=source,
        inventory=inventory,
        workspace_id=f"w-{name}",
        name=name,
        language="en",
        tokenizer="ml",
        owner="owner@example.com",
        rule_classes=["Driver"],
        seen_at=timezone.now(),
    )
    sets = [
        {"id": "s1", "name": "Letters", "annotator": "ann@example.com", "documents": 20},
        {"id": "s2", "name": "Calls", "annotator": "bob@example.com", "documents": 5},
    ]
    AnnotationTask.objects.create(
        workspace=workspace,
        task_id="t1",
        name="Autumn",
        state="IN_PROGRESS",
        due=datetime(2026, 12, 24, 23, 0, tzinfo=UTC),
        sets=[{**sets[0], "annotated": 8, "state": "IN_PROGRESS"}, {**sets[1], "annotated": 0}],
    )
    AnnotationTask.objects.create(
        workspace=workspace, task_id="t0", name="Spring", state="COMPLETED", sets=sets
    )
    DocumentSet.objects.create(
        workspace=workspace, set_id="s1", name="Letters", type="ASSIGNMENT", in_ground_truth=False
    )
    Dictionary.objects.create(
        workspace=workspace, dictionary_id="d1", name="Drugs", read_only=True, entries=2
    )
    Dictionary.objects.create(
        workspace=workspace, dictionary_id="d2", name="Cities", entity_type="CITY"
    )
    Member.objects.create(workspace=workspace, user_id="ann@example.com", role="human annotator")
    return workspace


@pytest.fixture
def workspace(source: Instance) -> Workspace:
    """One of its workspaces."""
    return seen_workspace(source)


@pytest.fixture
def plan(source: Instance, workspace: Workspace, operator: User) -> Plan:
    """A guided plan over it."""
    return guided(source, workspace, operator)


def guided(source: Instance, workspace: Workspace, user: User) -> Plan:
    """A guided plan over one workspace."""
    made = Plan.objects.create(
        purpose=Plan.Purpose.MOVE, is_guided=True, name="Move", source=source, created_by=user
    )
    PlanItem.objects.create(plan=made, workspace=workspace, name=workspace.name)
    return made


@pytest.fixture
def filled(plan: Plan, operator: User) -> dict[str, Worksheet]:
    """The worksheets by kind, once filled."""
    filling.fill_plan(plan, user=operator)
    return sheets(plan)


def sheets(plan: Plan) -> dict[str, Worksheet]:
    """The worksheets of the plan's one workspace, by kind."""
    return {sheet.kind: sheet for sheet in Worksheet.objects.of_plan(plan)}


def lines(sheet: Worksheet) -> list[dict[str, Any]]:
    """The cells of its lines."""
    return [row.cells for row in sheet.rows.all()]


def test_the_unfinished_tasks_are_listed_by_set(filled: dict[str, Worksheet]) -> None:
    assert lines(filled[K.TASKS]) == [
        {
            "task": "Autumn",
            "state": "IN_PROGRESS",
            "due": "2026-12-24",
            "set": "Letters",
            "annotator": "ann@example.com",
            "documents": 20,
            "annotated": 8,
            "outside": 20,
        },
        {
            "task": "Autumn",
            "state": "IN_PROGRESS",
            "due": "2026-12-24",
            "set": "Calls",
            "annotator": "bob@example.com",
            "documents": 5,
            "annotated": 0,
        },
    ]


def test_each_kind_is_filled_with_what_is_known(filled: dict[str, Worksheet], plan: Plan) -> None:
    assert filled.keys() == SHEETS.keys()
    assert lines(filled[K.READ_ONLY]) == [{"dictionary": "Drugs", "entries": 2}]
    assert lines(filled[K.ROLES]) == [{"user": "ann@example.com", "role": "Human annotator"}]
    assert lines(filled[K.RULES]) == [{"sort": "Class", "name": "Driver"}]
    assert lines(filled[K.FACTS])[0]["owner"] == "owner@example.com"
    wishes = [{"dictionary": "Cities", "entity_type": "CITY"}]
    assert plan.items.get().mappings == wishes


def test_what_is_whole_is_complete_and_what_needs_a_person_is_open(
    filled: dict[str, Worksheet],
) -> None:
    complete = {kind for kind, sheet in filled.items() if sheet.state == "complete"}
    assert complete == {K.FACTS, K.TASKS, K.ROLES, K.MAPPINGS}
    assert filled[K.READ_ONLY].state == filled[K.RULES].state == "open"


def test_nothing_of_a_workspace_by_hand_is_known_but_its_facts(
    by_hand: Instance, operator: User
) -> None:
    workspace = Workspace.objects.create(
        instance=by_hand, workspace_id="x", name="Typed", language="de", seen_at=timezone.now()
    )
    plan = guided(by_hand, workspace, operator)
    assert filling.fill_plan(plan, user=operator) == 1
    found = sheets(plan)
    assert lines(found[K.FACTS]) == [{"name": "Typed", "language": "de"}]
    assert {sheet.state for sheet in found.values()} == {"open"}


def test_a_second_filling_keeps_what_people_edited_and_marks_what_changed(
    filled: dict[str, Worksheet], plan: Plan, operator: User
) -> None:
    settling.reopen(filled[K.TASKS], user=operator)
    row = filled[K.TASKS].rows.get(cells__set="Letters")
    editing.save_row(filled[K.TASKS], {"annotator": "new@example.com"}, user=operator, row=row)
    settling.complete(filled[K.TASKS], user=operator)
    task = AnnotationTask.objects.get(task_id="t1")
    task.sets[0]["annotated"] = 11
    task.sets[1:] = [{"id": "s3", "name": "Mails", "annotator": "ann@example.com"}]
    task.save()
    filling.fill_plan(plan, user=operator)
    sheet = sheets(plan)[K.TASKS]
    rows = {row.cell("set"): row for row in sheet.rows.all()}
    assert (rows["Letters"].cell("annotator"), rows["Letters"].cell("annotated")) == (
        "new@example.com",
        11,
    )
    assert {name: row.change for name, row in rows.items()} == {
        "Letters": "changed",
        "Mails": "new",
        "Calls": "gone",
    }
    assert rows["Letters"].was == {"annotated": 8}
    assert sheet.state == "complete"
    assert sheet.is_out_of_date


def test_settling_again_clears_the_marks(
    filled: dict[str, Worksheet], plan: Plan, workspace: Workspace, operator: User
) -> None:
    Member.objects.all().delete()
    Member.objects.create(workspace=workspace, user_id="zoe@example.com", role="Admin")
    filling.fill_plan(plan, user=operator)
    roles = sheets(plan)[K.ROLES]
    assert roles.is_out_of_date
    settling.complete(roles, user=operator)
    roles.refresh_from_db()
    assert not roles.is_out_of_date
    assert [(row.cell("user"), row.change) for row in roles.rows.all()] == [("zoe@example.com", "")]


def test_the_same_inventory_twice_changes_nothing(
    filled: dict[str, Worksheet], plan: Plan, operator: User
) -> None:
    before = {kind: (lines(sheet), sheet.state, sheet.stated_at) for kind, sheet in filled.items()}
    filling.fill_plan(plan, user=operator)
    again = {
        kind: (lines(sheet), sheet.state, sheet.stated_at) for kind, sheet in sheets(plan).items()
    }
    assert again == before
    assert not any(sheet.is_out_of_date for sheet in sheets(plan).values())


def test_a_line_by_hand_is_the_same_line_when_the_inventory_sees_it(
    plan: Plan, operator: User
) -> None:
    filling.prepare(plan)
    sheet = sheets(plan)[K.READ_ONLY]
    editing.save_row(sheet, {"dictionary": "drugs", "source": "The wiki"}, user=operator)
    filling.fill_plan(plan, user=operator)
    row = sheet.rows.get()
    assert (row.cell("source"), row.cell("entries"), row.key) == ("The wiki", 2, "d1")


def test_a_dictionary_is_complete_with_origin_and_file(
    filled: dict[str, Worksheet], operator: User, tmp_path: Path
) -> None:
    sheet = filled[K.READ_ONLY]
    with pytest.raises(ServiceError, match="line lacks something") as refused:
        settling.complete(sheet, user=operator)
    assert "Drugs: where it came from, the file" in refused.value.meaning
    row = sheet.rows.get()
    editing.save_row(sheet, {"source": "The pharmacy"}, user=operator, row=row)
    file = files.attach(sheet, dictionary(tmp_path), name="d.csv", user=operator, row=row)
    assert file.found["counts"] == {"entries": 2}
    assert file.found["remark"] == ""
    settling.complete(sheet, user=operator)
    assert Worksheet.objects.get(pk=sheet.pk).stated_by_name == "operator"


def dictionary(folder: Path, name: str = "drugs.csv", entries: int = 2) -> Path:
    """A dictionary's CSV file."""
    path = folder / name
    body = "".join(f'"term {n}","3","term {n}"\r\n' for n in range(entries))
    path.write_text(f'"lemma","poscode","surface"\r\n{body}')
    return path


def test_a_file_that_is_no_dictionary_is_refused_and_nothing_kept(
    filled: dict[str, Worksheet], operator: User, tmp_path: Path
) -> None:
    path = tmp_path / "notes.csv"
    path.write_text("just a note\n")
    row = filled[K.READ_ONLY].rows.get()
    before = stored(filled[K.READ_ONLY])
    with pytest.raises(ServiceError, match="no dictionary"):
        files.attach(filled[K.READ_ONLY], path, name="notes.csv", user=operator, row=row)
    assert not WorksheetFile.objects.exists()
    assert stored(filled[K.READ_ONLY]) == before


def stored(sheet: Worksheet) -> set[str]:
    """The files in the storage that belong to the worksheets of an item."""
    folder = f"worksheets/{sheet.item_id}"
    return set(default_storage.listdir(folder)[1]) if default_storage.exists(folder) else set()


def test_a_file_with_other_entries_than_listed_is_remarked(
    filled: dict[str, Worksheet], operator: User, tmp_path: Path
) -> None:
    sheet = filled[K.READ_ONLY]
    file = files.attach_by_name(
        sheet, dictionary(tmp_path, entries=5), name="DRUGS.csv", user=operator
    )
    assert file.row == sheet.rows.get()
    assert file.found["remark"] == "The file has 5 entries, the list says 2."


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\lists\\drugs.csv", "drugs.csv"),
        ("a\u202egnp.csv", "agnp.csv"),
        ("x" * 300 + ".csv", "x" * 116 + ".csv"),
        ("\0", "file"),
    ],
)
def test_the_name_of_a_file_is_never_a_path(given: str, kept: str) -> None:
    assert files.plain_name(given) == kept


def test_a_removed_file_leaves_the_storage_when_nobody_else_has_it(
    filled: dict[str, Worksheet], operator: User, tmp_path: Path, source: Instance
) -> None:
    sheet = filled[K.READ_ONLY]
    file = files.attach(
        sheet, dictionary(tmp_path), name="d.csv", user=operator, row=sheet.rows.get()
    )
    assert sheet.item.workspace is not None
    other = guided(source, sheet.item.workspace, operator)
    filling.prepare(other)
    copied = WorksheetFile.objects.get(worksheet=sheets(other)[K.READ_ONLY])
    files.detach(file, user=operator)
    assert default_storage.exists(copied.file)
    files.detach(copied, user=operator)
    assert not default_storage.exists(copied.file)


def test_a_new_plan_begins_with_what_an_earlier_one_captured(
    filled: dict[str, Worksheet], operator: User, source: Instance, workspace: Workspace
) -> None:
    row = filled[K.READ_ONLY].rows.get()
    editing.save_row(filled[K.READ_ONLY], {"source": "The wiki"}, user=operator, row=row)
    other = guided(source, workspace, operator)
    filling.fill_plan(other, user=operator)
    sheet = sheets(other)[K.READ_ONLY]
    assert sheet.state == "open"
    assert lines(sheet) == [{"dictionary": "Drugs", "entries": 2, "source": "The wiki"}]


def test_a_worksheet_is_waived_with_a_reason_only(
    filled: dict[str, Worksheet], operator: User
) -> None:
    with pytest.raises(ServiceError, match="with a reason"):
        settling.waive(filled[K.RULES], user=operator, reason=" ")
    settling.waive(filled[K.RULES], user=operator, reason="The rules are retired.")
    with pytest.raises(ServiceError, match="is waived"):
        editing.save_row(filled[K.RULES], {"sort": "Rule", "name": "x"}, user=operator)
    settling.reopen(filled[K.RULES], user=operator)
    assert Worksheet.objects.get(pk=filled[K.RULES].pk).reason == ""


def test_a_waived_mapping_is_not_set(
    filled: dict[str, Worksheet], plan: Plan, operator: User
) -> None:
    item = plan.items.get()
    settling.reopen(filled[K.MAPPINGS], user=operator)
    assert not mappings.are_settled(item)
    settling.waive(filled[K.MAPPINGS], user=operator, reason="Not used.")
    assert plan.items.get().mappings == []
    assert mappings.are_settled(item)


def test_the_description_that_was_noted_is_the_one_to_restore(
    filled: dict[str, Worksheet], plan: Plan, operator: User
) -> None:
    item = plan.items.get()
    assert known.noted_description(item) == ""
    settling.reopen(filled[K.FACTS], user=operator)
    row = filled[K.FACTS].rows.get()
    editing.save_row(filled[K.FACTS], {"description": "Two\nlines"}, user=operator, row=row)
    assert known.noted_description(item) == "Two\nlines"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"task": "A", "set": "B", "documents": "many"}, "Documents is no whole number: many"),
        ({"task": "A", "set": "B", "due": "1/2/2027"}, "can be read in two ways"),
        ({"task": "A", "set": "B", "due": "30.02.2027"}, "Due is no date"),
        ({"task": "A" * 501, "set": "B"}, "Task has 501 characters"),
        ({"task": "A\x07", "set": "B"}, "Task has control characters"),
        ({"set": "B"}, "Task is missing."),
    ],
)
def test_what_cannot_be_taken_is_said_and_not_stored(
    given: dict[str, str], said: str, plan: Plan, operator: User
) -> None:
    filling.prepare(plan)
    with pytest.raises(editing.BadCells, match=said):
        editing.save_row(sheets(plan)[K.TASKS], given, user=operator)
    assert not sheets(plan)[K.TASKS].rows.exists()


def test_a_line_is_not_listed_twice(filled: dict[str, Worksheet], operator: User) -> None:
    settling.reopen(filled[K.ROLES], user=operator)
    with pytest.raises(ServiceError, match="listed already"):
        editing.save_row(
            filled[K.ROLES], {"user": " ANN@example.com", "role": "admin"}, user=operator
        )


def test_filling_twenty_workspaces_asks_the_database_no_oftener_than_one(
    source: Instance, plan: Plan, operator: User
) -> None:
    filling.fill_plan(plan, user=operator)
    big = Plan.objects.create(purpose="move", is_guided=True, source=source)
    for number in range(20):
        workspace = seen_workspace(source, f"Many {number}")
        PlanItem.objects.create(plan=big, workspace=workspace, name=workspace.name)
    with CaptureQueriesContext(connection) as few:
        filling.fill_plan(guided(source, seen_workspace(source, "One"), operator), user=operator)
    with CaptureQueriesContext(connection) as many:
        filling.fill_plan(big, user=operator)
    # Long inserts go in several statements.
    assert len(many) <= len(few) + 4
