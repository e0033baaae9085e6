"""Home: what needs somebody stands first, each with its next action."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from migrator.models import Archive, Instance, ModelScan, ModelService, Plan, PlanItem, Workspace
from tests.dashboard.test_archives import second_copy

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def home(signed_in: Callable[[User], Client], operator: User) -> Callable[[], str]:
    """The operator's home page."""
    client = signed_in(operator)

    def read() -> str:
        return client.get(reverse("home")).content.decode()

    return read


def test_what_was_never_backed_up_and_what_nobody_could_check_needs_somebody(
    home: Callable[[], str], workspace: Workspace
) -> None:
    text = home()
    assert "1 workspace never backed up" in text
    assert f"{reverse('workspace-list')}?protection=never" in text
    instance = workspace.instance_id
    assert f"{reverse('instance-detail', args=[instance])}#services" in text
    assert "Treat this as not safe" in text
    assert "Nothing waits for you" not in text


def test_nothing_waits_where_all_is_backed_up_and_scanned(
    home: Callable[[], str], archive: Archive, by_hand: Instance
) -> None:
    service = ModelService.objects.create(address="https://nlu.example.com/instances/g")
    service.instances.add(by_hand)
    ModelScan.objects.create(service=service, finished_at=timezone.now())
    text = home()
    assert "never backed up" not in text
    assert "Nothing waits for you." in text


def test_a_damaged_archive_has_a_card_of_its_own(home: Callable[[], str], archive: Archive) -> None:
    assert "See what to use instead" not in home()
    Archive.objects.update(verify_problem="It was altered.")
    assert f"The archive of {archive.workspace_name}</a>" in home()
    second_copy(archive, file="third.zip")
    assert "2 damaged archives" in home()
    assert f"{reverse('archive-list')}?state=damaged" in home()


def test_what_only_stays_as_the_evidence_of_a_restore_asks_for_nothing(
    home: Callable[[], str], archive: Archive, by_hand: Instance
) -> None:
    second_copy(archive)
    Archive.objects.filter(pk=archive.pk).update(verify_problem="It was altered.")
    assert "See what to use instead" in home()
    plan = Plan.objects.create(purpose=Plan.Purpose.MOVE, target=by_hand, is_guided=True)
    PlanItem.objects.create(plan=plan, archive=archive, name="Claims")
    assert "See what to use instead" not in home()
