"""Starting a restore: the archive, the target instance, the workspace, a review, the run."""

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from dashboard.answers import polled, tell_error, telling
from dashboard.forms.restores import RestoreForm
from dashboard.people import actor
from dashboard.restore_source import dictionaries_of, entity_types_of, known_mappings
from dashboard.reviews import lines_of
from dashboard.targets import overview_of, table_of
from migrator.models import Archive, Instance, Plan, PlanItem, Run
from migrator.models.plans import PlanQuerySet
from migrator.services import plans
from migrator.services.archive_files import ArchiveLocked
from migrator.services.targets.readings import begin_readings
from migrator.services.targets.restoring import confirm, start_restore
from migrator.services.targets.review import Review, review_of

starts = permission_required("migrator.start_run", raise_exception=True)


@require_safe
@login_required
@starts
def restore_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Into which instance?"""
    archive = _archive(pk)
    if archive.is_locked:
        return _to_unlock(request, archive)
    context = {"archive": archive, "instances": Instance.objects.all()}
    return render(request, "dashboard/restores/choose_target.html", context)


@login_required
@starts
def restore_into(request: HttpRequest, pk: int, instance_pk: int) -> HttpResponse:
    """Into which workspace? A valid form becomes a draft that is reviewed before it starts."""
    archive = _archive(pk)
    if archive.is_locked:
        return _to_unlock(request, archive)
    target = get_object_or_404(Instance, pk=instance_pk)
    form = RestoreForm(
        request.POST or None,
        archive=archive,
        target=target,
        dictionaries=dictionaries_of(archive),
        labels=entity_types_of(archive),
        known=known_mappings(archive),
        draft=PlanItem.objects.filter(plan__in=_drafts(request), archive=archive).last(),
    )
    context = {"archive": archive, "target": target, "form": form}
    if form.is_valid():
        with form.refusing():
            return redirect("restore-review", _draft(request, archive, target, form).pk)
    return render(request, "dashboard/restores/into.html", context)


@login_required
@starts
def restore_review(request: HttpRequest, pk: int) -> HttpResponse:
    """What it will do; asked by htmx the part that moves while the target is read. POST starts."""
    plan = get_object_or_404(Plan.objects.select_related("target"), pk=pk, is_guided=False)
    run = plan.runs.first()
    if run is not None:
        return redirect("run-detail", run.pk)
    review = review_of(plan)
    if request.method == "POST":
        with telling(request):
            return redirect("run-detail", _start(request, plan, review).pk)
        return redirect("restore-review", pk)
    one = review.standings[0]
    asked = request.GET.get("part", ""), request.GET.get("state", "")
    context = {
        "plan": plan,
        "review": review,
        "one": one,
        "lines": lines_of(review.total),
        "overview": overview_of(one),
        "table": table_of(one, *asked, request.GET.get("page")),
        "may_change": True,
    }
    name = "parts/review_body.html" if request.headers.get("HX-Request") else "review.html"
    return polled(render(request, f"dashboard/restores/{name}", context))


def _archive(pk: int) -> Archive:
    return get_object_or_404(Archive.objects.select_related("key"), pk=pk)


def _to_unlock(request: HttpRequest, archive: Archive) -> HttpResponse:
    tell_error(request, ArchiveLocked(archive))
    return redirect("archive-unlock", archive.pk)


def _drafts(request: HttpRequest) -> PlanQuerySet:
    """What this person began to plan and never started."""
    return Plan.objects.drafts().filter(created_by=actor(request))


def _draft(request: HttpRequest, archive: Archive, target: Instance, form: RestoreForm) -> Plan:
    existing = form.existing
    plans.discard_drafts(_drafts(request).filter(items__archive=archive))
    plan = plans.plan_restore(
        archive=archive,
        target=target,
        user=actor(request),
        name=existing.name if existing else form.cleaned_data["name"],
        target_workspace_id=existing.workspace_id if existing else "",
        tokenizer=existing.tokenizer if existing else form.cleaned_data["tokenizer"],
        mappings=form.mappings,
    )
    if target.is_connected:
        begin_readings(plan, user=actor(request))
    return plan


def _start(request: HttpRequest, plan: Plan, review: Review) -> Run:
    confirm(plan, review, user=actor(request))
    return start_restore(plan, user=actor(request))
