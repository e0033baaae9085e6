"""The restore of a guided plan: target, conflicts, review by name, outcomes and proof."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from dashboard.wizard import load_plan, steps_of
from migrator.errors import ServiceError
from migrator.models import (
    CheckResult,
    Conflict,
    Instance,
    Plan,
    Run,
    Step,
    StepState,
    StepStatus,
    TargetReading,
    Verification,
    WorksheetRow,
)
from migrator.services import runs
from migrator.services.check_answers import accept
from migrator.services.checks import blocking_of, results_of
from migrator.services.drive import drive
from migrator.services.guided_plans import make_plan
from migrator.services.instances import add_instance
from migrator.services.inventories import inventory_now
from migrator.services.people_map import map_people, people_map_of
from migrator.services.targets.readings import read_target
from migrator.services.targets.wanted import send_into_existing
from migrator.services.worksheets.filling import fill_plan
from sandbox.generator import GeneratedExport, generate
from tests.sandbox.fixtures import RunningSandbox

pytestmark = pytest.mark.django_db(transaction=True)

MOST = 12  # queries of a page
NAMES = ("Support tickets", "Claims")


@pytest.fixture
def instances(sandbox: RunningSandbox, admin: User, settings: Settings) -> dict[str, Instance]:
    """The sandbox's source and target, connected."""
    settings.INSTANCE_HOSTS = ["127.0.0.1"]
    return {
        name: add_instance(
            user=admin,
            name=name,
            kind=described.kind,
            address=described.address,
            credential=described.credential,
            iam_url=described.iam_url,
            connector_enabled=True,
        )
        for name in ("source", "target")
        for described in [sandbox.instance(name)]
    }


@pytest.fixture
def backed_up(instances: dict[str, Instance], admin: User) -> Plan:
    """A plan to copy two workspaces, both backed up."""
    source = instances["source"]
    inventory_now(source, user=admin)
    workspaces = source.workspaces.filter(name__in=NAMES)
    plan = make_plan(source=source, workspaces=workspaces, purpose="copy", user=admin)
    drive(runs.start_run(plan=plan, user=admin, kind=Run.Kind.BACKUP))
    shown = dict(blocking_of(plan).values_list("pk", "answer_mark"))
    assert accept(plan, shown, user=admin, reason="That round was a test") == len(shown)
    return plan


@pytest.fixture
def browser(signed_in: Callable[[User], Client], operator: User) -> Client:
    """The operator's browser."""
    return signed_in(operator)


def read_all() -> None:
    """What the workers do with the readings that were asked for."""
    for reading in TargetReading.objects.free():
        assert read_target(reading)


def state_of(plan: Plan, key: str) -> StepState:
    """The state of one step, as every page shows it."""
    found = load_plan(plan.pk)
    return next(view.state for view in steps_of(found) if view.step.key == key)


def page(browser: Client, name: str, *args: int) -> str:
    """The text of a page that needs few queries."""
    with CaptureQueriesContext(connection) as queries:
        answer = browser.get(reverse(name, args=args))
    assert answer.status_code == 200
    assert len(queries) <= MOST, name
    return answer.content.decode()


def choose_target(browser: Client, plan: Plan, target: Instance) -> None:
    """Choose the target, which is read at once, and answer what came up about it."""
    browser.post(reverse("plan-target-choose", args=[plan.pk]), {"target": target.pk})
    read_all()
    answer_target(plan)


def answer_target(plan: Plan) -> None:
    """Accept by name whatever is open about the target."""
    found = results_of(plan).open_of_target()
    if shown := dict(found.values_list("pk", "answer_mark")):
        somebody = User.objects.get(username="operator")
        accept(plan, shown, user=somebody, reason="Asked data protection")


