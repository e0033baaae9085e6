"""The API over the same services: who may, what it answers, and that no secret is in it."""

import pytest
from django.contrib.auth.models import Permission, User
from rest_framework.test import APIClient

from migrator.models import Instance, Run
from migrator.services import queue
from migrator.services.instances import add_instance
from migrator.services.plans import add_workspace_by_hand

pytestmark = pytest.mark.django_db

PAGES = ["instances", "workspaces", "archives", "runs"]
SECRET = "planted-secret-0815"


@pytest.fixture
def viewer() -> User:
    return User.objects.create_user("viewer")


@pytest.fixture
def operator() -> User:
    user = User.objects.create_user("operator")
    user.user_permissions.set(Permission.objects.filter(codename="start_run"))
    return user


def client_of(user: User | None) -> APIClient:
    """A client that is signed in as `user`, or nobody."""
    client = APIClient()
    if user is not None:
        client.force_authenticate(user)
    return client


@pytest.mark.parametrize("page", PAGES)
def test_strangers_see_nothing(page: str) -> None:
    answer = client_of(None).get(f"/api/{page}/")
    assert answer.status_code in {401, 403}
    assert set(answer.json()) == {"detail", "code"}


@pytest.mark.parametrize("page", PAGES)
def test_viewers_read_lists(page: str, viewer: User) -> None:
    assert client_of(viewer).get(f"/api/{page}/").json()["results"] == []


def test_viewers_start_nothing(viewer: User) -> None:
    answer = client_of(viewer).post("/api/runs/backup/", {})
    assert answer.status_code == 403
    assert not Run.objects.exists()


def test_an_instance_is_shown_without_its_credential(viewer: User) -> None:
    add_instance(
        user=viewer,
        name="Dallas",
        kind=Instance.Kind.CLOUD,
        address="https://us-south.knowledge-studio.watson.cloud.ibm.com/knowledge-studio/tools/app/us/t",
        credential={"kind": "apikey", "apikey": SECRET},
        connector_enabled=True,
    )
    answer = client_of(viewer).get("/api/instances/")
    assert answer.json()["count"] == 1
    assert SECRET not in answer.content.decode()
    assert "credential" not in answer.content.decode()


def test_an_operator_starts_watches_and_cancels_a_backup(operator: User) -> None:
    instance = add_instance(user=operator, name="By hand", kind=Instance.Kind.BY_HAND)
    workspace = add_workspace_by_hand(
        instance=instance, user=operator, name="Claims", language="en"
    )
    client = client_of(operator)
    wanted = {"from_instance": instance.pk, "workspaces": [workspace.pk]}
    with queue.in_process():
        started = client.post("/api/runs/backup/", wanted, format="json")
        assert started.status_code == 201, started.content
        pk = started.json()["id"]
        again = client.post("/api/runs/backup/", wanted, format="json")
        assert again.status_code == 409
        assert again.json()["code"] == "already_running"
        assert len(client.get(f"/api/runs/{pk}/steps/").json()) == 5
        ended = client.post(f"/api/runs/{pk}/cancel/")
    assert ended.json()["state"] == "cancelled"


def test_nonsense_is_answered_with_a_sentence(operator: User) -> None:
    answer = client_of(operator).post("/api/runs/backup/", {"workspaces": ["x"]}, format="json")
    assert answer.status_code == 400
    assert set(answer.json()) == {"detail", "code"}
