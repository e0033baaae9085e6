"""The API over the same services: who may, what it answers, and that no secret is in it."""

import pytest
from django.contrib.auth.models import Permission, User
from rest_framework.test import APIClient

from migrator.models import Instance, Run, Step
from migrator.services import queue, runs
from migrator.services.guided_plans import make_plan
from migrator.services.instances import add_instance
from migrator.services.plans import add_workspace_by_hand, plan_backup

pytestmark = pytest.mark.django_db

PAGES = [
    "instances",
    "workspaces",
    "archives",
    "plans",
    "runs",
    "models",
    "worksheets",
    "receipts",
]
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
        user=None,
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
    instance = add_instance(user=None, name="By hand", kind=Instance.Kind.BY_HAND)
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


@pytest.fixture
def begun(operator: User) -> Run:
    """A started backup by hand, of which nothing is performed yet."""
    instance = add_instance(user=None, name="By hand", kind=Instance.Kind.BY_HAND)
    workspace = add_workspace_by_hand(
        instance=instance, user=operator, name="Claims", language="en"
    )
    plan = plan_backup(source=instance, workspaces=[workspace], user=operator)
    with queue.in_process():
        return runs.start_run(plan=plan, user=operator)


def test_an_operator_skips_a_step_with_a_reason(operator: User, begun: Run) -> None:
    step = begun.steps.get(kind=Step.Kind.DICTIONARIES)
    Step.objects.filter(pk=step.pk).update(status=Step.Status.WAITING)
    client = client_of(operator)
    with queue.in_process():
        silent = client.post(f"/api/runs/{begun.pk}/skip/", {"step": step.pk}, format="json")
        wanted = {"step": step.pk, "reason": "The workspace has none."}
        skipped = client.post(f"/api/runs/{begun.pk}/skip/", wanted, format="json")
    assert silent.status_code == 400
    assert "reason" in silent.json()["detail"]
    assert skipped.status_code == 200, skipped.content
    step.refresh_from_db()
    assert (step.status, step.outcome) == ("done", "skipped")
    assert step.answer["skipped"] == "The workspace has none."


def test_what_an_archive_cannot_do_without_is_not_skipped(operator: User, begun: Run) -> None:
    step = begun.steps.get(kind=Step.Kind.DOCUMENTS)
    Step.objects.filter(pk=step.pk).update(status=Step.Status.FAILED)
    wanted = {"step": step.pk, "reason": "It failed."}
    answer = client_of(operator).post(f"/api/runs/{begun.pk}/skip/", wanted, format="json")
    assert answer.status_code == 409
    assert "cannot be skipped" in answer.json()["detail"]


def test_a_step_of_another_run_is_not_skipped(operator: User, begun: Run) -> None:
    other = Run.objects.create(kind=Run.Kind.BACKUP, plan=begun.plan)
    wanted = {"step": begun.steps.get(kind=Step.Kind.DICTIONARIES).pk, "reason": "By mistake."}
    answer = client_of(operator).post(f"/api/runs/{other.pk}/skip/", wanted, format="json")
    assert answer.status_code == 400
    assert "belongs to another run" in str(answer.json()["detail"])


def test_an_operator_runs_an_ended_run_again(operator: User, begun: Run) -> None:
    client = client_of(operator)
    with queue.in_process():
        early = client.post(f"/api/runs/{begun.pk}/again/")
        client.post(f"/api/runs/{begun.pk}/cancel/")
        again = client.post(f"/api/runs/{begun.pk}/again/")
    assert early.status_code == 409
    assert early.json()["code"] == "already_running"
    assert again.status_code == 201, again.content
    assert again.json()["id"] != begun.pk


@pytest.mark.parametrize("action", ["skip", "again"])
def test_viewers_steer_nothing(viewer: User, begun: Run, action: str) -> None:
    assert client_of(viewer).post(f"/api/runs/{begun.pk}/{action}/", {}).status_code == 403


def test_nonsense_is_answered_with_a_sentence(operator: User) -> None:
    answer = client_of(operator).post("/api/runs/backup/", {"workspaces": ["x"]}, format="json")
    assert answer.status_code == 400
    assert set(answer.json()) == {"detail", "code"}


def test_the_checks_of_a_plan_are_read_what_needs_somebody_first(viewer: User) -> None:
    instance = add_instance(user=None, name="Dallas", kind=Instance.Kind.BY_HAND)
    workspace = add_workspace_by_hand(instance=instance, user=None, name="Claims", language="en")
    plan = make_plan(source=instance, workspaces=[workspace], purpose="move", user=None)
    assert client_of(viewer).get("/api/plans/").json()["results"][0]["name"] == "Move Claims"
    found = client_of(viewer).get(f"/api/plans/{plan.pk}/checks/").json()
    assert found["count"] == plan.items.get().checks.count()
    first = found["results"][0]
    assert (first["workspace"], first["state"]) == ("Claims", "could_not_check")
    assert first["needs_somebody"]
    assert not found["results"][-1]["needs_somebody"]