def test_two_workspaces_are_read_reviewed_restored_and_proven(
    backed_up: Plan, browser: Client, instances: dict[str, Instance], sandbox: RunningSandbox
) -> None:
    choose_target(browser, backed_up, instances["target"])
    assert "All into new workspaces of the same name" in page(browser, "plan-target", backed_up.pk)
    item = backed_up.items.get(name=NAMES[0])
    text = page(browser, "plan-target-item", backed_up.pk, item.pk)
    assert "A new workspace starts empty" in text
    assert f"and {instances['target'].people.count()} users." in text
    text = page(browser, "plan-review", backed_up.pk)
    assert "create 2 workspaces" in text
    assert "bring 36 documents" in text
    assert "Not mapped" not in text

    refused = browser.post(reverse("plan-start-restore", args=[backed_up.pk]), follow=True)
    assert "is not confirmed" in refused.content.decode()
    browser.post(reverse("plan-review", args=[backed_up.pk]))
    assert "Confirmed" in page(browser, "plan-review", backed_up.pk)
    browser.post(reverse("plan-start-restore", args=[backed_up.pk]))
    run = Run.objects.get(kind=Run.Kind.RESTORE)
    drive(run)
    assert set(NAMES) <= sandbox.workspaces("target").keys()
    outcomes = page(browser, "plan-restore", backed_up.pk)
    assert "2 of 2" in outcomes
    assert "See the proof" in outcomes

    browser.post(reverse("plan-restore-again", args=[backed_up.pk]))
    read_all()
    again = page(browser, "plan-review", backed_up.pk)
    assert "Out of date" in again
    assert "36 documents" in again
    assert "bring 36 documents" not in again
    assert "upload 2 read-only" not in again, "nobody attached a CSV"
    assert backed_up.items.exclude(target_workspace_id="").count() == 2


def test_a_taken_name_needs_a_person_and_a_name_typed_by_one(
    backed_up: Plan, browser: Client, instances: dict[str, Instance], sandbox: RunningSandbox
) -> None:
    sandbox.create_workspace(NAMES[0])
    choose_target(browser, backed_up, instances["target"])
    text = page(browser, "plan-target", backed_up.pk)
    assert f"already has a workspace named {NAMES[0]}" in text
    assert text.index(NAMES[0]) < text.index(NAMES[1]), "exceptions come first"
    refused = browser.post(reverse("plan-review", args=[backed_up.pk]), follow=True)
    assert "in the way" in refused.content.decode()
    item = backed_up.items.get(name=NAMES[0])
    address = reverse("plan-target-item", args=[backed_up.pk, item.pk])
    browser.post(address, {"into": "new", "name": NAMES[1], "tokenizer": "ml"})
    item.refresh_from_db()
    assert item.new_name == NAMES[0], "another workspace of the plan has this name"
    browser.post(address, {"into": "new", "name": "Tickets", "tokenizer": "dictionary"})
    assert "Changed since it was read" in page(browser, "plan-target", backed_up.pk)
    text = page(browser, "plan-target-item", backed_up.pk, item.pk)
    assert "Another tokenizer than the source" in text
    browser.post(reverse("target-read", args=[item.pk]))
    read_all()
    browser.post(reverse("plan-review", args=[backed_up.pk]))
    assert "Out of date" not in page(browser, "plan-review", backed_up.pk)


