"""The Celery tasks: an interface like the views. A message holds one primary key."""

from celery import shared_task
from celery.signals import worker_ready

from migrator.models import (
    Archive,
    ArchiveComparison,
    Delivery,
    Inventory,
    ModelScan,
    Step,
    TargetReading,
    Undeployment,
)
from migrator.services import (
    archive_keys,
    archives,
    audit_chain,
    comparisons,
    encryption,
    inventories,
    leftovers,
    model_scans,
    plans,
    queue,
    retention,
    runs,
    steps,
    undeploying,
)
from migrator.services.notifications import sending, watching
from migrator.services.targets import readings


@shared_task(name="migrator.run_step")
def run_step(step_pk: int) -> None:
    """Perform one step's worth of work; a message for a step that is gone does nothing."""
    if Step.objects.filter(pk=step_pk).exists():
        steps.run_fairest()


@shared_task(name="migrator.take_inventory")
def take_inventory(inventory_pk: int) -> None:
    """Read everything an instance lists."""
    begun = Inventory.objects.filter(pk=inventory_pk, finished_at=None).first()
    if begun is not None:
        inventories.take_inventory(begun)


@shared_task(name="migrator.verify_archive")
def verify_archive(archive_pk: int) -> None:
    """Read an archive again; a message for one that is gone or was read meanwhile does nothing."""
    asked = Archive.objects.filter(pk=archive_pk).exclude(verifying_at=None).first()
    if asked is not None:
        archives.verify_in_worker(asked)


@shared_task(name="migrator.compare_archives")
def compare_archives(comparison_pk: int) -> None:
    """Compare two archives; a message for what is gone or was compared meanwhile does nothing."""
    rows = ArchiveComparison.objects.select_related("older", "newer")
    asked = rows.filter(pk=comparison_pk).exclude(working_at=None).first()
    if asked is not None:
        comparisons.compare_in_worker(asked)


@shared_task(name="migrator.take_model_scan")
def take_model_scan(scan_pk: int) -> None:
    """Ask a service for its deployed models; a message for a scan that ended does nothing."""
    begun = ModelScan.objects.filter(pk=scan_pk, finished_at=None).first()
    if begun is not None:
        model_scans.take_scan(begun)


@shared_task(name="migrator.look_after_undeployment")
def look_after_undeployment(undeployment_pk: int) -> None:
    """Undeploy one model, or look whether it is gone; not due any more means nothing to do."""
    due = Undeployment.objects.due().filter(pk=undeployment_pk).first()
    if due is not None:
        undeploying.look_after(due)


@shared_task(name="migrator.look_after_models")
def look_after_models() -> None:
    """Scan services that were not looked at for a while, and look after undeployments."""
    model_scans.scan_due_services()
    undeploying.send_due_undeployments()


@shared_task(name="migrator.read_target")
def read_target(reading_pk: int) -> None:
    """Look at where a plan's item goes; a message for a reading that is over does nothing."""
    asked = TargetReading.objects.free().filter(pk=reading_pk).first()
    if asked is not None:
        readings.read_target(asked)


@shared_task(name="migrator.deliver")
def deliver(delivery_pk: int) -> None:
    """Send one message; one that is not due any more means nothing to do."""
    due = Delivery.objects.due().filter(pk=delivery_pk).select_related("notification", "person")
    for delivery in due:
        sending.deliver(delivery)


@shared_task(name="migrator.look_after_notifications")
def look_after_notifications() -> None:
    """Tell what nobody caused just now, and send what is due."""
    watching.look_around()
    sending.send_due_deliveries()


@shared_task(name="migrator.put_back_silent_steps")
def put_back_silent_steps() -> None:
    """Give the steps of workers given up for dead to others, and end what they left unended."""
    steps.put_back_silent_steps()
    runs.advance_forgotten_runs()


@worker_ready.connect
def put_back_orphaned_steps(**_: object) -> None:
    """A worker that starts takes over at once what died with an earlier one of its host."""
    steps.put_back_orphaned_steps()
    queue.send_everything_again()


@shared_task(name="migrator.send_pending_steps")
def send_pending_steps() -> None:
    """Send again what has been ready for a while."""
    queue.send_pending_steps()
    queue.send_stale_inventories()
    readings.send_stale_readings()


@shared_task(name="migrator.remove_leftovers")
def remove_leftovers() -> None:
    """Remove the working files and the keys of what is over or died."""
    leftovers.remove_leftovers()
    plans.discard_old_drafts()
    archive_keys.forget_old_keys()
    encryption.forget_old_passphrases()
    sending.forget_old_notifications()


@shared_task(name="migrator.apply_retention")
def apply_retention() -> None:
    """Delete the archives that go by the server's rule; twice does no more than once."""
    retention.apply_rule(user=None)


@shared_task(name="migrator.extend_audit_chain")
def extend_audit_chain() -> None:
    """Chain what a process that died in between left unchained."""
    audit_chain.extend_chain()


@shared_task(name="migrator.check_audit_chain")
def check_audit_chain() -> None:
    """Check the whole audit log once a day."""
    audit_chain.check_chain()
