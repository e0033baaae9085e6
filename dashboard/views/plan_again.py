"""Behind the last step: models and tasks that are made again in the target."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required, permission_required
from django.core.paginator import Page
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from dashboard.answers import telling
from dashboard.exports import csv_download
from dashboard.pages import page_of
from dashboard.people import actor
from dashboard.task_kits import kit_views
from dashboard.wizard import may_change
from migrator.models import Archive, ModelService, Plan, PlanItem, Step
from migrator.services import model_successors, retraining
from migrator.services.model_successors import model_kinds, table_of

ITEMS = 10  # workspaces on one page
IDS = ("Workspace", "Version", "Old model id", "New model id", "Service")
TRAINING = [kind for kinds in retraining.STEPS.values() for kind in kinds]

steers = permission_required("migrator.start_run", raise_exception=True)


@dataclass(frozen=True)
class Again:
    """The models of one workspace, to be made again in the target."""

    item: PlanItem
    kinds: list[str]
    steps: list[Step]

    @property
    def is_under_way(self) -> bool:
        """True while a step works or waits."""
        return any(step.status in Step.ACTIVE for step in self.steps)


@require_safe
@login_required
def plan_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Training, snapshot and deployment in the target; old and new model ids."""
    plan = _plan(pk)
    page = page_of(request, list(plan.items.all()), size=ITEMS)
    archives = _archives(page.object_list)
    context = {
        "plan": plan,
        "page": page,
        "again": _again(page, archives),
        "services": list(plan.target.model_services.all()) if plan.target else [],
        "ids": list(table_of(page.object_list, archives)),
        "may_change": may_change(request, plan),
    }
    return render(request, "dashboard/plans/again.html", context)


def _again(page: Page[PlanItem], archives: dict[int, Archive]) -> list[Again]:
    by_item: dict[int, list[Step]] = {}
    steps = Step.objects.current().filter(item__in=list(page.object_list), kind__in=TRAINING)
    for step in steps.order_by("stage", "pk"):
        by_item.setdefault(step.item_id, []).append(step)
    return [
        Again(item, model_kinds(archives[item.pk].facts), by_item.get(item.pk, []))
        for item in page.object_list
        if item.pk in archives
    ]


def _archives(items: object) -> dict[int, Archive]:
    """The newest archive of each."""
    rows = Archive.objects.filter(item__in=list(items)).order_by("created_at", "pk")  # type: ignore[call-overload]
    return {row.item_id: row for row in rows.defer("findings", "counts") if row.item_id}


@require_safe
@login_required
def plan_kits(request: HttpRequest, pk: int) -> HttpResponse:
    """The kits from which unfinished tasks are made again."""
    plan = _plan(pk)
    page = page_of(request, list(plan.items.all()), size=ITEMS)
    context = {"plan": plan, "page": page, "kits": kit_views(plan, list(page.object_list))}
    return render(request, "dashboard/plans/kits.html", context)


@require_POST
@login_required
@steers
def plan_finish_train(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """Train in the target, take a snapshot, and deploy to the chosen services."""
    item = _item(pk, item_pk)
    kind = request.POST.get("kind", "")
    if kind not in retraining.STEPS:
        raise Http404
    chosen = [each for each in request.POST.getlist("service") if each.isdecimal()]
    services = ModelService.objects.filter(pk__in=chosen, instances=item.plan.target)
    with telling(request):
        steps = retraining.start_training(item, kind=kind, services=services, user=actor(request))
        return redirect("run-detail", steps[0].run_id)
    return redirect("plan-retrain", pk)


@require_POST
@login_required
@steers
def plan_finish_successor(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """Note by hand which new model follows an old one."""
    with telling(request, "Noted under your name."):
        model_successors.note_by_person(
            _item(pk, item_pk),
            request.POST.get("old", "")[:200],
            new_model_id=request.POST.get("new", "")[:200],
            user=actor(request),
        )
    return redirect("plan-retrain", pk)


@require_safe
@login_required
def plan_model_ids(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """Old and new model ids as CSV, for those who keep the applications."""
    items = list(_plan(pk).items.all())
    rows = [
        {
            "Workspace": item.new_name,
            "Version": old.version,
            "Old model id": old.model_id,
            "New model id": new.new_model_id if new else "",
            "Service": new.new_service if new else "",
        }
        for item, old, new in table_of(items, _archives(items))
    ]
    return csv_download(f"model-ids-{pk}.csv", IDS, rows)


def _plan(pk: int) -> Plan:
    """A plan that restores, with its items and answers."""
    rows = Plan.objects.guided().select_related("source", "target")
    return get_object_or_404(rows.prefetch_related("items__workspace", "answers"), pk=pk)


def _item(plan_pk: int, pk: int) -> PlanItem:
    rows = PlanItem.objects.select_related("plan__source", "plan__target", "workspace")
    return get_object_or_404(rows, pk=pk, plan=plan_pk, plan__is_guided=True)
