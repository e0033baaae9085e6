"""Encryption: of a plan's archives, of every archive, and the key of one."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from dashboard.answers import telling
from dashboard.forms.encryption import EncryptionForm, RulesForm, UnlockForm
from dashboard.people import actor
from migrator.models import Archive, Plan
from migrator.services.archive_keys import lock_archive, unlock_archive
from migrator.services.encryption import KEY_LOSS, choose_encryption, rules, set_recipients
from migrator.services.guided_plans import refuse_archived
from migrator.services.retention import rule_now

starts = permission_required("migrator.start_run", raise_exception=True)
keeps = permission_required("migrator.keep_archives", raise_exception=True)


@sensitive_post_parameters("passphrase", "passphrase_again")
@login_required
@starts
def plan_encryption(request: HttpRequest, pk: int) -> HttpResponse:
    """How the next backup of a plan is encrypted."""
    plan = get_object_or_404(Plan.objects.guided(), pk=pk)
    form = EncryptionForm(request.POST or None)
    if form.is_valid():
        with form.refusing():
            refuse_archived(plan)
            choose_encryption(
                plan,
                user=actor(request),
                lock=form.chosen,
                understood=form.cleaned_data["key_loss"],
            )
            return redirect("plan-collect", pk)
    context = {"plan": plan, "form": form, "key_loss_words": KEY_LOSS}
    return render(request, "dashboard/encryption/plan.html", context)


@sensitive_post_parameters("private_key", "passphrase")
@login_required
@starts
def archive_unlock(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the key of an encrypted archive, tried at once."""
    rows = Archive.objects.select_related("key").defer("facts", "findings")
    archive = get_object_or_404(rows, pk=pk)
    form = UnlockForm(request.POST or None, archive=archive)
    if form.is_valid():
        with form.refusing():
            unlock_archive(archive, user=actor(request), key=form.key)
            messages.success(request, "The archive is unlocked.")
            return redirect("archive-detail", pk)
    context = {"archive": archive, "form": form}
    return render(request, "dashboard/encryption/unlock.html", context)


@require_POST
@login_required
@starts
def archive_lock(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget the key."""
    archive = get_object_or_404(Archive.objects.defer("facts", "findings"), pk=pk)
    with telling(request, "The key is forgotten."):
        lock_archive(archive, user=actor(request))
    return redirect("archive-detail", pk)


@login_required
@keeps
def archive_rules(request: HttpRequest) -> HttpResponse:
    """To whom every archive is encrypted."""
    now = rules()
    form = RulesForm(request.POST or None, initial={"recipients": "\n".join(now.recipients)})
    if form.is_valid():
        with form.refusing():
            set_recipients(
                user=actor(request),
                text=form.cleaned_data["recipients"],
                understood=form.cleaned_data["key_loss"],
            )
            messages.success(request, "Saved. It holds for archives that are sealed from now on.")
            return redirect("archive-rules")
    context = {
        "form": form,
        "rules": now,
        "retention": rule_now(),
        "key_loss_words": KEY_LOSS,
    }
    return render(request, "dashboard/encryption/rules.html", context)
