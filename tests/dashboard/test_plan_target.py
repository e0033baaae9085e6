"""The restore of a guided plan: target, conflicts, review by name, outcomes and proof."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from migrator.models import CheckResult, Conflict, Instance, Plan, Run, TargetReading, Verification
from migrator.services import runs
from migrator.services.check_answers import accept
from migrator.services.checks import blocking_of
from migrator.services.drive import drive
from migrator.services.guided_plans import make_plan
from migrator.services.instances import add_instance
from migrator.services.inventories import inventory_now
from migrator.services.targets.readings import read_target
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
    shown = dict(blocking_of(plan).values_list("pk", "fingerprint"))
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


def page(browser: Client, name: str, *args: int) -> str:
    """The text of a page that needs few queries."""
    with CaptureQueriesContext(connection) as queries:
        answer = browser.get(reverse(name, args=args))
    assert answer.status_code == 200
    assert len(queries) <= MOST, name
    return answer.content.decode()


def choose_target(browser: Client, plan: Plan, target: Instance) -> None:
    """Choose the target, which is read at once."""
    browser.post(reverse("plan-target-choose", args=[plan.pk]), {"target": target.pk})
    read_all()


def test_two_workspaces_are_read_reviewed_restored_and_proven(
    backed_up: Plan, browser: Client, instances: dict[str, Instance], sandbox: RunningSandbox
) -> None:
    choose_target(browser, backed_up, instances["target"])
    assert "All into new workspaces of the same name" in page(browser, "plan-target", backed_up.pk)
    item = backed_up.items.get(name=NAMES[0])
    assert "A new workspace starts empty" in page(
        browser, "plan-target-item", backed_up.pk, item.pk
    )
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
    address = reverse("verification-accept", args=[proof.pk])
    assert "with a reason only" in browser.post(address, follow=True).content.decode()
    text = browser.post(address, {"reason": "Drafts of nobody"}, follow=True).content.decode()
    assert "operator accepted these differences" in text
    proof.refresh_from_db()
    assert (proof.accepted_reason, proof.state) == ("Drafts of nobody", "differences")


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
