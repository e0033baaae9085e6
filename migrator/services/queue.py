"""Sending steps to the workers: by task name and primary key, after the commit.

The row is the truth, so a message that is lost or doubled does no harm: the beat task sends
pending steps again, and `Step.claim` says no to the second of two.
"""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from kombu.exceptions import OperationalError

from migrator.celery import app
from migrator.models import (
    Archive,
    ArchiveComparison,
    Delivery,
    Instance,
    Inventory,
    ModelScan,
    PlanItem,
    Run,
    Step,
    TargetReading,
    Undeployment,
)

logger = logging.getLogger(__name__)

# A message younger than this is taken to be on its way; an older one is sent again.
RESEND_AFTER = timedelta(seconds=60)
# Messages that one look sends; the next look sends the rest.
MOST_AT_ONCE = 1000
# An inventory without an end after this long has lost its worker.
INVENTORY_TAKES = timedelta(hours=2)

# The columns of a problem that is over.
NO_PROBLEM = {
    "problem": "",
    "problem_meaning": "",
    "problem_remedy": "",
    "problem_reference": "",
}

_in_process: ContextVar[bool] = ContextVar("in_process", default=False)


@contextmanager
def in_process() -> Iterator[None]:
    """Within this block nothing is sent: the caller performs the steps itself, without a broker."""
    token = _in_process.set(True)
    try:
        yield
    finally:
        _in_process.reset(token)


def enqueue(steps: Iterable[Step], delay: float = 0) -> None:
    """Send `steps` once the transaction is committed, to be performed after `delay` seconds."""
    _enqueue([step.pk for step in steps], delay)


def enqueue_ready(run: Run, item: PlanItem | None = None) -> int:
    """Send every step of `run` that has become ready and was not sent yet; how many there were.

    `item`: look at the steps of this one only. Those for which their instance has no place now are
    sent as well: a worker that ends one there looks among what was sent for the next.
    """
    ready = Step.objects.ready().filter(run=run, sent_at=None)
    if item is not None:
        ready = ready.filter(item=item)
    pks = list(ready.order_by("item", "stage", "pk").values_list("pk", flat=True))
    _enqueue(pks)
    return len(pks)


def _enqueue(pks: list[int], delay: float = 0) -> None:
    if _in_process.get() or not pks:
        return
    Step.objects.filter(pk__in=pks).update(sent_at=timezone.now())
    transaction.on_commit(lambda: _send_all(pks, delay))


def enqueue_inventory(inventory: Inventory) -> None:
    """Send an inventory to a worker."""
    transaction.on_commit(lambda: _send("migrator.take_inventory", inventory.pk, 0))


def enqueue_verification(archive: Archive) -> None:
    """Send an archive to a worker, to be read again."""
    if not _in_process.get():
        transaction.on_commit(lambda: _send("migrator.verify_archive", archive.pk, 0))


def enqueue_comparison(comparison: ArchiveComparison) -> None:
    """Send two archives to a worker, to be compared."""
    if not _in_process.get():
        transaction.on_commit(lambda: _send("migrator.compare_archives", comparison.pk, 0))


def enqueue_scan(scan: ModelScan) -> None:
    """Send a scan of deployed models to a worker."""
    if not _in_process.get():
        transaction.on_commit(lambda: _send("migrator.take_model_scan", scan.pk, 0))


def enqueue_undeployment(row: Undeployment) -> None:
    """Send an undeployment to a worker; the beat task sends it again where the message is lost."""
    if not _in_process.get():
        transaction.on_commit(lambda: _send("migrator.look_after_undeployment", row.pk, 0))


def enqueue_reading(reading: TargetReading) -> None:
    """Send the reading of a target to a worker."""
    if not _in_process.get():
        transaction.on_commit(lambda: _send("migrator.read_target", reading.pk, 0))


def enqueue_delivery(delivery: Delivery) -> None:
    """Send a message to a worker; the beat task sends it again where that is lost."""
    if not _in_process.get():
        transaction.on_commit(lambda: _send("migrator.deliver", delivery.pk, 0))


def send_pending_steps() -> int:
    """Send again what has been ready for a while (a lost message, an emptied broker)."""
    now = timezone.now()
    # One sent in the future was sent before the clock was set back.
    stale = Q(sent_at=None) | Q(sent_at__lt=now - RESEND_AFTER) | Q(sent_at__gt=now + RESEND_AFTER)
    steps = list(Step.objects.claimable().filter(stale)[:MOST_AT_ONCE])
    enqueue(steps)
    return len(steps)


def send_everything_again() -> None:
    """Send all that is ready: a worker that died took the messages it held with it."""
    enqueue(list(Step.objects.claimable()[:MOST_AT_ONCE]))
    for inventory in Inventory.objects.filter(finished_at=None):
        enqueue_inventory(inventory)


def send_stale_inventories() -> int:
    """Send inventories again that are under way for too long; how many there were.

    A message that comes twice costs reading twice, and nothing else.
    """
    stale = list(
        Inventory.objects.filter(finished_at=None, started_at__lt=timezone.now() - INVENTORY_TAKES)
    )
    for inventory in stale:
        enqueue_inventory(inventory)
    return len(stale)


def wake_steps_waiting_for_credential(instance: Instance) -> None:
    """Put the steps of `instance` that waited for a credential back to work."""
    steps = Step.objects.filter(
        Q(run__plan__source=instance, run__kind=Run.Kind.BACKUP)
        | Q(run__plan__target=instance, run__kind=Run.Kind.RESTORE)
    )
    waiting = steps.filter(status=Step.Status.WAITING, needs=Step.Needs.CREDENTIAL)
    waiting.update(status=Step.Status.PENDING, needs=Step.Needs.NOTHING, **NO_PROBLEM)
    steps.filter(status=Step.Status.PENDING).update(sent_at=None)
    for run in Run.objects.open().filter(steps__in=steps).distinct():
        enqueue_ready(run)


def _send_all(pks: list[int], delay: float) -> None:
    for number, pk in enumerate(pks):
        if not _send("migrator.run_step", pk, delay):
            # Each further one would wait for the silent broker, too.
            Step.objects.filter(pk__in=pks[number:]).update(sent_at=None)
            return


def _send(task: str, pk: int, delay: float) -> bool:
    """False where the broker does not answer."""
    try:
        app.send_task(task, args=[pk], countdown=delay or None)
    except OperationalError:
        logger.warning("The broker does not answer; %s %s is sent again later.", task, pk)
        return False
    return True
