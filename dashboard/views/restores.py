"""Starting a restore: the archive, the target instance, the workspace, a review, the run."""

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from dashboard.forms.restores import RestoreForm
from dashboard.people import actor
from dashboard.restore_source import dictionaries_of, entity_types_of, known_mappings
from migrator.models import Archive, Instance, Run
from migrator.services import plans, runs

starts = permission_required("migrator.start_run", raise_exception=True)


@require_safe
@login_required
@starts
def restore_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Into which instance?"""
    archive = get_object_or_404(Archive, pk=pk)
    context = {"archive": archive, "instances": Instance.objects.all()}
    return render(request, "dashboard/restores/choose_target.html", context)


@login_required
@starts
def restore_into(request: HttpRequest, pk: int, instance_pk: int) -> HttpResponse:
    """Into which workspace? A valid form is answered by the review; *confirmed* starts it."""
    archive = get_object_or_404(Archive, pk=pk)
    target = get_object_or_404(Instance, pk=instance_pk)
    form = RestoreForm(
        request.POST or None,
        archive=archive,
        target=target,
        dictionaries=dictionaries_of(archive),
        labels=entity_types_of(archive),
        known=known_mappings(archive),
    )
    context = {"archive": archive, "target": target, "form": form}
    if not form.is_valid() or "back" in request.POST:
        return render(request, "dashboard/restores/into.html", context)
    if "confirmed" in request.POST:
        with form.refusing():
            return redirect("run-detail", _start(request, archive, target, form).pk)
    return render(request, "dashboard/restores/review.html", context)


def _start(request: HttpRequest, archive: Archive, target: Instance, form: RestoreForm) -> Run:
    existing = form.existing
    plan = plans.plan_restore(
        archive=archive,
        target=target,
        user=actor(request),
        name=existing.name if existing else form.cleaned_data["name"],
        target_workspace_id=existing.workspace_id if existing else "",
        tokenizer=existing.tokenizer if existing else form.cleaned_data["tokenizer"],
        mappings=form.mappings,
    )
    return runs.start_run(plan=plan, user=actor(request))
