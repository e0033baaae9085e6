"""The target is read before a restore, and what was chosen about it is what happens."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from pytest_django import Settings

from migrator.errors import ServiceError
from migrator.formats.dictionaries import read_dictionaries, write_dictionaries
from migrator.models import (
    Archive,
    CheckResult,
    Conflict,
    Instance,
    Plan,
    Run,
    RunState,
    Step,
    TargetReading,
    Verification,
    Worksheet,
    WorksheetRow,
)
from migrator.models.checks import OF_THE_TARGET
from migrator.services import queue, runs
from migrator.services.approvals import NeedsApproval
from migrator.services.drive import drive
from migrator.services.guided_plans import make_plan
from migrator.services.inventories import inventory_now
from migrator.services.people_map import map_people
from migrator.services.plans import plan_backup, plan_restore
from migrator.services.targets.choices import allowed
from migrator.services.targets.choosing import choose
from migrator.services.targets.readings import begin_readings, read_now, read_target
from migrator.services.targets.restoring import confirm, start_restore
from migrator.services.targets.review import review_of
from migrator.services.targets.wanted import choose_target
from migrator.services.worksheets.files import attach
from sandbox.generator import GeneratedExport, generate
from tests.formats.plain_exports import read_plain, with_new_ids
from tests.sandbox.fixtures import RunningSandbox

pytestmark = pytest.mark.django_db(transaction=True)
P, S = Conflict.Part, Conflict.State


@pytest.fixture(autouse=True)
def in_this_process() -> Iterator[None]:
    """Steps and readings are performed here, without a broker."""
    with queue.in_process():
        yield


@pytest.fixture
def extended(connected: dict[str, Instance], operator: User, sandbox: RunningSandbox) -> Archive:
    """The same, of a workspace that has got one more entity type."""
    there = sandbox.workspaces("source")["Support tickets"]["id"]
    answer = sandbox.call(
        "POST",
        f"/workspaces/{there}/typestore/entitytypes?create_default_role=true",
        json={"label": "Extra", "properties": {}, "sireProp": {"roles": []}},
    )
    assert answer.ok, answer.text
    return backed_up(connected["source"], operator)


@pytest.fixture
def archive(connected: dict[str, Instance], operator: User) -> Archive:
    """A backup of the workspace with tasks, drafts and a read-only dictionary."""
    return backed_up(connected["source"], operator)


def backed_up(source: Instance, user: User) -> Archive:
    """The archive of the workspace called Support tickets."""
    inventory_now(source, user=user)
    rows = source.workspaces.filter(name="Support tickets")
    plan = plan_backup(source=source, workspaces=rows, user=user)
    performed(runs.start_run(plan=plan, user=user))
    return Archive.objects.get()


@pytest.fixture
def export(tmp_path: Path) -> GeneratedExport:
    """What the sandbox holds of that workspace: the same generator, the same seed."""
    return generate(tmp_path / "export", seed=2, documents=24, level=1)


@pytest.fixture
def occupied(sandbox: RunningSandbox, export: GeneratedExport, tmp_path: Path) -> str:
    """A target workspace with the same types but one, another dictionary, changed documents."""
    there = sandbox.create_workspace("Occupied")
    types = json.loads(export.types.read_bytes())
    types["entityTypes"], gone = types["entityTypes"][:-1], types["entityTypes"][-1]
    types["relationshipTypes"] = [
        one
        for one in types["relationshipTypes"]
        if gone["id"] not in (one["srcEntType"], one["tgtEntType"])
    ]
    types["entityTypes"][0]["sireProp"]["color"] = "pink"
    path = tmp_path / "types.json"
    path.write_text(json.dumps(types))
    assert sandbox.upload(there, "typestore", path).ok
    dictionaries = read_dictionaries(export.dictionaries)
    dictionaries[0].entries = dictionaries[0].entries[1:]
    with (tmp_path / "dictionaries.zip").open("wb") as file:
        write_dictionaries(dictionaries[:1], file)
    assert sandbox.upload(there, "dictionaries", tmp_path / "dictionaries.zip").ok
    return there


@pytest.fixture
def half_full(sandbox: RunningSandbox, export: GeneratedExport, tmp_path: Path) -> str:
    """A target workspace with the same types, and a dictionary that lacks one entry."""
    there = sandbox.create_workspace("Occupied")
    assert sandbox.upload(there, "typestore", export.types).ok
    dictionaries = read_dictionaries(export.dictionaries)
    dictionaries[0].entries = dictionaries[0].entries[1:]
    with (tmp_path / "dictionaries.zip").open("wb") as file:
        write_dictionaries(dictionaries[:1], file)
    assert sandbox.upload(there, "dictionaries", tmp_path / "dictionaries.zip").ok
    return there


@pytest.fixture
def met(
    sandbox: RunningSandbox, half_full: str, export: GeneratedExport, tmp_path: Path
) -> tuple[str, str]:
    """That workspace with the same documents, one unannotated and one under another name.

    Its id, and the name of the unannotated one.
    """
    corpus = with_new_ids(read_plain(export.corpus))
    changed, renamed = corpus.documents[:2]
    for part in ("mentions", "relations", "corefs"):
        corpus.ground_truths[changed["id"]][part] = []
    renamed["name"] = corpus.ground_truths[renamed["id"]]["name"] = "Another name"
    path = corpus.write(tmp_path / "c.zip")
    job = sandbox.upload(half_full, "documentsets", path).json()["job"]
    assert sandbox.finished(half_full, job)["state"] == "done"
    return half_full, changed["name"]


@pytest.fixture
def pink(sandbox: RunningSandbox, export: GeneratedExport, tmp_path: Path) -> str:
    """A target workspace with the same types, one of them in another colour."""
    there = sandbox.create_workspace("Pink")
    types = json.loads(export.types.read_bytes())
    types["entityTypes"][0]["sireProp"]["color"] = "pink"
    path = tmp_path / "types.json"
    path.write_text(json.dumps(types))
    assert sandbox.upload(there, "typestore", path).ok
    return there


@pytest.fixture
def harbours(tmp_path: Path) -> Path:
    """The CSV that the read-only dictionary was made from."""
    path = tmp_path / "Harbours and bridges.csv"
    path.write_text("lemma,poscode,surface\r\nharbour,3,harbour,harbours\r\n")
    return path


def performed(run: Run) -> Run:
    """The run after everything that needs no person was done."""
    drive(run)
    return Run.objects.with_state().get(pk=run.pk)


def planned(archive: Archive, target: Instance, user: User, into: str = "") -> Plan:
    """A plan whose target was read."""
    plan = plan_restore(archive=archive, target=target, user=user, target_workspace_id=into)
    assert begin_readings(plan, user=user) == 1
    for reading in TargetReading.objects.free():
        assert read_target(reading)
    return plan


def found(plan: Plan, part: str) -> dict[str, str]:
    """Subject → state of one part of the plan's reading."""
    conflicts = Conflict.objects.filter(reading__item__plan=plan, part=part)
    return dict(conflicts.values_list("subject", "state"))


