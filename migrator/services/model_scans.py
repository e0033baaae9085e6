"""Scans: asking every linked service for its deployed models, completely or not at all."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import msgspec
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from migrator.clients.nlu import DeployedModel, models_in
from migrator.errors import ServiceError
from migrator.formats.errors import StatedError
from migrator.models import ModelScan, ModelService, ServedModel, Undeployment
from migrator.models.model_conditions import FRESH_FOR
from migrator.services import audit, checks, queue
from migrator.services.connections import QUICK, connect_models
from migrator.services.permissions import requires

SCAN_EVERY = timedelta(hours=1)
# A failed scan is tried again sooner.
AFTER_FAILURE = timedelta(minutes=5)
# A scan that takes longer has lost its worker: one service answers in one list.
SCAN_TAKES = timedelta(minutes=10)


@requires("migrator.start_run")
def begin_scan(service: ModelService, *, user: User | None) -> ModelScan:
    """Note that a scan begins; ServiceError where one is under way."""
    close_lost_scans()
    try:
        with transaction.atomic():
            return ModelScan.objects.create(service=service, user=user)
    except IntegrityError:
        raise ServiceError(
            f"A scan of {service} is already under way.",
            meaning="Nothing was started.",
            remedy="Wait for it to end; the page shows it.",
        ) from None


def take_scan(scan: ModelScan) -> None:
    """Ask the service and store what it lists; a failure is written on the row and nothing else."""
    try:
        with connect_models(scan.service, timeout=QUICK) as client:
            found = client.models()
        _store(scan, found)
    except StatedError as error:
        _close(scan, problem=str(error))
    except Exception:
        _close(scan, problem="An internal error stopped the scan; see the server's log.")
        raise
    checks.recheck_served_by(scan.service)


@requires("migrator.start_run")
def scan_now(service: ModelService, *, user: User | None) -> ModelScan:
    """A scan taken here and now; whether it failed stands on it."""
    scan = begin_scan(service, user=user)
    take_scan(scan)
    audit.record(user, "model_service.scanned", service, seen=scan.models_seen, ok=not scan.problem)
    return scan


@requires("migrator.start_run")
def scan_in_worker(services: Iterable[ModelService], *, user: User | None) -> int:
    """Send a scan of each to the workers, where none is under way; how many were sent."""
    sent = 0
    for service in services:
        if service.credential_id is None:
            continue
        try:
            queue.enqueue_scan(begin_scan(service, user=user))
        except ServiceError:
            continue  # under way already, and just as good
        sent += 1
    return sent


@requires("migrator.start_run")
@transaction.atomic
def note_scan_by_person(service: ModelService, answer: str, *, user: User) -> ModelScan:
    """Store what a person saw: the service's answer to `GET /v1/models`, as it came.

    ServiceError where it cannot be read; then nothing is stored.
    """
    try:
        found = models_in(answer)
    except (msgspec.DecodeError, UnicodeError):
        raise ServiceError(
            "This is not the list of models that the service answers with.",
            meaning="Nothing was stored, and what is deployed stays unknown.",
            remedy='Bring the whole answer; it begins with {"models": [ and ends with ]}.',
        ) from None
    close_lost_scans()
    scan = begin_scan(service, user=user)
    ModelScan.objects.filter(pk=scan.pk).update(looked_by=user.get_username())
    _store(scan, found)
    audit.record(user, "model_service.looked_at", service, seen=len(found))
    checks.recheck_served_by(service)
    return scan


def scan_due_services() -> int:
    """Send scans of what was not looked at for an hour, or failed a while ago; how many.

    What nobody looked at for too long is unknown from then on, and the checks say so.
    """
    close_lost_scans()
    now = timezone.now()
    rows = list(ModelService.objects.with_last_scan())
    for row in rows:
        if row.complete_at is not None and not row.is_known:
            checks.recheck_aged(row, row.complete_at + FRESH_FOR)
    due = [row for row in rows if row.credential_id and not row.is_scanning and _is_due(row, now)]
    return scan_in_worker(due, user=None)


def close_lost_scans() -> int:
    """End scans whose worker died; how many there were."""
    now = timezone.now()
    lost = ModelScan.objects.filter(finished_at=None, started_at__lt=now - SCAN_TAKES)
    return lost.update(finished_at=now, problem="The worker fell silent before it had the list.")


def _is_due(service: ModelService, now: datetime) -> bool:
    if service.ended_at is None:
        return True
    return service.ended_at <= now - (AFTER_FAILURE if service.scan_problem else SCAN_EVERY)


@transaction.atomic
def _store(scan: ModelScan, found: list[DeployedModel]) -> None:
    now = timezone.now()
    rows = {each.model_id: _row(scan.service, each, now) for each in found}
    ServedModel.objects.bulk_create(
        rows.values(),
        update_conflicts=True,
        unique_fields=["service", "model_id"],
        update_fields=[*_SAID, "seen_at", "gone_at"],
    )
    gone = scan.service.served.filter(gone_at=None).exclude(seen_at=now)
    gone.update(gone_at=now)
    _settle_undeployments(scan, now)
    _close(scan, models_seen=len(rows))


_SAID = ("workspace_id", "version", "name", "description", "language", "status", "created")


def _row(service: ModelService, said: DeployedModel, now: datetime) -> ServedModel:
    return ServedModel(
        service=service,
        model_id=said.model_id,
        workspace_id=said.workspace_id or "",
        version=said.version or said.model_version or "",
        name=said.name or "",
        description=said.version_description or said.description or "",
        language=said.language or "",
        status=said.status or "",
        created=_moment(said.created),
        first_seen=now,
        seen_at=now,
        gone_at=None,
    )


def _moment(text: str | None) -> datetime | None:
    """An ISO 8601 time, None where the service gave none or something else."""
    try:
        found = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _settle_undeployments(scan: ModelScan, now: datetime) -> None:
    """Close the undeployments of models that this scan saw to be gone."""
    rows = Undeployment.objects.under_way().filter(model__service=scan.service)
    gone = list(rows.exclude(model__gone_at=None).select_related("model"))
    # A model that is gone before anybody sent the order went by another way, and is gone.
    rows.filter(pk__in=[row.pk for row in gone]).update(
        gone_at=now, looked_at=now, look_at=None, problem=""
    )
    # Only a look that began after the order tells anything about it.
    rows.filter(sent_at__lte=scan.started_at, gone_at=None).update(looked_at=now)
    for row in gone:
        audit.record(scan.user, "model.gone", row.model, model_id=row.model.model_id)


def _close(scan: ModelScan, **changes: object) -> None:
    ModelScan.objects.filter(pk=scan.pk, finished_at=None).update(
        finished_at=timezone.now(), **changes
    )
    scan.refresh_from_db()
