"""A restore over the API: the target is read, the review is confirmed by starting."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User

from migrator.models import Archive, Instance, Plan, PlanAnswer, Run, TargetReading
from migrator.services import queue
from migrator.services.drive import drive
from migrator.services.instances import add_instance
from migrator.services.targets.readings import read_target
from tests.api.test_api import client_of
from tests.sandbox.fixtures import RunningSandbox
from tests.services.conftest import connected, operator  # noqa: F401 - fixtures
from tests.services.test_targets import archive  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def in_this_process() -> Iterator[None]:
    """Steps and readings are performed here, without a broker."""
    with queue.in_process():
        yield


def test_a_restore_starts_once_its_target_was_read(
    archive: Archive,  # noqa: F811
    connected: dict[str, Instance],  # noqa: F811
    operator: User,  # noqa: F811
    sandbox: RunningSandbox,
) -> None:
    client = client_of(operator)
    wanted = {"archive": archive.pk, "target": connected["target"].pk, "name": "Copy"}
    made = client.post("/api/restores/", wanted, format="json")
    assert made.status_code == 201, made.content
    assert made.json()["is_being_read"]
    assert not made.json()["is_inspected"]
    address = f"/api/restores/{made.json()['id']}/"
    early = client.post(f"{address}start/")
    assert (early.status_code, Run.objects.filter(kind="restore").count()) == (409, 0)
    assert "being read" in early.json()["detail"]

    assert read_target(TargetReading.objects.get())
    review = client.get(address).json()
    assert review["is_inspected"]
    assert review["obstacles"] == []
    assert review["effects"]["creates"]["workspaces"] == 1
    assert review["effects"]["creates"]["documents"] == archive.counts["documents"]
    started = client.post(f"{address}start/")
    assert started.status_code == 201, started.content
    assert PlanAnswer.objects.get(key="review").answered_by == operator
    run = Run.objects.get(pk=started.json()["id"])
    drive(run)
    assert "Copy" in sandbox.workspaces("target")
    assert client.get(address).json()["run"] == run.pk
    again = client.post(f"{address}start/")
    assert (again.status_code, Run.objects.filter(kind="restore").count()) == (409, 1)
    assert f"run {run.pk}" in again.json()["detail"]


def test_what_is_in_the_way_refuses_the_start(
    archive: Archive,  # noqa: F811
    connected: dict[str, Instance],  # noqa: F811
    operator: User,  # noqa: F811
    sandbox: RunningSandbox,
) -> None:
    sandbox.create_workspace("Taken")
    client = client_of(operator)
    wanted = {"archive": archive.pk, "target": connected["target"].pk, "name": "Taken"}
    made = client.post("/api/restores/", wanted, format="json").json()
    assert read_target(TargetReading.objects.get())
    review = client.get(f"/api/restores/{made['id']}/").json()
    assert "already has a workspace named Taken" in review["obstacles"][0]["happened"]
    answer = client.post(f"/api/restores/{made['id']}/start/")
    assert answer.status_code == 409
    assert "in the way" in answer.json()["detail"]
    assert not Run.objects.filter(kind="restore").exists()


def test_a_target_served_by_hand_is_said_not_to_be_inspected(
    operator: User,  # noqa: F811
) -> None:
    kept = Archive.objects.create(
        file="claims.zip",
        size=1,
        sha256="0" * 64,
        workspace_name="Claims",
        source_workspace_id="w1",
        language="en",
        counts={"documents": 3},
        facts={"workspace": {"tokenizer": "ml"}},
    )
    by_hand = add_instance(user=None, name="By hand", kind=Instance.Kind.BY_HAND)
    client = client_of(operator)
    wanted = {"archive": kept.pk, "target": by_hand.pk}
    made = client.post("/api/restores/", wanted, format="json").json()
    assert (made["is_inspected"], made["is_being_read"]) == (False, False)
    assert made["effects"]["creates"] == {"workspaces": 1, "documents": 3}
    assert client.post(f"/api/restores/{made['id']}/start/").status_code == 201


def test_viewers_plan_no_restore() -> None:
    viewer = User.objects.create_user("viewer")
    assert client_of(viewer).post("/api/restores/", {}).status_code == 403
    assert not Plan.objects.exists()
