"""Adding training, snapshot and deployment to a restore that is done."""

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from migrator.errors import ServiceError
from migrator.models import ModelService, PlanItem, Run, Step
from migrator.services import audit, events, queue
from migrator.services.permissions import requires
from migrator.services.step_lists import AFTER_RESTORE

_K = Step.Kind

STAGE = 30  # behind the tasks, whose annotation sets a training may use
STEPS = {
    "ml": (_K.TRAIN_ML, _K.SNAPSHOT_ML, _K.DEPLOY_ML),
    "rule": (_K.TRAIN_RULES, _K.SNAPSHOT_RULES, _K.DEPLOY_RULES),
}


@requires("migrator.start_run")
@transaction.atomic
def start_training(
    item: PlanItem, *, kind: str, services: Iterable[ModelService], user: User | None
) -> list[Step]:
    """Train a model of `kind` (ml or rule) in the target, take a snapshot and deploy it.

    The steps join the restore of the workspace; without `services` nothing is deployed. A target
    by hand gets walked steps. ServiceError where the restore is not done or this is under way.
    """
    chosen = list(services)
    run, before = _finished_restore(item)
    ours = Step.objects.current().filter(run=run, item=item, kind__in=STEPS[kind])
    ours.exclude(status__in=Step.ACTIVE).update(superseded_at=timezone.now())
    steps = _planned(before, STEPS[kind] if chosen else STEPS[kind][:2], chosen)
    try:
        with transaction.atomic():
            Step.objects.bulk_create(steps)
    except IntegrityError:
        raise ServiceError(
            f"The model of {item.new_name} is being trained already.",
            meaning="Nothing was started twice.",
            remedy="Wait for it; the run's page shows it.",
        ) from None
    Run.objects.filter(pk=run.pk).update(finished_at=None)
    audit.record(user, "training.started", item, kind=kind, services=[each.pk for each in chosen])
    events.note_run(run, f"{item.new_name}: training, snapshot and deployment were asked for.")
    queue.enqueue_ready(run)
    return steps


def _planned(before: Step, kinds: Iterable[str], services: Iterable[ModelService]) -> list[Step]:
    """The steps, not saved yet; `before` is one of the same workspace in the same restore."""
    target = before.item.plan.target
    connected = target is not None and target.is_connected
    return [
        Step(
            run=before.run,
            item=before.item,
            kind=kind,
            stage=STAGE + number,
            performer=Step.Performer.CONNECTOR if connected else Step.Performer.PERSON,
            subject=before.subject,
            facts={"services": [service.pk for service in services]},
        )
        for number, kind in enumerate(kinds)
    ]


def _finished_restore(item: PlanItem) -> tuple[Run, Step]:
    """The newest restore of the workspace, of which every step is done, and one of its steps."""
    run = Run.objects.filter(steps__item=item, kind=Run.Kind.RESTORE).order_by("-pk").first()
    steps = Step.objects.current().filter(run=run, item=item).exclude(kind__in=AFTER_RESTORE)
    first = steps.select_related("run", "item__plan__target").first()
    unfinished = steps.exclude(status=Step.Status.DONE).exists()
    if run is None or first is None or run.cancel_asked_at or unfinished:
        raise ServiceError(
            f"{item.new_name} is not restored yet.",
            meaning="Nothing was started: a model is trained from restored documents.",
            remedy="Finish the restore of this workspace first.",
        )
    return run, first
