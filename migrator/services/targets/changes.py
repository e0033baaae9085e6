"""Noting that something changed on which a review of the restore depends."""

from django.utils import timezone

from migrator.models import Plan


def target_changed(plan: Plan) -> None:
    """What was reviewed before now is out of date."""
    Plan.objects.filter(pk=plan.pk).update(target_changed_at=timezone.now())