def test_conflicts_are_chosen_one_by_one_and_in_bulk_and_make_the_review_out_of_date(
    backed_up: Plan,
    browser: Client,
    instances: dict[str, Instance],
    sandbox: RunningSandbox,
    tmp_path: Path,
) -> None:
    export = generate(tmp_path / "export", seed=2, documents=24, level=1)
    there = sandbox.create_workspace("There")
    assert sandbox.upload(there, "typestore", export.types).ok
    inventory_now(instances["target"], user=None)
    browser.post(
        reverse("plan-target-choose", args=[backed_up.pk]), {"target": instances["target"].pk}
    )
    item = backed_up.items.get(name=NAMES[0])
    browser.post(reverse("plan-target-item", args=[backed_up.pk, item.pk]), {"into": there})
    read_all()
    browser.post(reverse("target-read", args=[item.pk]))
    read_all()
    text = page(browser, "plan-target-item", backed_up.pk, item.pk)
    assert "Dictionaries: only in the archive" in text
    answer_target(backed_up)
    browser.post(reverse("plan-review", args=[backed_up.pk]))
    assert "Confirmed" in page(browser, "plan-review", backed_up.pk)

    lacking = list(Conflict.objects.filter(reading__item=item, part="dictionary"))
    first = lacking[0]
    address = reverse("conflicts-choose", args=[first.pk])
    back = reverse("plan-target-item", args=[backed_up.pk, item.pk])
    answer = browser.post(address, {"action": "leave", "next": back})
    assert answer.headers["Location"] == back
    assert item.choices.get().chosen_by is not None
    assert "Out of date" in page(browser, "plan-review", backed_up.pk)
    browser.post(address, {"action": "leave", "all": "1"})
    assert item.choices.filter(part="dictionary").count() == len(lacking)
    page(browser, "conflict-detail", first.pk)
    browser.post(address, {"action": "replace"})
    assert not item.choices.filter(action="replace").exists()


def test_a_target_by_hand_is_said_not_to_be_inspected_until_files_are_brought(
    backed_up: Plan, browser: Client, by_hand: Instance, export: GeneratedExport
) -> None:
    choose_target(browser, backed_up, by_hand)
    assert "Target not inspected" in page(browser, "plan-target", backed_up.pk)
    assert "Target not inspected" in page(browser, "plan-review", backed_up.pk)
    item = backed_up.items.get(name=NAMES[0])
    with export.types.open("rb") as types, export.dictionaries.open("rb") as dictionaries:
        browser.post(reverse("target-read", args=[item.pk]), {"files": [types, dictionaries]})
    read_all()
    reading = TargetReading.objects.get()
    assert reading.source == TargetReading.Source.FILES
    assert reading.facts["read"] == ["types", "dictionaries"]
    text = page(browser, "plan-target-item", backed_up.pk, item.pk)
    assert "documents were not read" in text or "starts empty" in text
    answer_target(backed_up)
    browser.post(reverse("plan-review", args=[backed_up.pk]))
    assert "Confirmed" in page(browser, "plan-review", backed_up.pk)


def test_a_stranger_among_the_targets_files_is_refused(
    backed_up: Plan, browser: Client, by_hand: Instance, tmp_path: Path
) -> None:
    choose_target(browser, backed_up, by_hand)
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear all")
    with letter.open("rb") as file:
        address = reverse("target-read", args=[backed_up.items.all()[0].pk])
        answer = browser.post(address, {"files": [file]}, follow=True)
    assert "is not one of the files asked for" in answer.content.decode()
    assert not TargetReading.objects.exists()


def test_differences_are_accepted_by_name_and_with_a_reason(
    backed_up: Plan, browser: Client, instances: dict[str, Instance]
) -> None:
    run = Run.objects.create(plan=backed_up, kind=Run.Kind.RESTORE)
    proof = Verification.objects.create(
        run=run,
        item=backed_up.items.all()[0],
        target=instances["target"],
        state=Verification.State.DIFFERENCES,
        totals={"missing_document": 3},
    )
    shown = page(browser, "verification-detail", proof.pk)
    assert 'href="#accept"' in shown
    assert 'href="#differences"' in shown
    # The run is under way still: nothing can be restored again.
    assert "Restore again" not in shown
    Run.objects.filter(pk=run.pk).update(finished_at=timezone.now())
    shown = page(browser, "verification-detail", proof.pk)
    assert "Restore again what is missing (3)" in shown
    assert reverse("plan-restore-again", args=[backed_up.pk]) in shown
    address = reverse("verification-accept", args=[proof.pk])
    assert "with a reason only" in browser.post(address, follow=True).content.decode()
    text = browser.post(address, {"reason": "Drafts of nobody"}, follow=True).content.decode()
    assert "operator accepted 3 differences" in text
    assert 'href="#accept"' not in text
    proof.refresh_from_db()
    assert (proof.accepted_reason, proof.state) == ("Drafts of nobody", "differences")


