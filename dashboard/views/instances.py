"""Instances: list, one, add, change, connect, delete."""

from django.contrib.auth.decorators import login_required, permission_required
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from dashboard.answers import telling
from dashboard.forms.credentials import credential_form
from dashboard.forms.instances import instance_form
from dashboard.people import actor
from migrator.models import Instance, Inventory
from migrator.services import instances, inventories, queue
from migrator.services.account_services import may_be_asked
from migrator.services.model_knowledge import knowledge_from, with_foreign

_ANSWERS = {Instance.Connection.CONNECTED, Instance.Connection.PARTLY}

manages = permission_required("migrator.manage_instances", raise_exception=True)


@require_safe
@login_required
def instance_list(request: HttpRequest) -> HttpResponse:
    """Cards, one for each instance."""
    rows = (
        Instance.objects.select_related("credential")
        .annotate(workspace_count=Count("workspaces", filter=Q(workspaces__gone_at=None)))
        .prefetch_related("model_services")
        .with_models_known()
        .order_by("name")  # what is counted forgets the order of the model
    )
    return render(request, "dashboard/instances/list.html", {"instances": rows})


@require_safe
@login_required
def instance_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One instance: what it answers, its workspaces, its last inventory."""
    rows = with_foreign(Instance.objects.select_related("credential"))
    instance = get_object_or_404(rows, pk=pk)
    present = Count("served", filter=Q(served__gone_at=None))
    services = list(instance.model_services.with_last_scan().annotate(present=present))
    context = {
        "instance": instance,
        "workspaces": instance.workspaces.present().for_listing()[:25],
        "workspace_count": instance.workspaces.filter(gone_at=None).count(),
        "inventory": Inventory.objects.filter(instance=instance).first(),
        "services": services,
        "may_ask_account": may_be_asked(instance),
        "known": knowledge_from(instance, services, has_foreign=vars(instance)["has_foreign"]),
        "tried": sum(answer["answered"] is not None for answer in instance.answers),
        "answered": sum(bool(answer["answered"]) for answer in instance.answers),
    }
    return render(request, "dashboard/instances/detail.html", context)


@login_required
@manages
@sensitive_post_parameters()
def instance_add(request: HttpRequest, kind: str = "") -> HttpResponse:
    """Choose a kind, then fill in what this kind needs."""
    if not kind:
        return render(request, "dashboard/instances/choose_kind.html")
    if kind not in Instance.Kind.values:
        raise Http404
    form = instance_form(kind, request.POST)
    connects = kind != Instance.Kind.BY_HAND and "skip_credential" not in request.POST
    secret = credential_form(kind, request.POST) if kind != Instance.Kind.BY_HAND else None
    if form.is_valid() and (secret is None or not connects or secret.is_valid()):
        credential = secret.credential if secret is not None and connects else None
        with form.refusing():
            instance = instances.add_instance(
                user=actor(request), kind=kind, credential=credential, **form.cleaned_data
            )
            return _after_adding(request, instance)
    context = {"form": form, "secret": secret, "kind": Instance.Kind(kind)}
    return render(request, "dashboard/instances/add.html", context)


def _after_adding(request: HttpRequest, instance: Instance) -> HttpResponse:
    """What has a credential is tested at once, and where it answers its workspaces are read."""
    if instance.is_connected and instance.credential_id:
        instances.check_connection(instance, user=actor(request))
        if instance.connection in _ANSWERS:
            with telling(request, "It answers. Its inventory is being read."):
                _read_inventory(request, instance)
    return redirect("instance-detail", instance.pk)


def _read_inventory(request: HttpRequest, instance: Instance) -> None:
    queue.enqueue_inventory(inventories.begin_inventory(instance, user=actor(request)))


@login_required
@manages
def instance_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change name, address and where things lie; the credential has its own page."""
    instance = get_object_or_404(Instance, pk=pk)
    form = instance_form(instance.kind, request.POST, instance)
    if form.is_valid():
        with form.refusing():
            instances.change_instance(instance, user=actor(request), **form.cleaned_data)
            return redirect("instance-detail", pk)
        instance.refresh_from_db()
    return render(request, "dashboard/instances/change.html", {"form": form, "instance": instance})


@login_required
@manages
@sensitive_post_parameters()
def instance_credential(request: HttpRequest, pk: int) -> HttpResponse:
    """Store a credential over the old one, test it, and send on what waited for it."""
    instance = get_object_or_404(Instance.objects.exclude(kind=Instance.Kind.BY_HAND), pk=pk)
    form = credential_form(instance.kind, request.POST)
    if form.is_valid():
        with form.refusing():
            instances.replace_credential(instance, user=actor(request), credential=form.credential)
            return _after_adding(request, instance)
    context = {"form": form, "instance": instance}
    return render(request, "dashboard/instances/credential.html", context)


@require_POST
@login_required
@manages
def instance_test(request: HttpRequest, pk: int) -> HttpResponse:
    """Try the read-only entries of the profile; the page shows which answered."""
    instance = get_object_or_404(Instance, pk=pk)
    instances.check_connection(instance, user=actor(request))
    return redirect("instance-detail", pk)


@require_POST
@login_required
@manages
def instance_refresh(request: HttpRequest, pk: int) -> HttpResponse:
    """Start reading what the instance lists."""
    instance = get_object_or_404(Instance, pk=pk)
    with telling(request, "Reading the inventory. It goes on when you leave this page."):
        _read_inventory(request, instance)
    return redirect("instance-detail", pk)


@login_required
@manages
def instance_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what goes and what stays, then delete."""
    instance = get_object_or_404(Instance, pk=pk)
    if request.method == "POST":
        with telling(request, f"{instance.name} is deleted. Its archives are kept."):
            instances.delete_instance(instance, user=actor(request))
            return redirect("instance-list")
        return redirect("instance-delete", pk)
    context = {
        "instance": instance,
        "workspace_count": instance.workspaces.count(),
        "archive_count": instance.archives.count(),
        "service_count": instance.model_services.count(),
    }
    return render(request, "dashboard/instances/delete.html", context)
