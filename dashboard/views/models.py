"""Deployed models: the list, one of them, what is decided, and undeploying."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from dashboard.answers import back_to, is_asked_by_htmx, poll_url, polled, telling
from dashboard.forms.models import ChoicesForm, ModelFilter
from dashboard.forms.stated import StatedForm
from dashboard.model_pulse import pulse_of, with_undeployments
from dashboard.model_rows import STANDINGS, costs_of, rows_of
from dashboard.pages import page_of
from dashboard.people import actor
from migrator.models import Archive, Deployment, ModelService, Plan, ServedModel, Undeployment
from migrator.services import model_choices, model_knowledge, model_scans, undeploying
from migrator.services.charts.plans import models_picture

NAMED = 50  # models that only Knowledge Studio names, which are listed
AT_ONCE = 100  # models that are undeployed by one confirmation

steers = permission_required("migrator.start_run", raise_exception=True)


@require_safe
@login_required
def model_list(request: HttpRequest) -> HttpResponse:
    """Every model of every linked service, and whether that is all; to htmx, what changed."""
    services = _services_with_counts()
    pulse = pulse_of(services)
    if (is_part := is_asked_by_htmx(request)) and request.GET.get("seen") == pulse.mark:
        return polled(HttpResponse(status=204))
    form = ModelFilter(request.GET, services=services)
    page = page_of(request, form.applied())
    known = model_knowledge.knowledge_of_all(services)
    counts = model_knowledge.counts_by_standing()
    context = {
        "form": form,
        "page": page,
        "rows": rows_of(page.object_list),
        "map": models_picture(page.object_list),
        "services": services,
        "doubts": [each for each in known if not each[1].is_known],
        "standings": [(each, STANDINGS[each], counts[each]) for each in STANDINGS],
        "all": counts["all"],
        "costs": costs_of(services, {each.pk: vars(each)["present"] for each in services}),
        "named": _named_only(),
        "is_filtered": any(value for name, value in request.GET.items() if name != "seen"),
        "pulse": pulse,
        "poll_url": poll_url(request, seen=pulse.mark),
        "is_part": is_part,
    }
    name = "parts/list_answer.html" if is_part else "list.html"
    return polled(render(request, f"dashboard/models/{name}", context))


def _services_with_counts() -> list[ModelService]:
    # Counted by a query of its own: a join would ask everything else once for each model.
    served = ServedModel.objects.present().filter(service=OuterRef("pk")).order_by()
    counted = served.values("service").annotate(n=Count("pk")).values("n")
    present = Coalesce(Subquery(counted, output_field=IntegerField()), 0)
    rows = ModelService.objects.with_last_scan().annotate(present=present)
    return list(with_undeployments(rows, ServedModel.objects.all()))


def _named_only() -> list[Deployment]:
    """What the inventory of Knowledge Studio names and no scan of a linked service lists."""
    listed = ServedModel.objects.present().values("model_id")
    rows = Deployment.objects.exclude(model_id__in=listed)
    rows = rows.filter(version__workspace__gone_at=None)
    return list(rows.select_related("version__workspace__instance")[:NAMED])


@require_POST
@login_required
@steers
def model_scan(request: HttpRequest) -> HttpResponse:
    """Ask every linked service again, by the workers."""
    sent = model_scans.scan_in_worker(ModelService.objects.all(), user=actor(request))
    if sent:
        messages.success(request, "The services are being asked.\nThis page shows what comes.")
    else:
        messages.warning(
            request,
            "No service was asked.\nThey are being asked already, or none with a credential is "
            "linked.",
        )
    return back_to(request, "model-list")


@require_safe
@login_required
def model_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One model: where it comes from, what was decided, how its undeployment is."""
    model = get_object_or_404(ServedModel.objects.for_listing(), pk=pk)
    rows = with_undeployments(
        ModelService.objects.with_last_scan(), ServedModel.objects.filter(pk=pk)
    )
    service = rows.get(pk=model.service_id)
    pulse = pulse_of([service])
    if (is_part := is_asked_by_htmx(request)) and request.GET.get("seen") == pulse.mark:
        return polled(HttpResponse(status=204))
    context = {
        "row": rows_of([model])[0],
        "service": service,
        "instance": service.instances.first(),
        "may_wait": model_choices.may_wait(model),
        "pulse": pulse,
        "poll_url": poll_url(request, seen=pulse.mark),
        "is_part": is_part,
    }
    name = "parts/detail_answer.html" if is_part else "detail.html"
    return polled(render(request, f"dashboard/models/{name}", context))