def only(plan: Plan, part: str, state: str) -> Conflict:
    """The one conflict of that part and state."""
    return Conflict.objects.get(reading__item__plan=plan, part=part, state=state)


def outcomes(run: Run, kind: str) -> dict[str, int]:
    """What a step counted."""
    step = run.steps.get(kind=kind)
    assert step.status == Step.Status.DONE, step.problem
    counted: dict[str, int] = step.facts["outcomes"]
    return counted


def test_a_new_workspace_is_read_as_far_as_it_can_be(
    archive: Archive, connected: dict[str, Instance], operator: User, sandbox: RunningSandbox
) -> None:
    sandbox.create_workspace(archive.workspace_name)
    plan = planned(archive, connected["target"], operator)
    reading = TargetReading.objects.get(item__plan=plan)
    assert reading.is_whole
    assert reading.facts["taken_by"]["name"] == archive.workspace_name
    roles = connected["target"].people.values_list("role", flat=True)
    assert sorted(roles) == ["Admin", "Project manager"]
    assert reading.facts["read"] == []
    assert not reading.conflicts.exists()


def test_conflicts_of_each_kind_are_found(
    archive: Archive, connected: dict[str, Instance], operator: User, occupied: str
) -> None:
    plan = planned(archive, connected["target"], operator, occupied)
    types = list(found(plan, P.ENTITY_TYPE).values())
    assert types.count(S.SOURCE_ONLY) == 1
    assert types.count(S.DIFFERS) == 1
    assert types.count(S.IDENTICAL) > 1
    different = only(plan, P.DICTIONARY, S.DIFFERS)
    assert different.difference_count == 1
    assert different.detail == "1 only in the archive"
    assert different.source_digest != different.target_digest
    assert found(plan, P.READ_ONLY) == {"Harbours and bridges": S.SOURCE_ONLY}
    reading = TargetReading.objects.get(item__plan=plan)
    assert reading.counts[P.DOCUMENT][S.SOURCE_ONLY] == 24
    assert reading.facts["read"] == ["types", "dictionaries", "documents"]


