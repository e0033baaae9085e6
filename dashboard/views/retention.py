"""Archives that go by a rule: what would go, saving the rule, applying it; holds."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from dashboard.answers import telling
from dashboard.forms.retention import HoldForm, RuleForm, fields_of
from dashboard.pages import page_of
from dashboard.people import actor
from migrator.models import Archive, ArchiveHold
from migrator.services.retention import (
    apply_rule,
    lift_hold,
    place_hold,
    rule_now,
    set_rule,
    verdicts,
)

starts = permission_required("migrator.start_run", raise_exception=True)
keeps = permission_required("migrator.keep_archives", raise_exception=True)


@login_required
@keeps
def archive_retention(request: HttpRequest) -> HttpResponse:
    """What a rule would delete, before anything is; POST makes it the rule that holds."""
    now = rule_now()
    asked = "newest" in request.GET or request.method == "POST"
    form = RuleForm((request.POST or request.GET) if asked else fields_of(now))
    if not form.is_valid():
        return render(request, "dashboard/retention/preview.html", {"form": form, "now": now})
    if request.method == "POST":
        with telling(request, "Saved. The rule is applied every hour."):
            set_rule(form.rule, user=actor(request))
        return redirect("archive-retention")
    found = verdicts(form.rule)
    going = [each for each in found if each.goes]
    context = {
        "form": form,
        "now": now,
        "rule": form.rule,
        "is_new": form.rule != now,
        "going": page_of(request, going),
        "size": sum(each.archive.size for each in going),
        "staying": len(found) - len(going),
    }
    return render(request, "dashboard/retention/preview.html", context)


@require_POST
@login_required
@keeps
def archive_retention_apply(request: HttpRequest) -> HttpResponse:
    """Delete now what goes by the rule that holds."""
    with telling(request):
        gone = len(apply_rule(user=actor(request)))
        noun = "archive was" if gone == 1 else "archives were"
        messages.success(request, f"{gone} {noun} deleted.")
    return redirect("archive-retention")


@require_POST
@login_required
@starts
def archive_hold(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep an archive from being deleted."""
    archive = get_object_or_404(Archive.objects.defer("facts", "findings"), pk=pk)
    form = HoldForm(request.POST)
    with telling(request):
        place_hold(archive, user=actor(request), reason=form.data.get("reason", "")[:500])
        messages.success(request, "The archive is held. Nobody can delete it.")
    return redirect("archive-detail", pk)


@require_POST
@login_required
@keeps
def archive_hold_lift(request: HttpRequest, pk: int, hold_pk: int) -> HttpResponse:
    """Lift a hold."""
    hold = get_object_or_404(ArchiveHold.objects.select_related("archive"), pk=hold_pk, archive=pk)
    with telling(request, "The hold is lifted."):
        lift_hold(hold, user=actor(request))
    return redirect("archive-detail", pk)
