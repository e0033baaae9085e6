"""Step F1: the proof, the models, the tasks, and whether the source may be deleted."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from dashboard.answers import telling
from dashboard.pages import page_of
from dashboard.people import actor
from dashboard.templatetags.words import plural
from dashboard.wizard import load_plan, step_context
from migrator.models import PlanItem, Receipt
from migrator.services import receipts
from migrator.services.gate_facts import ItemFacts, read_facts
from migrator.services.model_guard import Gate, gates_of
from migrator.services.model_knowledge import knowledge_from
from migrator.services.plan_losses import read_losses

ITEMS = 10  # workspaces on one page
REASON = 500  # characters of a reason
NAME = 150  # characters of a name

steers = permission_required("migrator.start_run", raise_exception=True)


@dataclass(frozen=True)
class Ending:
    """One workspace at the end of the plan."""

    gate: Gate
    found: ItemFacts
    is_going: bool

    @property
    def item(self) -> PlanItem:
        """The workspace's item in the plan."""
        return self.gate.item


@require_safe
@login_required
def plan_finish(request: HttpRequest, pk: int) -> HttpResponse:
    """What came out, and for each workspace whether it may be deleted."""
    plan = load_plan(pk)
    assert plan.source is not None, "a guided plan has a source"
    page = page_of(request, list(plan.items.all()), size=ITEMS)
    services = list(plan.source.model_services.with_last_scan())
    known = knowledge_from(plan.source, services, has_foreign=not vars(plan)["models_known"])
    losses = read_losses(plan)
    facts = read_facts(plan, list(page.object_list), known, losses)
    context = {
        **step_context(request, plan, "finish", losses),
        "page": page,
        "endings": [
            Ending(
                gate,
                facts.by_item[gate.item.pk],
                is_going=bool(plan.deletes_source) and not gate.item.keeps_source,
            )
            for gate in gates_of(facts)
        ],
        "is_deleting": bool(plan.deletes_source),
        "models_due": _due(vars(plan)["models_due"]) if plan.deletes_source else "",
        "has_archives": bool(vars(plan)["items_verified"]),
    }
    return render(request, "dashboard/plans/finish.html", context)


def _due(workspaces: int) -> str:
    """The question that comes again when the copy is proved; empty where nothing waits for it."""
    if not workspaces:
        return ""
    return f"The copy is proved: undeploy the models of {plural(workspaces, 'workspace')} now."


@require_POST
@login_required
@steers
def plan_finish_accept(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """Accept by name what does not hold."""
    with telling(request, "Accepted under your name."):
        receipts.accept_condition(
            _item(pk, item_pk),
            request.POST.get("condition", ""),
            reason=request.POST.get("reason", "")[:REASON],
            user=actor(request),
        )
    return redirect("plan-finish", pk)


@require_POST
@login_required
@steers
def plan_finish_copy(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """Say where a copy of the archive is kept."""
    with telling(request, "Noted under your name."):
        where = request.POST.get("where", "")[:REASON]
        receipts.say_copy_is_kept(_item(pk, item_pk), where=where, user=actor(request))
    return redirect("plan-finish", pk)


@require_POST
@login_required
@steers
def plan_finish_leave(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """Leave the gate of one workspace open on purpose."""
    with telling(request, "Left open on purpose. Do not delete the workspace."):
        reason = request.POST.get("reason", "")[:REASON]
        receipts.leave_open(_item(pk, item_pk), reason=reason, user=actor(request))
    return redirect("plan-finish", pk)


@require_POST
@login_required
@steers
def plan_finish_sign(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """Look once more, and sign the receipt."""
    with telling(request):
        receipt = receipts.sign_receipt(
            _item(pk, item_pk),
            signed_name=request.POST.get("name", "")[:NAME],
            user=actor(request),
        )
        messages.success(request, "Signed.\nThe workspace itself was not touched.")
        return redirect("receipt-detail", receipt.pk)
    return redirect("plan-finish", pk)


@require_safe
@login_required
def receipt_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The receipt, to read and to print."""
    receipt = get_object_or_404(Receipt.objects.select_related("plan"), pk=pk)
    zone = f"{timezone.localtime(receipt.signed_at):%Z (UTC%z)}"
    context = {"receipt": receipt, "zone": zone}
    return render(request, "dashboard/plans/receipt.html", context)


@require_safe
@login_required
def receipt_json(request: HttpRequest, pk: int) -> HttpResponse:
    """The same as a JSON file, whose SHA-256 stands on the page."""
    receipt = get_object_or_404(Receipt, pk=pk)
    return HttpResponse(
        receipts.as_file(receipt.content),
        content_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="receipt-{receipt.pk}.json"'},
    )


def _item(plan_pk: int, pk: int) -> PlanItem:
    rows = PlanItem.objects.select_related("plan__source", "workspace")
    return get_object_or_404(rows, pk=pk, plan=plan_pk, plan__is_guided=True)
