"""Undeploying: asked once, sent once, and asked again until the model is gone."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from migrator import tasks
from migrator.errors import ServiceError
from migrator.models import AuditEntry, Instance, ModelService, ServedModel, Undeployment
from migrator.services import model_scans, queue, undeploying
from migrator.services.model_services import unlink_model_service
from tests.sandbox.fixtures import RunningSandbox

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def model(nlu: dict[str, ModelService], operator: User) -> ServedModel:
    """A model of Claims that is deployed."""
    model_scans.scan_now(nlu["source"], user=operator)
    return ServedModel.objects.get(name="Claims")


def ask(model: ServedModel, user: User, typed: str = "undeploy claims") -> list[Undeployment]:
    with queue.in_process():
        return undeploying.ask_undeploy([model], name="Claims", typed=typed, user=user)


def time_passes() -> None:
    """The next look is due."""
    now = timezone.now()
    Undeployment.objects.exclude(look_at=None).update(look_at=now - timedelta(seconds=1))


def test_the_phrase_must_be_typed(model: ServedModel, operator: User) -> None:
    for typed in ("", "undeploy", "undeploy support tickets", "claims"):
        with pytest.raises(ServiceError, match="What was typed"):
            ask(model, operator, typed)
    assert not Undeployment.objects.exists()
    assert ask(model, operator, "  Undeploy   Claims ")


def test_it_is_sent_and_seen_to_be_gone(
    model: ServedModel, operator: User, sandbox: RunningSandbox
) -> None:
    (row,) = ask(model, operator)
    tasks.look_after_undeployment(row.pk)
    row.refresh_from_db()
    model.refresh_from_db()
    assert row.gone_at is not None
    assert model.gone_at is not None
    assert row.look_at is None
    said = list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))
    assert said[-3:] == ["model.undeploy_asked", "model.undeploy_sent", "model.gone"]


def test_asked_twice_and_sent_twice_it_is_done_once(
    model: ServedModel, operator: User, sandbox: RunningSandbox
) -> None:
    (row,) = ask(model, operator)
    assert ask(model, operator) == []
    tasks.look_after_undeployment(row.pk)
    tasks.look_after_undeployment(row.pk)
    deleted = [call for call in sandbox.called("/v1/models/") if call["method"] == "DELETE"]
    assert len(deleted) == 1


def test_what_is_not_gone_yet_is_looked_after_again(
    model: ServedModel, operator: User, sandbox: RunningSandbox
) -> None:
    sandbox.options(undeploy_seconds=3600)
    (row,) = ask(model, operator)
    tasks.look_after_undeployment(row.pk)
    row.refresh_from_db()
    assert row.sent_at is not None
    assert row.looked_at is not None
    assert row.gone_at is None
    assert row.look_at is not None
    assert timedelta(minutes=9) < row.look_at - timezone.now() <= timedelta(minutes=10)
    with queue.in_process():
        assert undeploying.send_due_undeployments() == 0
        time_passes()
        assert undeploying.send_due_undeployments() == 1
    tasks.look_after_undeployment(row.pk)
    deleted = [call for call in sandbox.called("/v1/models/") if call["method"] == "DELETE"]
    assert len(deleted) == 1


def test_a_lost_answer_is_made_up_for(
    model: ServedModel, operator: User, sandbox: RunningSandbox
) -> None:
    (row,) = ask(model, operator)
    sandbox.fault("reset", path="/v1/models/", method="DELETE", after=True, count=9)
    tasks.look_after_undeployment(row.pk)
    sandbox.clear_faults()
    row.refresh_from_db()
    assert row.gone_at is None
    assert row.problem
    time_passes()
    tasks.look_after_undeployment(row.pk)
    row.refresh_from_db()
    assert row.gone_at is not None
    assert row.problem == ""


def test_a_refused_order_says_why_and_is_tried_again(
    model: ServedModel, operator: User, sandbox: RunningSandbox
) -> None:
    (row,) = ask(model, operator)
    sandbox.fault("status", path="/v1/models/", method="DELETE", status=403, count=1)
    tasks.look_after_undeployment(row.pk)
    row.refresh_from_db()
    assert row.sent_at is None
    assert row.problem
    time_passes()
    tasks.look_after_undeployment(row.pk)
    row.refresh_from_db()
    assert row.gone_at is not None


def test_a_service_is_not_unlinked_while_a_model_is_undeployed(
    model: ServedModel, operator: User, connected: dict[str, Instance]
) -> None:
    ask(model, operator)
    with pytest.raises(ServiceError, match="being undeployed"):
        unlink_model_service(model.service, connected["source"], user=None)


def test_an_order_can_be_taken_back_until_it_is_sent(model: ServedModel, operator: User) -> None:
    (row,) = ask(model, operator)
    undeploying.withdraw(row, user=operator)
    tasks.look_after_undeployment(row.pk)
    model.refresh_from_db()
    assert model.gone_at is None
    assert model.decision == ""
    (again,) = ask(model, operator)
    tasks.look_after_undeployment(again.pk)
    again.refresh_from_db()
    with pytest.raises(ServiceError, match="sent already"):
        undeploying.withdraw(again, user=operator)


def test_by_hand_it_waits_for_the_person_and_for_the_next_look(
    model: ServedModel, operator: User
) -> None:
    ModelService.objects.filter(pk=model.service_id).update(credential=None)
    model.service.refresh_from_db()
    (row,) = ask(model, operator)
    assert row.performer == Undeployment.Performer.PERSON
    assert row.look_at is None
    undeploying.done_by_person(row, user=operator)
    undeploying.done_by_person(row, user=operator)
    row.refresh_from_db()
    assert row.sent_at is not None
    assert row.gone_at is None
    model_scans.note_scan_by_person(model.service, '{"models": []}', user=operator)
    row.refresh_from_db()
    assert row.gone_at is not None
