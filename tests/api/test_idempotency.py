"""Calls that may be repeated: the same key gives the same answer, and nothing is done twice."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import Permission, User
from rest_framework.test import APIClient

from migrator.errors import ServiceError
from migrator.models import IdempotentAnswer, Instance, Run
from migrator.services import queue
from migrator.services.idempotency import KeyReused, StillWorking, answered_once
from migrator.services.instances import add_instance
from migrator.services.plans import add_workspace_by_hand

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator() -> User:
    user = User.objects.create_user("operator")
    user.user_permissions.set(Permission.objects.filter(codename="start_run"))
    return user


@pytest.fixture
def client(operator: User) -> Iterator[APIClient]:
    client = APIClient()
    client.force_authenticate(operator)
    with queue.in_process():
        yield client


@pytest.fixture
def wanted() -> dict[str, object]:
    instance = add_instance(user=None, name="By hand", kind=Instance.Kind.BY_HAND)
    workspace = add_workspace_by_hand(instance=instance, user=None, name="Claims", language="en")
    return {"from_instance": instance.pk, "workspaces": [workspace.pk]}


def test_a_repeated_call_starts_one_run(client: APIClient, wanted: dict[str, object]) -> None:
    headers = {"Idempotency-Key": "a-1"}
    first = client.post("/api/runs/backup/", wanted, format="json", headers=headers)
    again = client.post("/api/runs/backup/", wanted, format="json", headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert Run.objects.count() == 1


def test_another_call_under_the_key_is_refused(
    client: APIClient, wanted: dict[str, object]
) -> None:
    headers = {"Idempotency-Key": "a-1"}
    client.post("/api/runs/backup/", wanted, format="json", headers=headers)
    other = client.post(
        "/api/runs/backup/", {**wanted, "workspaces": [0]}, format="json", headers=headers
    )
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")


def test_a_refused_call_may_be_tried_again(client: APIClient, wanted: dict[str, object]) -> None:
    headers = {"Idempotency-Key": "a-1"}
    bad = client.post("/api/runs/backup/", {}, format="json", headers=headers)
    assert bad.status_code == 400
    good = client.post("/api/runs/backup/", wanted, format="json", headers=headers)
    assert good.status_code == 201


def test_keys_of_others_are_others(operator: User, client: APIClient) -> None:
    other = User.objects.create_user("other")
    assert answered_once(user=operator, key="k", asked="x", work=lambda: (201, 1)) == (201, 1)
    assert answered_once(user=other, key="k", asked="y", work=lambda: (201, 2)) == (201, 2)
    with pytest.raises(KeyReused):
        answered_once(user=operator, key="k", asked="y", work=lambda: (201, 3))


def test_a_call_that_still_works_is_not_begun_again(operator: User) -> None:
    IdempotentAnswer.objects.create(user=operator, key="k", asked="x")
    with pytest.raises(StillWorking):
        answered_once(user=operator, key="k", asked="x", work=lambda: (201, 1))


def test_a_failure_is_not_kept(operator: User) -> None:
    def fail() -> tuple[int, object]:
        raise ServiceError("No.")

    with pytest.raises(ServiceError):
        answered_once(user=operator, key="k", asked="x", work=fail)
    assert answered_once(user=operator, key="k", asked="x", work=lambda: (201, 1)) == (201, 1)


@pytest.mark.parametrize("key", ["x" * 101, "a\tb"])
def test_a_key_that_is_none_is_refused(
    client: APIClient, wanted: dict[str, object], key: str
) -> None:
    answer = client.post(
        "/api/runs/backup/", wanted, format="json", headers={"Idempotency-Key": key}
    )
    assert answer.status_code == 400
    assert not Run.objects.exists()
