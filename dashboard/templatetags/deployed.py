"""What pages say about deployed models."""

from typing import Any

from django import template
from django.template.context import Context

from dashboard.model_alert import alert_for, alert_for_workspace
from migrator.models import Instance, Plan, Workspace

register = template.Library()


@register.inclusion_tag("dashboard/models/parts/alert.html", takes_context=True)
def models_alert(
    context: Context,
    plan: Plan | None = None,
    workspace: Workspace | None = None,
    instance: Instance | None = None,
    is_here: bool = False,
) -> dict[str, Any]:
    """The alert about a plan, a workspace or an instance, or about everything; often nothing.

    `is_here` is for the page on which the models are reviewed.
    """
    if workspace is not None:
        alert = alert_for_workspace(workspace)
    else:
        alert = alert_for(plan=plan, instance=instance)
    return {
        "alert": alert,
        "is_here": is_here,
        "perms": context.get("perms"),
        "csrf_token": context.get("csrf_token"),
    }