def test_accepted_differences_are_called_so_everywhere_and_never_green(
    backed_up: Plan, browser: Client, instances: dict[str, Instance], admin: User
) -> None:
    item = backed_up.items.all()[0]
    run = Run.objects.create(plan=backed_up, kind=Run.Kind.RESTORE, finished_at=timezone.now())
    Step.objects.create(run=run, item=item, kind="compare", stage=9, status="done")
    Verification.objects.create(
        run=run,
        item=item,
        archive=item.archive,
        target=instances["target"],
        state=Verification.State.DIFFERENCES,
        totals={"missing_mention": 3},
        accepted_by_name="admin",
        accepted_at=timezone.now(),
        accepted_reason="Drafts of nobody",
    )
    Plan.objects.filter(pk=backed_up.pk).update(deletes_source=True)
    addresses = [
        reverse("run-list"),
        reverse("home"),
        reverse("run-detail", args=[run.pk]),
        reverse("plan-restore", args=[backed_up.pk]),
        reverse("plan-finish", args=[backed_up.pk]),
        *([reverse("archive-detail", args=[item.archive.pk])] if item.archive else []),
    ]
    for address in addresses:
        text = browser.get(address).content.decode()
        assert "Differences accepted" in text, address
        assert "Differences found" not in text, address
    gate = browser.get(reverse("plan-finish", args=[backed_up.pk])).content.decode()
    # The other workspace was not restored yet.
    assert gate.count("The copy is proved") == 1
    assert "differences are accepted by name" in gate
    plan = browser.get(reverse("plan-detail", args=[backed_up.pk])).content.decode()
    assert "1 workspace with accepted differences" in plan


def test_a_blocking_check_keeps_the_review_from_being_confirmed(
    backed_up: Plan, browser: Client, instances: dict[str, Instance]
) -> None:
    choose_target(browser, backed_up, instances["target"])
    room = CheckResult.objects.filter(item__plan=backed_up, code="target_room")
    assert room.update(state=CheckResult.State.BLOCKING, found="It would hold too much.") == 2
    assert "Checks block this restore" in page(browser, "plan-review", backed_up.pk)
    refused = browser.post(reverse("plan-review", args=[backed_up.pk]), follow=True)
    assert "2 checks block this restore" in refused.content.decode()
    assert "It would hold too much. And 1 more." in refused.content.decode()
    assert "Confirmed" not in page(browser, "plan-review", backed_up.pk)


def test_the_review_waits_for_answers_to_what_the_target_brought_up(
    backed_up: Plan, browser: Client, instances: dict[str, Instance]
) -> None:
    address = reverse("plan-target-choose", args=[backed_up.pk])
    browser.post(address, {"target": instances["target"].pk})
    read_all()
    assert state_of(backed_up, "target").status == StepStatus.NEEDS_YOU
    count = results_of(backed_up).open_of_target().count()
    assert f"2 of 2 read, {count} to answer" in page(browser, "plan-target", backed_up.pk)
    text = page(browser, "plan-review", backed_up.pk)
    assert "Nobody answered what was found about the target" in text
    assert reverse("plan-assess-check", args=[backed_up.pk, "region"]) in text
    refused = browser.post(reverse("plan-review", args=[backed_up.pk]), follow=True)
    assert "Nobody answered what was found about the target: " in refused.content.decode()
    assert state_of(backed_up, "review").status == StepStatus.NOT_STARTED
    assert "Go to the review" in page(browser, "plan-restore", backed_up.pk)

    answer_target(backed_up)
    browser.post(reverse("plan-review", args=[backed_up.pk]))
    assert state_of(backed_up, "review").status == StepStatus.DONE
    assert state_of(backed_up, "target").status == StepStatus.DONE
    assert "was confirmed by operator" in page(browser, "plan-restore", backed_up.pk)


