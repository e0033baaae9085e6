"""What linked services are known to serve of the workspaces of a plan, and whether that is all."""

from collections import defaultdict
from collections.abc import Iterable

from migrator.checks.facts import ServedFacts
from migrator.models import Instance, ServedModel
from migrator.models.model_conditions import has_foreign_deployments
from migrator.models.model_services import doubt_about

Served = dict[str, list[ServedFacts]]


def served_by_workspace(workspace_ids: Iterable[str]) -> Served:
    """What linked services were seen to serve, by Knowledge Studio's id of the workspace."""
    found: Served = defaultdict(list)
    rows = ServedModel.objects.filter(workspace_id__in=list(workspace_ids))
    for row in rows.select_related("service").order_by("model_id"):
        is_kept = row.decision == ServedModel.Decision.KEEP
        one = ServedFacts(
            model_id=row.model_id,
            version=row.version,
            service=row.service.kind,
            status=row.status,
            kept_why=row.reason if is_kept else "",
            is_put_off=row.decision == ServedModel.Decision.AFTER,
            is_gone=row.gone_at is not None,
        )
        found[row.workspace_id].append(one)
    return found


def why_unscanned(source: Instance | None) -> str:
    """Why nobody knows everything that is deployed from an instance; empty where it is known."""
    if source is None:
        return "The source is no longer known here."
    services = source.model_services.with_last_scan()
    return doubt_about(source, services, has_foreign=has_foreign_deployments(source.pk))