@require_POST
@login_required
@steers
def model_decide(request: HttpRequest) -> HttpResponse:
    """Note what was chosen for each; what is to be undeployed is confirmed on the next page."""
    models = ServedModel.objects.present().filter(pk__in=_numbers(request, "model")[:AT_ONCE])
    form = ChoicesForm(request.POST, models=models)
    back = _way_back(request)
    if not form.is_valid():
        raise Http404
    to_undeploy, noted = [], 0
    for model, choice, reason in form.chosen():
        if choice == ServedModel.Decision.UNDEPLOY:
            to_undeploy.append(model.pk)
            continue
        with telling(request):
            model_choices.decide(model, decision=choice, user=actor(request), reason=reason)
            noted += 1
    if noted:
        messages.success(request, f"Noted for {noted:,} model{'' if noted == 1 else 's'}.")
    return _confirmation(request, to_undeploy) if to_undeploy else redirect(back)


def _confirmation(request: HttpRequest, pks: list[int]) -> HttpResponse:
    query = [("model", str(pk)) for pk in pks]
    if plan := request.POST.get("plan"):
        query.append(("plan", plan))
    return redirect(f"{reverse('model-undeploy')}?{urlencode(query)}")


@login_required
@steers
def model_undeploy(request: HttpRequest) -> HttpResponse:
    """What undeploying does, and the phrase to type; then ask for it."""
    given = request.POST if request.method == "POST" else request.GET
    pks = [int(each) for each in given.getlist("model") if each.isdecimal()][:AT_ONCE]
    models = list(ServedModel.objects.for_listing().present().filter(pk__in=pks))
    if not models:
        raise Http404
    # One confirmation is about one workspace; the others are confirmed after it.
    name = models[0].origin
    ours = [each for each in models if each.origin == name]
    later = [each for each in models if each.origin != name]
    form = StatedForm()
    if request.method == "POST":
        with form.refusing():
            typed = request.POST.get("typed", "")
            undeploying.ask_undeploy(ours, name=name, typed=typed, user=actor(request))
            return _confirmation(request, [e.pk for e in later]) if later else _asked(request, ours)
    context = {
        "form": form,
        "rows": rows_of(ours),
        "later": later,
        "name": name,
        "phrase": undeploying.phrase_for(name),
        "plan": _plan_of(given.get("plan", "")),
        "by_hand": any(each.service.credential_id is None for each in ours),
        "backup": Archive.objects.newest_whole_of(ours[0].workspace_id),
    }
    return render(request, "dashboard/models/undeploy.html", context)


def _plan_of(pk: str) -> Plan | None:
    """The plan from whose page somebody came."""
    return Plan.objects.guided().filter(pk=int(pk)).first() if pk.isdecimal() else None


def _asked(request: HttpRequest, models: list[ServedModel]) -> HttpResponse:
    messages.success(
        request,
        "Asked for.\nWe ask the service again until the model is gone; this page says when.",
    )
    if not request.POST.get("plan") and len(models) == 1:
        return redirect("model-detail", models[0].pk)
    return redirect(_way_back(request))


@require_POST
@login_required
@steers
def model_undeployed(request: HttpRequest, pk: int) -> HttpResponse:
    """A person says that they undeployed it by hand."""
    row = get_object_or_404(Undeployment.objects.select_related("model__service"), pk=pk)
    undeploying.done_by_person(row, user=actor(request))
    return redirect("model-detail", row.model_id)


@require_POST
@login_required
@steers
def model_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an order back that was not sent yet."""
    row = get_object_or_404(Undeployment.objects.select_related("model"), pk=pk)
    with telling(request, "The order was taken back. Nothing was undeployed."):
        undeploying.withdraw(row, user=actor(request))
    return redirect("model-detail", row.model_id)


def _numbers(request: HttpRequest, name: str) -> list[int]:
    return [int(each) for each in request.POST.getlist(name) if each.isdecimal()]


def _way_back(request: HttpRequest) -> str:
    """The plan's step that the person came from, else the model or the list."""
    plan = request.POST.get("plan", "")
    if plan.isdecimal() and Plan.objects.guided().filter(pk=plan).exists():
        return reverse("plan-models", args=[int(plan)])
    models = _numbers(request, "model")
    return reverse("model-detail", args=models) if len(models) == 1 else reverse("model-list")
