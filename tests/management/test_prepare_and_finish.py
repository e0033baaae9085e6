"""`models`, `worksheet` and `receipts`: what a script reads before a source is deleted."""

import hashlib
import json
from pathlib import Path

import pytest
from django.utils import timezone

from migrator.models import Instance, ModelService, PlanItem, Receipt, ServedModel
from migrator.services.guided_plans import make_plan
from migrator.services.instances import add_instance
from migrator.services.plans import add_workspace_by_hand
from migrator.services.receipts import as_file
from tests.management.conftest import run

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def item(db: None) -> PlanItem:
    """The one workspace of a plan that deletes its source."""
    instance = add_instance(user=None, name="Dallas", kind=Instance.Kind.BY_HAND)
    workspace = add_workspace_by_hand(instance=instance, user=None, name="Claims", language="en")
    return make_plan(
        source=instance, workspaces=[workspace], purpose="move", deletes_source=True, user=None
    ).items.get()


def test_models_fails_while_something_is_not_known_or_at_risk(item: PlanItem) -> None:
    assert item.workspace is not None
    unknown = run("models", "--json")
    assert unknown.code == 1
    assert unknown.document["is_known"] is False
    assert "Treat this as not safe." in unknown.err
    now = timezone.now()
    ServedModel.objects.create(
        service=ModelService.objects.create(address="https://nlu.example.com/instances/1"),
        model_id="10:abc",
        workspace_id=item.workspace.workspace_id,
        first_seen=now,
        seen_at=now,
    )
    listed = run("models")
    assert listed.code == 1
    assert "At risk: Claims, model 10:abc" in listed.out


def test_models_says_that_none_is_deployed_only_where_nobody_doubts(db: None) -> None:
    answer = run("models", "--scan")
    assert (answer.code, answer.out.strip()) == (0, "No model is deployed.")


def test_a_worksheet_is_written_and_read(item: PlanItem, tmp_path: Path) -> None:
    path = tmp_path / "roles.csv"
    words = ("worksheet", item.plan_id, "Claims", "roles")
    assert run(*words, "--write", path).code == 0
    assert run(*words, "--write", path).code == 1, "a file that is there is not overwritten"
    with path.open("a", encoding="utf-8") as file:
        file.write("ann@example.com,Admin\r\n")
    taken = run(*words, "--read", path, "--json")
    assert taken.document == {"added": 1, "changed": 0, "removed": 0}
    assert "ann@example.com,Admin" in run(*words).out
    path.write_text("Nonsense\nx\n")
    refused = run(*words, "--read", path)
    assert refused.code == 1
    assert "no column is called Nonsense" in refused.err


def test_a_workspace_that_is_not_in_the_plan_is_named(item: PlanItem) -> None:
    answer = run("worksheet", item.plan_id, "Pharma", "roles")
    assert answer.code == 1
    assert "has no workspace called Pharma" in answer.err
    assert "Name one of Claims." in answer.err


def test_receipts_are_listed_and_one_is_printed_byte_for_byte(item: PlanItem) -> None:
    assert "Nothing was signed for." in run("receipts").out
    content = {"statement": "Claims may be deleted."}
    receipt = Receipt.objects.create(
        plan=item.plan,
        item=item,
        workspace_name="Claims",
        signed_name="Ann Example",
        is_green=True,
        content=content,
        sha256=hashlib.sha256(as_file(content)).hexdigest(),
    )
    (listed,) = run("receipts", "--json").document["receipts"]
    printed = run("receipts", receipt.pk).out
    assert hashlib.sha256(printed.encode()).hexdigest() == listed["sha256"]
    assert json.loads(printed) == content
    assert run("receipts", 99).code == 1