def test_the_target_waits_until_each_person_is_mapped_or_left_out(
    backed_up: Plan, browser: Client, instances: dict[str, Instance]
) -> None:
    fill_plan(backed_up, user=None)
    people = people_map_of(backed_up)
    choose_target(browser, backed_up, instances["target"])
    assert len(people) > 1
    assert f"{len(people)} people not mapped" in state_of(backed_up, "target").summary
    named = f"What {len(people)} of {len(people)} people become is not decided"
    assert named in page(browser, "plan-target", backed_up.pk)
    sandboxed = TargetReading.objects.filter(item__plan=backed_up)
    sandboxed.update(finished_at=None)
    text = page(browser, "plan-review", backed_up.pk)
    assert "No people of these workspaces are known" not in text, "they are, read or not"
    assert people[0].person.user in text
    sandboxed.update(finished_at=timezone.now())

    first, *others = [one.person.user for one in people]
    map_people(backed_up, [(first.upper(), "", "")], user=None)
    left = "person" if len(others) == 1 else "people"
    assert f"{len(others)} {left} not mapped" in state_of(backed_up, "target").summary
    map_people(backed_up, [(user, user, "") for user in others], user=None)
    answer_target(backed_up)
    assert state_of(backed_up, "target").status == StepStatus.DONE


def test_a_review_is_done_only_while_what_was_confirmed_holds(
    backed_up: Plan, browser: Client, instances: dict[str, Instance]
) -> None:
    fill_plan(backed_up, user=None)
    choose_target(browser, backed_up, instances["target"])

    def confirmed() -> bool:
        answer_target(backed_up)
        browser.post(reverse("plan-review", args=[backed_up.pk]))
        return state_of(backed_up, "review").status == StepStatus.DONE

    assert confirmed()
    person = people_map_of(backed_up)[0].person
    map_people(backed_up, [(person.user, person.user, "")], user=None)
    assert state_of(backed_up, "review").status == StepStatus.OUT_OF_DATE
    assert confirmed()
    map_people(backed_up, [(person.user, person.user, "")], user=None)
    assert state_of(backed_up, "review").status == StepStatus.DONE, "the same once more"
    WorksheetRow.objects.filter(worksheet__item__plan=backed_up).delete()
    assert state_of(backed_up, "review").status == StepStatus.OUT_OF_DATE, "fewer people"
    assert "Out of date" in page(browser, "plan-review", backed_up.pk)
    assert confirmed()
    leaving = backed_up.items.get(name=NAMES[1])
    browser.post(
        reverse("plan-scope", args=[backed_up.pk]),
        {
            "purpose": "copy",
            "deletes_source": "no",
            "name": backed_up.name,
            "workspaces": [leaving.workspace_id],
        },
    )
    assert backed_up.items.count() == 1
    assert state_of(backed_up, "review").status == StepStatus.OUT_OF_DATE


def test_the_source_is_offered_as_its_own_target_last_and_never_for_the_same_workspace(
    backed_up: Plan, browser: Client, instances: dict[str, Instance]
) -> None:
    text = page(browser, "plan-target", backed_up.pk)
    assert text.index(">target<") < text.index("source (the source itself, under other names)")
    choose_target(browser, backed_up, instances["source"])
    assert "The target is the source itself" in page(browser, "plan-target", backed_up.pk)
    item = backed_up.items.select_related("workspace", "plan").get(name=NAMES[0])
    assert item.workspace is not None
    text = page(browser, "plan-target-item", backed_up.pk, item.pk)
    assert f"{NAMES[0]} (existing)" not in text
    with pytest.raises(ServiceError, match="this one came from"):
        send_into_existing(item, item.workspace, user=None)
