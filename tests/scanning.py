"""Services that an instance deploys to, and when they were last scanned."""

from datetime import datetime

from django.utils import timezone

from migrator.models import Instance, ModelScan, ModelService


def scanned_service(
    instance: Instance, at: datetime | None = None, problem: str = ""
) -> ModelService:
    """One that is linked to the instance, scanned now or at that time; `problem`: it failed."""
    service, _ = ModelService.objects.get_or_create(address="https://nlu.example.com/instances/s")
    service.instances.add(instance)
    when = at or timezone.now()
    ModelScan.objects.create(service=service, started_at=when, finished_at=when, problem=problem)
    return service
