"""Undeploying: ask once, send it, and ask the service again until the model is gone."""

import logging
from collections.abc import Iterable
from datetime import timedelta

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from migrator.clients.nlu import NluClient
from migrator.errors import ServiceError, TransientError
from migrator.formats.errors import StatedError
from migrator.models import ServedModel, Undeployment
from migrator.services import audit, model_scans, queue
from migrator.services.approvals import NeedsApproval, approved
from migrator.services.connections import QUICK, connect_models
from migrator.services.permissions import requires

logger = logging.getLogger(__name__)

# "Not gone yet; … we look again in 10 minutes."
LOOK_AGAIN = timedelta(minutes=10)
# After a call that failed in passing, or while another scan is under way.
TRY_AGAIN = timedelta(minutes=1)
# A worker has that long for one try; then the next one may take it.
CLAIMED_FOR = timedelta(minutes=5)


def phrase_for(name: str) -> str:
    """What a person types to undeploy models of the workspace (or model) called `name`."""
    return f"undeploy {' '.join(name.casefold().split())}"


@requires("migrator.start_run")
def ask_undeploy(
    models: Iterable[ServedModel], *, name: str, typed: str, user: User
) -> list[Undeployment]:
    """Undeploy `models`, all of the workspace called `name`; asked twice it is asked once.

    ServiceError where what was typed is not the phrase; then nothing is sent. NeedsApproval where
    a second person has to allow some of them; those that are allowed are undeployed.
    """
    if " ".join(typed.casefold().split()) != phrase_for(name):
        raise ServiceError(
            f"What was typed is not “{phrase_for(name)}”.",
            meaning="Nothing was undeployed.",
            remedy="Type it exactly, so that no model is taken down by accident.",
        )
    asked, missing = [], None
    for model in models:
        try:
            words = f"Undeploy model {model.model_id} of {name}"
            approved("undeploy", user=user, subject=model, words=words)
        except NeedsApproval as needed:
            missing = missing or needed
        else:
            asked.append(_ask(model, user))
    if missing is not None:
        raise missing
    return [row for row in asked if row is not None]


@transaction.atomic
def _ask(model: ServedModel, user: User) -> Undeployment | None:
    """None where it was asked for already."""
    connected = model.service.credential_id is not None and model.service.lists_models
    performer = Undeployment.Performer.CONNECTOR if connected else Undeployment.Performer.PERSON
    now = timezone.now()
    try:
        with transaction.atomic():
            row = Undeployment.objects.create(
                model=model,
                performer=performer,
                asked_by=user,
                asked_who=user.get_username(),
                look_at=now if connected else None,
            )
    except IntegrityError:
        return None
    ServedModel.objects.filter(pk=model.pk).update(
        decision=ServedModel.Decision.UNDEPLOY,
        decided_by=user,
        decided_who=user.get_username(),
        decided_at=now,
        reason="",
        remind_at=None,
    )
    audit.record(user, "model.undeploy_asked", model, model_id=model.model_id, by=performer)
    if connected:
        queue.enqueue_undeployment(row)
    return row


@requires("migrator.start_run")
@transaction.atomic
def done_by_person(row: Undeployment, *, user: User) -> None:
    """A person undeployed it in the service's own pages; the next look tells whether it is gone."""
    now = timezone.now()
    ours = Undeployment.objects.under_way().filter(pk=row.pk, sent_at=None)
    looks = row.model.service.credential_id is not None
    if not ours.update(sent_at=now, look_at=now if looks else None):
        return  # said twice
    audit.record(user, "model.undeployed_by_person", row.model, model_id=row.model.model_id)
    if looks:
        queue.enqueue_undeployment(row)


@requires("migrator.start_run")
@transaction.atomic
def withdraw(row: Undeployment, *, user: User) -> None:
    """Take the order back; ServiceError where it was sent already."""
    ours = Undeployment.objects.under_way().filter(pk=row.pk, sent_at=None)
    if not ours.update(withdrawn_at=timezone.now(), look_at=None):
        raise ServiceError(
            "The order was sent already.",
            meaning="The model is being undeployed or is gone.",
            remedy="Deploy the version again in Knowledge Studio; it gets a new model id.",
        )
    ServedModel.objects.filter(pk=row.model_id).update(decision=ServedModel.Decision.OPEN)
    audit.record(user, "model.undeploy_withdrawn", row.model, model_id=row.model.model_id)


def send_due_undeployments() -> int:
    """Send what is due to the workers; how many there were."""
    due = list(Undeployment.objects.due())
    for row in due:
        queue.enqueue_undeployment(row)
    return len(due)


def look_after(row: Undeployment) -> None:
    """Send the order where it was not sent yet, then ask the service whether the model is gone.

    Two messages do it once: whoever moves `look_at` has it.
    """
    if not _claim(row):
        return
    try:
        if row.sent_at is None:
            _send(row)
        _look(row)
    except TransientError as error:
        _later(row, TRY_AGAIN, str(error))
    except StatedError as error:
        logger.warning("%s: %s", row, type(error).__name__)
        _later(row, LOOK_AGAIN, str(error))


def _claim(row: Undeployment) -> bool:
    due = Undeployment.objects.due().filter(pk=row.pk)
    if not due.update(look_at=timezone.now() + CLAIMED_FOR):
        return False
    row.refresh_from_db()
    return True


def _send(row: Undeployment) -> None:
    model = row.model
    try:
        with connect_models(model.service, timeout=QUICK) as client:
            assert isinstance(client, NluClient), "only such models are undeployed by us"
            client.delete(model.model_id)
    except ServiceError as error:
        if error.http_status != 404:
            raise
        # Gone already: an earlier try whose answer was lost, or somebody else.
    now = timezone.now()
    Undeployment.objects.filter(pk=row.pk, sent_at=None).update(sent_at=now, problem="")
    row.refresh_from_db()
    audit.record(row.asked_by, "model.undeploy_sent", model, model_id=model.model_id)


def _look(row: Undeployment) -> None:
    try:
        scan = model_scans.begin_scan(row.model.service, user=row.asked_by)
    except ServiceError:
        _later(row, TRY_AGAIN, "")  # another scan is under way, which may have begun before
        return
    model_scans.take_scan(scan)
    row.refresh_from_db()
    if row.gone_at is None:
        _later(row, TRY_AGAIN if scan.problem else LOOK_AGAIN, scan.problem)


def _later(row: Undeployment, pause: timedelta, problem: str) -> None:
    Undeployment.objects.under_way().filter(pk=row.pk).update(
        look_at=timezone.now() + pause, problem=problem
    )
    row.refresh_from_db()
