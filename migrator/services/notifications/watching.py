"""What is true without anybody having done anything just now: looked at by the beat."""

from collections import defaultdict
from functools import partial

from django.utils import timezone

from migrator.models import ModelService, Notification, ServedModel, Standing
from migrator.services import audit
from migrator.services.model_scans import SCAN_EVERY
from migrator.services.notifications import words
from migrator.services.notifications.occasions import fingerprint
from migrator.services.notifications.telling import A_WEEK, never_in_the_way, tell

_K = Notification.Kind


def look_around() -> None:
    """Tell of deployed models that are at risk, orphaned, unknown, or due to be decided again."""
    models_at_risk()
    models_unchecked()
    reminders_due()


@never_in_the_way
def models_at_risk() -> None:
    """Once for each set of models of a service, and again after a week."""
    pressing = ServedModel.objects.open().with_standing().select_related("service")
    wanted = {"standing__in": [Standing.AT_RISK, Standing.ORPHAN]}
    found = pressing.filter(**wanted).order_by("pk")
    for service, models in _by_service(list(found)).items():
        tell(
            partial(words.of_models, service, models),
            kind=_K.MODELS_AT_RISK,
            subject=audit.name_of(service),
            state=fingerprint(*((each.pk, each.standing) for each in models)),
            quiet=A_WEEK,
        )


@never_in_the_way
def models_unchecked() -> None:
    """Services whose scans fail, and whose last whole one is older than the time between two."""
    before = timezone.now() - SCAN_EVERY
    for service in ModelService.objects.with_last_scan():
        since = service.complete_at or service.ended_at
        if service.scan_problem and (service.complete_at is None or service.complete_at < before):
            tell(
                partial(words.of_unchecked, service),
                kind=_K.MODELS_AT_RISK,
                subject=f"{audit.name_of(service)}, unknown",
                state=since.isoformat() if since and service.complete_at else "never",
                quiet=A_WEEK,
            )


@never_in_the_way
def reminders_due() -> None:
    """Models that were kept for now, and that time is over."""
    due = ServedModel.objects.present().filter(remind_at__lte=timezone.now())
    found = due.with_standing().select_related("service").order_by("pk")
    for service, models in _by_service(list(found)).items():
        tell(
            partial(words.of_reminder, service, models),
            kind=_K.MODEL_REMINDER,
            subject=audit.name_of(service),
            state=fingerprint(*((each.pk, each.remind_at) for each in models)),
            quiet=A_WEEK,
        )


def _by_service(models: list[ServedModel]) -> dict[ModelService, list[ServedModel]]:
    found = defaultdict(list)
    for each in models:
        found[each.service].append(each)
    return found
