"""Deployed models, worksheets and receipts over the API, by the services of the pages."""

import hashlib
from io import BytesIO

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from migrator.models import (
    Instance,
    ModelService,
    Plan,
    PlanItem,
    Receipt,
    ServedModel,
    Undeployment,
    Worksheet,
)
from migrator.services import queue
from migrator.services.guided_plans import archive_plan, make_plan
from migrator.services.instances import add_instance
from migrator.services.plans import add_workspace_by_hand
from migrator.services.receipts import as_file
from migrator.services.worksheets.editing import save_row, worksheet_of
from tests.api.test_api import client_of, operator, viewer  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db

K = Worksheet.Kind


@pytest.fixture
def item(db: None) -> PlanItem:
    """The one workspace of a plan that deletes its source."""
    instance = add_instance(user=None, name="Dallas", kind=Instance.Kind.BY_HAND)
    workspace = add_workspace_by_hand(instance=instance, user=None, name="Claims", language="en")
    return make_plan(
        source=instance, workspaces=[workspace], purpose="move", deletes_source=True, user=None
    ).items.get()


@pytest.fixture
def model(item: PlanItem) -> ServedModel:
    """A model that is deployed from it, in a service without a credential."""
    assert item.workspace is not None
    now = timezone.now()
    return ServedModel.objects.create(
        service=ModelService.objects.create(address="https://nlu.example.com/instances/1"),
        model_id="10:abc",
        workspace_id=item.workspace.workspace_id,
        status="available",
        first_seen=now,
        seen_at=now,
    )


def test_deployed_models_come_with_what_is_to_be_thought_of_them(
    model: ServedModel,
    viewer: User,  # noqa: F811
) -> None:
    client = client_of(viewer)
    (shown,) = client.get("/api/models/?standing=at_risk").json()["results"]
    assert (shown["model_id"], shown["standing"]) == ("10:abc", "at_risk")
    assert shown["workspace_name"] == "Claims"
    assert client.get("/api/models/?standing=needed").json()["results"] == []
    summary = client.get("/api/models/summary/").json()
    assert not summary["is_known"], "unknown is never zero"
    assert "linked to Dallas" in summary["doubts"][0]["doubt"]
    assert summary["counts"]["at_risk"] == 1


def test_a_model_is_kept_with_a_reason_only(
    model: ServedModel,
    operator: User,  # noqa: F811
) -> None:
    client = client_of(operator)
    address = f"/api/models/{model.pk}/decide/"
    refused = client.post(address, {"decision": "keep"}, format="json")
    assert refused.status_code == 409
    assert "with a reason only" in refused.json()["happened"]
    assert client.post(address, {"decision": "undeploy"}, format="json").status_code == 400
    kept = client.post(address, {"decision": "keep", "reason": "The portal."}, format="json")
    assert (kept.json()["standing"], kept.json()["reason"]) == ("kept", "The portal.")


def test_undeploying_asks_for_the_phrase_of_the_page(
    model: ServedModel,
    operator: User,  # noqa: F811
) -> None:
    client = client_of(operator)
    address = f"/api/models/{model.pk}/undeploy/"
    wrong = client.post(address, {"typed": "undeploy"}, format="json")
    assert (wrong.status_code, Undeployment.objects.count()) == (409, 0)
    with queue.in_process():
        asked = client.post(address, {"typed": "Undeploy  claims"}, format="json")
    assert (asked.status_code, asked.json()["decision"]) == (202, "undeploy")
    assert Undeployment.objects.get().model == model


def test_a_worksheet_goes_out_as_csv_and_comes_back(
    item: PlanItem,
    operator: User,  # noqa: F811
) -> None:
    client = client_of(operator)
    worksheet = worksheet_of(item, K.ROLES)
    save_row(worksheet, {"user": "=ann@example.com", "role": "Admin"}, user=None)
    listed = client.get(f"/api/worksheets/?item__plan={item.plan_id}&kind={K.ROLES}").json()
    (shown,) = listed["results"]
    assert (shown["workspace"], shown["row_count"], shown["state"]) == ("Claims", 1, "open")

    address = f"/api/worksheets/{worksheet.pk}/"
    text = client.get(f"{address}csv/").content.decode()
    assert "'=ann@example.com" in text, "no spreadsheet takes it for a formula"
    more = f"{text}bob@example.com,Human annotator\r\n"
    taken = _bring(address, operator, more)
    assert taken == {"added": 1, "changed": 0, "removed": 0}
    assert worksheet.rows.filter(cells__user="=ann@example.com").exists()
    bad = client.post(f"{address}bring/", {"file": _file("Nonsense\r\nx\r\n")})
    assert (bad.status_code, bad.json()["code"]) == (409, "bad_lines")
    left = _bring(address, operator, text, removes_others=True)
    assert left == {"added": 0, "changed": 0, "removed": 1}


def _file(text: str) -> BytesIO:
    file = BytesIO(text.encode())
    file.name = "roles.csv"
    return file


def _bring(address: str, user: User, text: str, **fields: object) -> object:
    answer = client_of(user).post(f"{address}bring/", {"file": _file(text), **fields})
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_nothing_of_a_plan_that_was_put_away_is_changed(
    item: PlanItem,
    operator: User,  # noqa: F811
) -> None:
    worksheet = worksheet_of(item, K.ROLES)
    archive_plan(Plan.objects.get(), user=None)
    answer = client_of(operator).post(
        f"/api/worksheets/{worksheet.pk}/bring/", {"file": _file("User,Role\r\n")}
    )
    assert answer.status_code == 409


@pytest.mark.parametrize("path", ["models/1/undeploy", "models/scan", "worksheets/1/bring"])
def test_viewers_change_nothing(path: str, viewer: User) -> None:  # noqa: F811
    assert client_of(viewer).post(f"/api/{path}/", {}).status_code == 403


def test_a_receipt_is_read_and_its_file_has_its_sum(
    item: PlanItem,
    viewer: User,  # noqa: F811
) -> None:
    content = {"statement": "Claims may be deleted."}
    receipt = Receipt.objects.create(
        plan=item.plan,
        item=item,
        workspace_name="Claims",
        is_green=True,
        content=content,
        sha256=hashlib.sha256(as_file(content)).hexdigest(),
    )
    client = client_of(viewer)
    (shown,) = client.get(f"/api/receipts/?plan={item.plan_id}").json()["results"]
    file = client.get(f"/api/receipts/{receipt.pk}/file/")
    assert hashlib.sha256(file.content).hexdigest() == shown["sha256"]
    assert client.delete(f"/api/receipts/{receipt.pk}/").status_code == 403