def test_a_target_that_fails_to_answer_is_not_inspected(
    archive: Archive, connected: dict[str, Instance], operator: User, sandbox: RunningSandbox
) -> None:
    sandbox.fault("status", path="/users", status=404, count=1)
    plan = planned(archive, connected["target"], operator)
    reading = TargetReading.objects.get(item__plan=plan)
    assert not reading.is_whole
    assert reading.problem
    assert begin_readings(plan, user=operator) == 1


def test_two_readings_of_one_item_are_not_asked_at_once(
    archive: Archive, connected: dict[str, Instance], operator: User
) -> None:
    plan = plan_restore(archive=archive, target=connected["target"], user=operator)
    assert begin_readings(plan, user=operator) == 1
    assert begin_readings(plan, user=operator) == 0


def test_a_reading_is_done_by_one_worker(
    archive: Archive, connected: dict[str, Instance], operator: User
) -> None:
    plan = plan_restore(archive=archive, target=connected["target"], user=operator)
    begin_readings(plan, user=operator)
    first, second = (TargetReading.objects.get() for _ in range(2))
    assert read_target(first)
    assert not read_target(second)


def test_the_target_is_kept_by_default(
    archive: Archive, connected: dict[str, Instance], operator: User, met: tuple[str, str]
) -> None:
    there, name = met
    plan = planned(archive, connected["target"], operator, there)
    assert only(plan, P.DOCUMENT, S.DIFFERS).subject == name
    run = performed(runs.start_run(plan=plan, user=operator))
    assert run.state == RunState.WARNINGS
    assert outcomes(run, Step.Kind.RESTORE_DICTIONARIES)["skipped"] == 1
    assert outcomes(run, Step.Kind.RESTORE_DOCUMENTS) == {
        "created": 1,
        "identical": 22,
        "skipped": 1,
    }
    assert Verification.objects.get().state == Verification.State.DIFFERENCES


def test_what_was_chosen_is_what_happens(
    archive: Archive,
    connected: dict[str, Instance],
    operator: User,
    sandbox: RunningSandbox,
    half_full: str,
) -> None:
    plan = planned(archive, connected["target"], operator, half_full)
    item = plan.items.get()
    conflict = only(plan, P.DICTIONARY, S.DIFFERS)
    with pytest.raises(ServiceError, match="one dictionary at a time"):
        choose(item, [conflict], "rename", user=operator)
    with pytest.raises(ServiceError, match="cannot be chosen"):
        choose(item, [conflict], "replace", user=operator)
    choose(item, [conflict], "rename", user=operator, new_name="Theirs and ours")
    left = Conflict.objects.filter(
        reading__item=item, part=P.DICTIONARY, state=S.SOURCE_ONLY
    ).first()
    assert left is not None
    choose(item, [left], "leave", user=operator)

    sandbox.fault("reset", path="dictionaries/import", count=1, after=True)
    run = performed(runs.start_run(plan=plan, user=operator))
    while run.state == RunState.RUNNING:
        run = performed(run)
    names = [one["name"] for one in sandbox.workspace_state(half_full)["dictionaries"]]
    assert sorted(names) == sorted(set(names)), "nothing is there twice"
    assert "Theirs and ours" in names
    assert left.subject not in names
    assert conflict.subject in names


def test_types_that_documents_need_and_nobody_can_add_stop_the_restore(
    archive: Archive, connected: dict[str, Instance], operator: User, occupied: str
) -> None:
    plan = planned(archive, connected["target"], operator, occupied)
    needed = only(plan, P.RELATION_TYPE, S.SOURCE_ONLY)
    assert (needed.subject, needed.uses) == ("Product → coveredBy → Contract", 4)
    assert allowed(needed) == ()
    run = performed(runs.start_run(plan=plan, user=operator))
    step = run.steps.get(kind=Step.Kind.RESTORE_TYPES)
    assert step.status == Step.Status.FAILED
    assert "read the target" in step.problem_remedy


