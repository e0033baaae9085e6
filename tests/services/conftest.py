"""A fixed cast and a small plan for the tests of the services."""

from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.utils import timezone
from pytest_django import Settings

from migrator.models import Instance, ModelService, Plan, Run, Workspace
from migrator.services import queue, runs
from migrator.services.instances import add_instance
from migrator.services.model_services import link_model_service
from migrator.services.plans import add_workspace_by_hand, plan_backup
from tests.sandbox.fixtures import RunningSandbox


@pytest.fixture
def operator(db: None) -> User:
    """May start runs, bring files and download archives."""
    user = User.objects.create_user("operator")
    names = ["start_run", "download_archive"]
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    return user


@pytest.fixture
def by_hand(operator: User) -> Instance:
    """An instance that a person serves with files."""
    return add_instance(user=None, name="By hand", kind=Instance.Kind.BY_HAND)


@pytest.fixture
def workspace(by_hand: Instance, operator: User) -> Workspace:
    """A workspace that only a person can see."""
    return add_workspace_by_hand(
        instance=by_hand, user=operator, name="Claims", language="en", tokenizer="ml"
    )


@pytest.fixture
def plan(by_hand: Instance, workspace: Workspace, operator: User) -> Plan:
    """A plan to back that workspace up."""
    return plan_backup(source=by_hand, workspaces=[workspace], user=operator)


@pytest.fixture
def run(plan: Plan, operator: User) -> Run:
    """A started backup of which nothing is performed yet."""
    with queue.in_process():
        return runs.start_run(plan=plan, user=operator)


@pytest.fixture
def long_ago() -> datetime:
    """A moment well before any worker is given up for dead."""
    return timezone.now() - timedelta(hours=1)


@pytest.fixture
def connected(sandbox: RunningSandbox, operator: User, settings: Settings) -> dict[str, Instance]:
    """The sandbox's instances, added and connected, by name."""
    settings.INSTANCE_HOSTS = ["127.0.0.1"]
    return {
        name: add_instance(
            user=None,
            name=name,
            kind=described.kind,
            address=described.address,
            credential=described.credential,
            iam_url=described.iam_url,
            cp4d_url=described.cp4d_url,
            connector_enabled=True,
        )
        for name in ("source", "target")
        for described in [sandbox.instance(name)]
    }


@pytest.fixture
def nlu(
    connected: dict[str, Instance], sandbox: RunningSandbox, operator: User
) -> dict[str, ModelService]:
    """The Natural Language Understanding instances that they deploy to, linked, by name."""
    found = {}
    for name in ("source", "target"):
        described = sandbox.instance(name)
        found[name] = link_model_service(
            connected[name],
            user=None,
            address=described.nlu_url,
            credential=described.nlu_credential,
            iam_url=described.iam_url,
            name=f"NLU {name}",
        )
    return found
