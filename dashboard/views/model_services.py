"""Services that models are deployed to: link, look, change, unlink; within their instance."""

from collections.abc import Sequence

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from dashboard.answers import tell_error, telling
from dashboard.forms.model_services import LinkForm, LookForm, ServiceCredentialForm, ServiceForm
from dashboard.model_rows import cost_of
from dashboard.people import actor
from migrator.clients.nlu import VERSION
from migrator.formats.errors import StatedError
from migrator.models import Instance, ModelScan, ModelService
from migrator.services import account_services, model_scans, model_services

SCANS = 10  # of the last scans that are listed

manages = permission_required("migrator.manage_instances", raise_exception=True)
steers = permission_required("migrator.start_run", raise_exception=True)


@login_required
@manages
@sensitive_post_parameters()
def service_link(request: HttpRequest, pk: int) -> HttpResponse:
    """Link a service, and look at once what it serves."""
    instance = get_object_or_404(Instance.objects.select_related("credential"), pk=pk)
    form = LinkForm(request.POST or None)
    if form.is_valid():
        with form.refusing():
            service = model_services.link_model_service(
                instance, user=actor(request), credential=form.credential, **form.service
            )
            _scan_and_tell(request, service)
            return redirect("instance-service", pk, service.pk)
    may_ask = account_services.may_be_asked(instance)
    context = {"form": form, "instance": instance, "may_ask_account": may_ask}
    return render(request, "dashboard/instances/service_link.html", context)


@login_required
@manages
def service_find(request: HttpRequest, pk: int) -> HttpResponse:
    """The services of the instance's account; POST links those that were ticked."""
    instance = get_object_or_404(Instance.objects.select_related("credential"), pk=pk)
    try:
        if request.method == "POST":
            guids = request.POST.getlist("guid")
            linked = account_services.link_found(instance, guids, user=actor(request))
            return _linked(request, instance, linked)
        found = account_services.services_of_account(instance, user=actor(request))
    except StatedError as error:
        tell_error(request, error)
        return redirect("instance-service-link", pk)
    context = {
        "instance": instance,
        "found": found,
        "is_any_open": any(not each.is_linked for each in found),
    }
    return render(request, "dashboard/instances/service_find.html", context)


def _linked(
    request: HttpRequest, instance: Instance, linked: Sequence[ModelService]
) -> HttpResponse:
    """Have what was linked scanned, and tell."""
    if not linked:
        messages.error(request, "Nothing was linked.\nTick the services that are to be linked.")
        return redirect("instance-service-find", instance.pk)
    model_scans.scan_in_worker(linked, user=actor(request))
    names = ", ".join(str(each) for each in linked)
    messages.success(request, f"Linked: {names}.\nThey are being asked for their models.")
    return redirect("instance-detail", instance.pk)


@require_safe
@login_required
def service_detail(request: HttpRequest, pk: int, service_pk: int) -> HttpResponse:
    """One linked service: what the last scans found."""
    service = _service(pk, service_pk)
    present = service.served.present().count()
    context = {
        "instance": Instance.objects.get(pk=pk),
        "service": service,
        "shared_with": service.instances.exclude(pk=pk),
        "scans": service.scans.all()[:SCANS],
        "present": present,
        "cost": cost_of(service, present),
        "form": ServiceForm(
            initial={
                "name": service.name,
                "monthly_rate": service.monthly_rate,
                "currency": service.currency,
            }
        ),
        "look": LookForm(),
        "api_version": VERSION,
    }
    return render(request, "dashboard/instances/service.html", context)


@require_POST
@login_required
@manages
def service_change(request: HttpRequest, pk: int, service_pk: int) -> HttpResponse:
    """Name it, or say what one model costs a month."""
    service = _service(pk, service_pk)
    form = ServiceForm(request.POST)
    if not form.is_valid():
        said = " ".join(str(error) for errors in form.errors.values() for error in errors)
        messages.error(request, f"Nothing was stored.\n{said}")
    else:
        with telling(request, "Stored."):
            model_services.change_model_service(service, user=actor(request), **form.cleaned_data)
    return redirect("instance-service", pk, service_pk)


@login_required
@manages
@sensitive_post_parameters()
def service_credential(request: HttpRequest, pk: int, service_pk: int) -> HttpResponse:
    """Store a credential over the old one, and look at once whether it opens the service."""
    service = _service(pk, service_pk)
    form = ServiceCredentialForm(request.POST or None)
    if form.is_valid():
        with form.refusing():
            credential = form.credential
            if credential is None:
                model_services.forget_service_credential(service, user=actor(request))
            else:
                model_services.replace_service_credential(
                    service, user=actor(request), credential=credential
                )
            _scan_and_tell(request, service)
            return redirect("instance-service", pk, service_pk)
    context = {"form": form, "service": service, "instance": Instance.objects.get(pk=pk)}
    return render(request, "dashboard/instances/service_credential.html", context)


@require_POST
@login_required
@steers
def service_test(request: HttpRequest, pk: int, service_pk: int) -> HttpResponse:
    """Ask the service now."""
    with telling(request):
        _scan_and_tell(request, _service(pk, service_pk))
    return redirect("instance-service", pk, service_pk)


@require_POST
@login_required
@steers
def service_look(request: HttpRequest, pk: int, service_pk: int) -> HttpResponse:
    """Take the list that a person brings."""
    service = _service(pk, service_pk)
    with telling(request, "Noted under your name."):
        answer = request.POST.get("answer", "")
        model_scans.note_scan_by_person(service, answer, user=actor(request))
    return redirect("instance-service", pk, service_pk)


@login_required
@manages
def service_unlink(request: HttpRequest, pk: int, service_pk: int) -> HttpResponse:
    """Say what goes and what stays, then unlink."""
    service, instance = _service(pk, service_pk), get_object_or_404(Instance, pk=pk)
    if request.method == "POST":
        with telling(request, f"{service} is not linked to {instance.name} any more."):
            model_services.unlink_model_service(service, instance, user=actor(request))
            return redirect("instance-detail", pk)
        return redirect("instance-service", pk, service_pk)
    context = {
        "service": service,
        "instance": instance,
        "present": service.served.present().count(),
        "is_shared": service.instances.exclude(pk=pk).exists(),
    }
    return render(request, "dashboard/instances/service_unlink.html", context)


def _service(instance_pk: int, pk: int) -> ModelService:
    rows = ModelService.objects.select_related("credential").with_last_scan()
    return get_object_or_404(rows, pk=pk, instances=instance_pk)


def _scan_and_tell(request: HttpRequest, service: ModelService) -> None:
    """Scan it here and now, where it has a credential: the person waits for the answer."""
    if service.credential_id is None:
        return
    scan: ModelScan = model_scans.scan_now(service, user=actor(request))
    if scan.problem:
        messages.error(request, f"{service} could not be asked.\n{scan.problem}")
        return
    noun = "model is" if scan.models_seen == 1 else "models are"
    messages.success(request, f"{service} answers: {scan.models_seen:,} {noun} deployed there.")