def test_a_missing_type_is_added_and_what_differs_is_kept_once_it_was_read(
    extended: Archive, connected: dict[str, Instance], operator: User, pink: str
) -> None:
    plan = planned(extended, connected["target"], operator, pink)
    assert only(plan, P.ENTITY_TYPE, S.SOURCE_ONLY).subject == "Extra"
    kept = only(plan, P.ENTITY_TYPE, S.DIFFERS)
    assert kept.differences == [{"detail": "color", "source": "white", "target": "pink"}]
    run = performed(runs.start_run(plan=plan, user=operator))
    counted = outcomes(run, Step.Kind.RESTORE_TYPES)
    assert (counted["created"], counted["skipped"]) == (1, 1)


def test_without_a_reading_another_type_system_is_refused(
    archive: Archive, connected: dict[str, Instance], operator: User, occupied: str
) -> None:
    plan = plan_restore(
        archive=archive, target=connected["target"], user=operator, target_workspace_id=occupied
    )
    run = performed(runs.start_run(plan=plan, user=operator))
    assert run.steps.get(kind=Step.Kind.RESTORE_TYPES).status == Step.Status.FAILED


def test_a_document_that_meets_another_is_added_where_somebody_chose_so(
    archive: Archive, connected: dict[str, Instance], operator: User, met: tuple[str, str]
) -> None:
    there, _ = met
    plan = planned(archive, connected["target"], operator, there)
    choose(plan.items.get(), [only(plan, P.DOCUMENT, S.DIFFERS)], "add", user=operator)
    run = performed(runs.start_run(plan=plan, user=operator))
    assert outcomes(run, Step.Kind.RESTORE_DOCUMENTS) == {"created": 2, "identical": 22}


def test_read_only_dictionaries_go_in_as_read_only_once_and_editable_ones_stay_so(
    archive: Archive,
    connected: dict[str, Instance],
    operator: User,
    sandbox: RunningSandbox,
    harbours: Path,
) -> None:
    plan = plan_restore(archive=archive, target=connected["target"], user=operator, name="Copy")
    item = plan.items.get()
    sheet = Worksheet.objects.create(item=item, kind=Worksheet.Kind.READ_ONLY)
    row = sheet.rows.create(cells={"dictionary": "Harbours and bridges"})
    attach(sheet, harbours, name=harbours.name, row=row, user=operator)
    # The dictionary arrives, but the answer is lost on the way back.
    sandbox.fault("reset", path="dictionaries/readonly", count=1, after=True)
    run = performed(runs.start_run(plan=plan, user=operator))
    assert run.state in {RunState.COMPLETED, RunState.WARNINGS}
    assert outcomes(run, Step.Kind.RESTORE_READ_ONLY) == {"created": 1}
    there = sandbox.workspaces("target")["Copy"]["id"]
    listed = sandbox.call("GET", f"/workspaces/{there}/dictionaries", "target").json()["items"]
    assert [one["name"] for one in listed if one["read_only"]] == ["Harbours and bridges"]
    assert len(listed) == len({one["name"] for one in listed}) > 1


def test_roles_only_rise_and_nobody_is_given_one_without_a_decision(
    archive: Archive, connected: dict[str, Instance], operator: User, sandbox: RunningSandbox
) -> None:
    target = connected["target"]
    plan = plan_restore(archive=archive, target=target, user=operator, name="Copy")
    sheet = Worksheet.objects.create(item=plan.items.get(), kind=Worksheet.Kind.ROLES)
    roles = {
        "admin@example.com": "Human annotator",
        "boss@example.com": "Project manager",
        "nobody@example.com": "Admin",
    }
    sheet.rows.bulk_create(
        WorksheetRow(worksheet=sheet, cells={"user": user, "role": role})
        for user, role in roles.items()
    )
    decided = [
        ("admin@example.com", "admin@example.com", ""),
        ("boss@example.com", "new.boss@example.com", ""),
    ]
    map_people(plan, decided, user=operator)
    begin_readings(plan, user=operator)
    assert read_target(TargetReading.objects.get())
    sandbox.fault("reset", path="/users", skip=1, count=1, after=True)
    run = performed(runs.start_run(plan=plan, user=operator))
    assert outcomes(run, Step.Kind.RESTORE_PEOPLE) == {"created": 1, "identical": 1}
    there = sandbox.call("GET", "/users", "target").json()["items"]
    assert {one["user_id"]: one["role"] for one in there} == {
        "admin@example.com": "Admin",
        "project.manager@example.com": "Project manager",
        "new.boss@example.com": "Project manager",
    }
    workspace = sandbox.workspaces("target")["Copy"]["id"]
    members = sandbox.call("GET", f"/workspaces/{workspace}/members", "target").json()
    assert "new.boss@example.com" in {one["user_id"] for one in members}


