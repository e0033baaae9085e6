"""What questions about deployed models are made of: is everything from an instance known?

By name, since instances, workspaces and services each ask these questions about the others.
"""

from datetime import timedelta
from typing import Any

from django.apps import apps
from django.db.models import (
    Count,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Coalesce, Now

# After this long without a complete scan nobody knows any more what is deployed.
FRESH_FOR = timedelta(hours=24)
NLU = "natural-language-understanding"


def linked_services(instance: str) -> QuerySet[Any]:
    """Those that list models, of the instance that `instance` refers to."""
    services: QuerySet[Any] = _all("ModelService").with_last_scan()
    return services.filter(instances=OuterRef(instance), kind=NLU)


def doubtful_services(instance: str) -> QuerySet[Any]:
    """Those of them whose last scan failed, is old, or never was."""
    old = ExpressionWrapper(Now() - FRESH_FOR, output_field=DateTimeField())
    doubtful = Q(complete_at=None) | Q(complete_at__lt=old) | Q(scan_problem__gt="")
    return linked_services(instance).filter(doubtful)


def foreign_deployments(instance: str) -> QuerySet[Any]:
    """Deployments that Knowledge Studio named, in services that are not linked."""
    linked = _all("ModelService").filter(
        instances=OuterRef("version__workspace__instance"),
        address__endswith=OuterRef("service_instance"),
    )
    named: QuerySet[Any] = _all("Deployment").exclude(service_instance="")
    return named.filter(~Exists(linked), version__workspace__instance=OuterRef(instance))


def has_foreign_deployments(instance_pk: int) -> bool:
    """True where an instance deployed models to a service that is not linked to it."""
    rows = _all("Instance").filter(pk=instance_pk)
    return bool(rows.filter(Exists(foreign_deployments("pk"))).exists())


def models_known(instance: str) -> Q:
    """True where a number of deployed models may be believed: unknown is never zero."""
    return (
        Q(Exists(linked_services(instance)))
        & ~Q(Exists(doubtful_services(instance)))
        & ~Q(Exists(foreign_deployments(instance)))
    )


def doomed_items() -> QuerySet[Any]:
    """Plan items by which their workspace, which is still there, is to be deleted."""
    items: QuerySet[Any] = _all("PlanItem")
    return items.filter(
        workspace__isnull=False,
        workspace__gone_at=None,
        keeps_source=False,
        plan__is_guided=True,
        plan__deletes_source=True,
        plan__archived_at=None,
    )


def asked_count(workspace_id: str) -> Coalesce:
    """How many of them are being undeployed, or are to be after the copy is proved."""
    leaving = _all("Undeployment").under_way().filter(model=OuterRef("pk"))
    rows = _all("ServedModel").filter(workspace_id=OuterRef(workspace_id), gone_at=None)
    rows = rows.filter(Q(decision="after") | Exists(leaving)).exclude(decision="keep")
    counted = rows.order_by().values("workspace_id").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def served_count(workspace_id: str, **conditions: Any) -> Coalesce:
    """How many models of a workspace the last complete scans listed."""
    rows = _all("ServedModel").filter(workspace_id=OuterRef(workspace_id), gone_at=None)
    rows = rows.exclude(**conditions) if conditions else rows
    counted = rows.order_by().values("workspace_id").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _all(name: str) -> Any:
    return apps.get_model("migrator", name)._default_manager.all()
