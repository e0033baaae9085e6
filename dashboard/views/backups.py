"""Starting a backup: choose the instance, then the workspaces."""

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_safe

from dashboard.forms.backups import BackupForm, NamedWorkspaceForm
from dashboard.forms.encryption import EncryptionForm
from dashboard.people import actor
from migrator.models import Instance, Run, Workspace
from migrator.services import plans, runs
from migrator.services.encryption import KEY_LOSS, choose_encryption

starts = permission_required("migrator.start_run", raise_exception=True)


@require_safe
@login_required
@starts
def backup_start(request: HttpRequest) -> HttpResponse:
    """Which instance? With only one there is nothing to ask."""
    instances = list(Instance.objects.all())
    if len(instances) == 1:
        return redirect("backup-new", instances[0].pk)
    return render(request, "dashboard/backups/choose_instance.html", {"instances": instances})


@sensitive_post_parameters("passphrase", "passphrase_again")
@login_required
@starts
def backup_new(request: HttpRequest, instance_pk: int) -> HttpResponse:
    """Which of its workspaces? Then the run starts."""
    instance = get_object_or_404(Instance, pk=instance_pk)
    naming = "name" in request.POST
    form = BackupForm(None if naming else request.POST or None, instance=instance)
    named = NamedWorkspaceForm(request.POST if naming else None, prefix=None)
    lock = EncryptionForm(None if naming else request.POST or None)
    named_lock = EncryptionForm(request.POST if naming else None, prefix="named")
    if naming and named.is_valid() and named_lock.is_valid():
        with named.refusing():
            return _started(_back_up_named(request, instance, named, named_lock))
    if not naming and form.is_valid() and lock.is_valid():
        with form.refusing():
            return _started(_back_up(request, instance, form.cleaned_data["workspaces"], lock))
    rows = Workspace.objects.present().to_choose_from().filter(instance=instance)
    context = {
        "instance": instance,
        "form": form,
        "named": named,
        "lock": lock,
        "named_lock": named_lock,
        "key_loss_words": KEY_LOSS,
        "workspaces": rows,
        "chosen": _chosen(request),
        "inventory": instance.inventories.first(),
    }
    return render(request, "dashboard/backups/new.html", context)


def _back_up(
    request: HttpRequest, instance: Instance, chosen: list[Workspace], lock: EncryptionForm
) -> Run:
    plan = plans.plan_backup(source=instance, workspaces=chosen, user=actor(request))
    if lock.chosen is not None:
        choose_encryption(plan, user=actor(request), lock=lock.chosen, understood=True)
    return runs.start_run(plan=plan, user=actor(request))


def _back_up_named(
    request: HttpRequest, instance: Instance, form: NamedWorkspaceForm, lock: EncryptionForm
) -> Run:
    workspace = plans.add_workspace_by_hand(
        instance=instance, user=actor(request), **form.cleaned_data
    )
    return _back_up(request, instance, [workspace], lock)


def _started(run: Run) -> HttpResponse:
    return redirect("run-detail", run.pk)


def _chosen(request: HttpRequest) -> set[int]:
    """What is ticked: as it was sent, or as the link that led here asked for."""
    ticked = request.POST.getlist("workspaces") or request.GET.getlist("workspace")
    return {int(pk) for pk in ticked if pk.isdecimal()}