def test_a_mapping_of_the_target_is_kept_unless_somebody_chose_to_replace_it(
    archive: Archive,
    connected: dict[str, Instance],
    sandbox: RunningSandbox,
    half_full: str,
    settings: Settings,
) -> None:
    operator = User.objects.get(username="operator")
    listed = f"/workspaces/{half_full}/dictionaries"
    there = sandbox.call("GET", listed, "target").json()["items"][0]
    theirs = {"entity_type": "Part"}
    assert sandbox.call("PUT", f"{listed}/{there['id']}", "target", json=theirs).ok
    plan = planned(archive, connected["target"], operator, half_full)
    plan.items.update(mappings=[{"dictionary": there["name"], "entity_type": "Product"}])
    begin_readings(plan, user=operator)
    assert read_target(TargetReading.objects.free().get())
    conflict = Conflict.objects.filter(part=P.MAPPING).latest("pk")
    assert (conflict.source, conflict.target, conflict.state) == ("Product", "Part", S.DIFFERS)
    kept = performed(runs.start_run(plan=plan, user=operator))
    assert outcomes(kept, Step.Kind.MAP_DICTIONARIES) == {"skipped": 1}

    item = plan.items.get()
    choose(item, [conflict], "replace", user=operator)
    begin_readings(plan, user=operator)
    assert read_target(TargetReading.objects.free().get())
    confirm(plan, review_of(plan), user=operator)
    settings.SECOND_PERSON = {"overwrite"}
    with pytest.raises(NeedsApproval, match="Replace mappings"):
        start_restore(plan, user=operator)
    settings.SECOND_PERSON = set()
    replaced = performed(start_restore(plan, user=operator))
    assert outcomes(replaced, Step.Kind.MAP_DICTIONARIES) == {"updated": 1}
    items = sandbox.call("GET", listed, "target").json()["items"]
    assert {one["name"]: one["entity_type"] for one in items}[there["name"]] == "Product"


def test_what_blocks_refuses_the_restore_until_it_is_accepted(
    connected: dict[str, Instance], operator: User
) -> None:
    inventory_now(connected["source"], user=operator)
    rows = connected["source"].workspaces.filter(name="Claims")
    plan = make_plan(source=connected["source"], workspaces=rows, purpose="move", user=operator)
    performed(runs.start_run(plan=plan, user=operator, kind=Run.Kind.BACKUP))
    choose_target(plan, connected["target"], user=operator)
    read_now(plan, user=operator)
    results = CheckResult.objects.filter(item__plan=plan)
    results.filter(state=CheckResult.State.BLOCKING).delete()
    # What is deployed concerns the source alone.
    results.filter(code="deployed_models").update(state=CheckResult.State.BLOCKING)
    with pytest.raises(ServiceError, match="Nobody answered what was found about the target: "):
        confirm(plan, review_of(plan), user=operator)
    results.filter(code__in=OF_THE_TARGET).update(state=CheckResult.State.PASSED)
    confirm(plan, review_of(plan), user=operator)

    results.filter(code="target_room").update(
        state=CheckResult.State.BLOCKING, found="The target would hold too much."
    )
    with pytest.raises(ServiceError, match=r"1 check blocks.* Claims, room in the target: The"):
        confirm(plan, review_of(plan), user=operator)
    with pytest.raises(ServiceError, match="1 check blocks"):
        start_restore(plan, user=operator)
    assert not Run.objects.filter(kind=Run.Kind.RESTORE).exists()
    results.filter(code="target_room").update(state=CheckResult.State.PASSED)
    assert start_restore(plan, user=operator).kind == Run.Kind.RESTORE


def test_a_target_that_cannot_be_read_stops_before_anything_is_started(
    archive: Archive, connected: dict[str, Instance], operator: User
) -> None:
    plan = plan_restore(
        archive=archive, target=connected["target"], user=None, target_workspace_id="gone"
    )
    with pytest.raises(ServiceError):
        read_now(plan, user=None)
    assert not Run.objects.filter(kind=Run.Kind.RESTORE).exists()
