"""Making the unfinished tasks of a restored workspace again, by the connector or by hand."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from dashboard.answers import telling
from dashboard.forms.task_kits import KitForm
from dashboard.people import actor
from dashboard.task_kits import kit_views, mails_of
from dashboard.wizard import may_change
from migrator.models import PlanAnswer, PlanItem
from migrator.services.guided_plans import refuse_archived
from migrator.services.rebuilding import starting

rebuilds = permission_required("migrator.start_run", raise_exception=True)


@login_required
def plan_tasks(request: HttpRequest, item_pk: int) -> HttpResponse:
    """The kit, to be looked at, printed and mailed; a POST keeps how it is made."""
    item = _item(item_pk)
    view = kit_views(item.plan, [item])[0]
    changes = may_change(request, item.plan)
    if request.method == "POST" and not changes:
        raise PermissionDenied
    form = KitForm(request.POST or None, kit=view.kit)
    if form.is_valid():
        with form.refusing():
            starting.choose(item, user=actor(request), **form.cleaned_data)
            messages.success(request, "Saved.")
            return redirect("plan-tasks", item_pk)
    target = item.plan.target
    context = {
        "item": item,
        "plan": item.plan,
        "view": view,
        "kit": view.kit,
        "form": form,
        "target": target,
        "mails": mails_of(view.kit, item.new_name, target.name if target else "the target"),
        "may_change": changes,
    }
    return render(request, "dashboard/plans/tasks.html", context)


@require_POST
@login_required
@rebuilds
def plan_tasks_make(request: HttpRequest, item_pk: int) -> HttpResponse:
    """Have the connector make the tasks."""
    item = _item(item_pk)
    with telling(request):
        refuse_archived(item.plan)
        step = starting.start_rebuild(item, user=actor(request))
        messages.success(request, f"The tasks are being made by run {step.run_id}.")
    return redirect("plan-tasks", item_pk)


@require_POST
@login_required
@rebuilds
def plan_tasks_done(request: HttpRequest, item_pk: int) -> HttpResponse:
    """A person made them, or they are not needed."""
    item = _item(item_pk)
    note, needed = request.POST.get("note", ""), "not_needed" not in request.POST
    with telling(request, "Noted."):
        refuse_archived(item.plan)
        starting.say_done(item, user=actor(request), note=note, is_needed=needed)
    return redirect("plan-tasks", item_pk)


def _item(pk: int) -> PlanItem:
    answers = Prefetch("plan__answers", queryset=PlanAnswer.objects.select_related("answered_by"))
    items = PlanItem.objects.select_related("plan__target").prefetch_related(answers)
    return get_object_or_404(items, pk=pk)
