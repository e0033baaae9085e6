"""A fixed cast, and runs and archives for the pages to show."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from migrator.models import (
    Archive,
    Instance,
    ModelService,
    Plan,
    PlanItem,
    Run,
    ServedModel,
    Workspace,
)
from migrator.services import arrivals, queue, runs
from migrator.services.drive import drive
from migrator.services.guided_plans import make_plan
from migrator.services.instances import add_instance
from migrator.services.plans import add_workspace_by_hand, plan_backup
from sandbox.generator import GeneratedExport, generate
from tests import houses


@pytest.fixture(autouse=True)
def in_this_process() -> Iterator[None]:
    """Steps are performed here, without a broker."""
    with queue.in_process():
        yield


def _user(name: str, *codenames: str) -> User:
    user = User.objects.create_user(name, password="tall pines by the lake")
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return user


@pytest.fixture
def admin(db: None) -> User:
    """May do everything."""
    return User.objects.create_superuser("admin", password="tall pines by the lake")


@pytest.fixture
def operator(db: None) -> User:
    """May start runs, bring files and download archives."""
    return _user("operator", "start_run", "download_archive")


@pytest.fixture
def viewer(db: None) -> User:
    """May look, but neither change anything nor see document texts."""
    return _user("viewer")


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    """A browser in which somebody signed in."""

    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def by_hand(admin: User) -> Instance:
    """An instance that a person serves with files."""
    return add_instance(user=admin, name="Dallas", kind=Instance.Kind.BY_HAND)


@pytest.fixture
def workspace(by_hand: Instance, admin: User) -> Workspace:
    """A workspace that only a person can see."""
    return add_workspace_by_hand(
        instance=by_hand, user=admin, name="Claims", language="en", tokenizer="ml"
    )


@pytest.fixture
def guided(by_hand: Instance, workspace: Workspace, admin: User) -> Plan:
    """A plan for the wizard: to move the one workspace and to delete it afterwards."""
    return make_plan(
        source=by_hand, workspaces=[workspace], purpose="move", deletes_source=True, user=admin
    )


@pytest.fixture
def run(by_hand: Instance, workspace: Workspace, admin: User) -> Run:
    """A backup that waits for its files."""
    plan = plan_backup(source=by_hand, workspaces=[workspace], user=admin)
    started = runs.start_run(plan=plan, user=admin)
    drive(started)
    return started


@pytest.fixture
def item(run: Run) -> PlanItem:
    """The run's one workspace."""
    return run.plan.items.get()


@pytest.fixture(scope="session")
def export(tmp_path_factory: pytest.TempPathFactory) -> GeneratedExport:
    """The three files of a small workspace, in the service's shapes."""
    return generate(tmp_path_factory.mktemp("export"), seed=7, documents=12)


@pytest.fixture
def bring(run: Run, item: PlanItem, admin: User, tmp_path: Path) -> Callable[[Path], None]:
    """Brings a copy of a file, as a person does, and lets the workers go on."""

    def bring_file(file: Path) -> None:
        copy = tmp_path / f"copy{file.suffix}"
        copy.write_bytes(file.read_bytes())
        arrivals.bring_file(run, item, copy, name=file.name, user=admin)
        drive(run)

    return bring_file


@pytest.fixture
def archive(
    run: Run, export: GeneratedExport, bring: Callable[[Path], None], admin: User
) -> Archive:
    """The archive of a finished backup."""
    for file in (export.types, export.corpus, export.dictionaries):
        bring(file)
    dictionaries = run.steps.get(kind="dictionaries")
    arrivals.say_complete(dictionaries, user=admin)
    drive(run)
    return Archive.objects.get()


@pytest.fixture(autouse=True)
def storage(tmp_path: Path, settings: Settings) -> None:
    """Archives and working files of each test in a folder of its own."""
    settings.WORK_DIR = tmp_path / "work"
    settings.WORK_DIR.mkdir()
    settings.STORAGES = {
        **settings.STORAGES,
        "default": houses.storage(tmp_path / "archives"),
    }


def deployed_model(instance: Instance) -> ServedModel:
    """A model that a service linked to `instance` serves."""
    service = ModelService.objects.create(address="https://nlu.example.com/instances/g")
    service.instances.add(instance)
    now = timezone.now()
    return ServedModel.objects.create(service=service, model_id="10:1", first_seen=now, seen_at=now)
