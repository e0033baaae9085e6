"""Step P3: the deployed models of the plan's workspaces."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.paginator import Page
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from dashboard.answers import is_asked_by_htmx, poll_url, polled
from dashboard.model_pulse import pulse_of, with_undeployments
from dashboard.model_rows import ModelRow, grouped, rows_of
from dashboard.pages import page_of
from dashboard.people import actor
from dashboard.pulse import digest
from dashboard.wizard import load_plan, step_context
from migrator.models import Plan, PlanItem, ServedModel
from migrator.services import model_choices
from migrator.services.charts.plans import models_picture
from migrator.services.model_knowledge import knowledge_from

GROUPS = 10  # workspaces on one page

steers = permission_required("migrator.start_run", raise_exception=True)


@dataclass(frozen=True)
class Group:
    """One workspace of the plan with what is deployed from it."""

    item: PlanItem
    rows: list[ModelRow]
    # The plan copies it, and deletes it then.
    may_wait: bool
    # Marks of the groups that the browser shows; empty for a whole page.
    shown: frozenset[str] = frozenset()

    @property
    def open_rows(self) -> list[ModelRow]:
        """Those for which something can still be chosen."""
        return [row for row in self.rows if row.can_decide]

    @property
    def mark(self) -> str:
        """Changes with what can be chosen; what is only told is swapped without the forms."""
        rows = [(row.model.pk, row.can_decide, row.model.decision) for row in self.rows]
        return digest(self.item.pk, self.item.keeps_source, rows)

    @property
    def is_changed(self) -> bool:
        """True where the browser shows it otherwise."""
        return self.mark not in self.shown or not self.rows


@require_safe
@login_required
def plan_models(request: HttpRequest, pk: int) -> HttpResponse:
    """Each deployed model: undeployed, kept on purpose, or the workspace stays."""
    plan = load_plan(pk)
    assert plan.source is not None, "a guided plan has a source"
    linked = plan.source.model_services.with_last_scan()
    services = list(with_undeployments(linked, _models_of(plan)))
    pulse = pulse_of(services)
    if (is_part := is_asked_by_htmx(request)) and request.GET.get("seen") == pulse.mark:
        return polled(HttpResponse(status=204))
    page, groups = _groups(request, plan)
    shown = ".".join(group.mark for group in groups)
    context = {
        **step_context(request, plan, "models"),
        "page": page,
        "back": request.path,
        "pulse": pulse,
        "poll_url": poll_url(request, seen=pulse.mark, panels=shown),
        "is_part": is_part,
        "groups": groups,
        "map": models_picture(_mapped(groups)),
        "known": knowledge_from(plan.source, services, has_foreign=not vars(plan)["models_known"]),
        "services": services,
        "is_deleting": bool(plan.deletes_source),
    }
    name = "parts/models_answer.html" if is_part else "models.html"
    return polled(render(request, f"dashboard/plans/{name}", context))


def _models_of(plan: Plan) -> QuerySet[ServedModel]:
    ids = [item.workspace.workspace_id for item in plan.items.all() if item.workspace]
    return ServedModel.objects.filter(workspace_id__in=ids)


def _mapped(groups: list[Group]) -> list[ServedModel]:
    """What runs now of the workspaces that are shown."""
    return [row.model for group in groups for row in group.rows if not row.model.gone_at]


def _groups(request: HttpRequest, plan: Plan) -> tuple[Page[PlanItem], list[Group]]:
    """A page of workspaces, those with deployed models first."""
    items = list(plan.items.all())
    ids = {item.workspace.workspace_id for item in items if item.workspace}
    models = ServedModel.objects.for_listing().filter(workspace_id__in=ids)
    rows = grouped(rows_of(models.present_or_undeployed().most_pressing_first()))
    copies = bool(plan.deletes_source) and plan.restores
    shown = frozenset(request.GET.get("panels", "").split("."))
    found = [
        Group(
            item,
            rows.get(item.workspace.workspace_id, []) if item.workspace else [],
            may_wait=copies and not item.keeps_source,
            shown=shown,
        )
        for item in items
    ]
    found.sort(key=lambda group: (not group.open_rows, not group.rows))
    page = page_of(request, found, size=GROUPS)
    return page, list(page.object_list)


@require_POST
@login_required
@steers
def plan_keep_source(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """This workspace will not be deleted after all; or it will."""
    item = get_object_or_404(PlanItem, pk=item_pk, plan=pk, plan__is_guided=True)
    keeps = "goes" not in request.POST
    model_choices.keep_source(item, user=actor(request), keeps=keeps)
    said = "stays: the plan does not delete it." if keeps else "will be deleted after the plan."
    messages.success(request, f"{item.name} {said}")
    return redirect("plan-models", pk)
