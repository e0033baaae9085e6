"""People: who may sign in, and what they may do."""

from django.contrib.auth.decorators import login_required, permission_required
from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from dashboard.answers import telling
from dashboard.forms.users import PersonForm, RoleForm
from dashboard.pages import page_of
from dashboard.people import actor
from migrator.models import TotpDevice
from migrator.services import second_factor, users

manages = permission_required("auth.change_user", raise_exception=True)


@require_safe
@login_required
@manages
def user_list(request: HttpRequest) -> HttpResponse:
    """Everybody with role, state and last sign-in."""
    device = TotpDevice.objects.filter(user=OuterRef("pk"), confirmed=True)
    page = page_of(request, users.users().annotate(has_device=Exists(device)))
    rows = [(one, users.role_of(one), users.may_download(one)) for one in page.object_list]
    return render(request, "dashboard/users/list.html", {"page": page, "rows": rows})


@login_required
@manages
def user_add(request: HttpRequest) -> HttpResponse:
    """Add somebody, then show the link with which they choose a password."""
    form = PersonForm(request.POST or None)
    if form.is_valid():
        with form.refusing():
            person = users.add_person(user=actor(request), **form.cleaned_data)
            return _with_link(request, person)
    return render(request, "dashboard/users/add.html", {"form": form})


@login_required
@manages
def user_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One person: change the role, invite again, switch off."""
    person = get_object_or_404(users.users(), pk=pk)
    initial = {"role": users.role_of(person), "downloads": users.may_download(person)}
    form = RoleForm(request.POST or None, initial=initial)
    if form.is_valid():
        with form.refusing():
            users.change_role(person, user=actor(request), **form.cleaned_data)
            return redirect("user-list")
    context = {
        "person": person,
        "form": form,
        "has_device": second_factor.has_second_factor(person),
        "tokens": person.auth_token_set.all(),
    }
    return render(request, "dashboard/users/detail.html", context)


@require_POST
@login_required
@manages
@never_cache
def user_invite(request: HttpRequest, pk: int) -> HttpResponse:
    """A new link to choose a password with."""
    return _with_link(request, get_object_or_404(User, pk=pk, is_active=True))


@require_POST
@login_required
@manages
def user_switch(request: HttpRequest, pk: int) -> HttpResponse:
    """Switch the account off, or on again."""
    person = get_object_or_404(User, pk=pk)
    with telling(request, f"{person.username} is switched {'off' if person.is_active else 'on'}."):
        switch = users.switch_off if person.is_active else users.switch_on
        switch(person, user=actor(request))
    return redirect("user-detail", pk)


@require_POST
@login_required
@manages
def user_unlock(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the second factor off for somebody who lost it."""
    person = get_object_or_404(User, pk=pk)
    with telling(request, f"{person.username} signs in with the password alone now."):
        second_factor.turn_off(person, user=actor(request))
    return redirect("user-detail", pk)


@login_required
@manages
def user_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what goes and what stays, then delete."""
    person = get_object_or_404(User, pk=pk)
    if request.method == "POST":
        with telling(request, f"{person.username} is deleted."):
            users.delete_person(person, user=actor(request))
            return redirect("user-list")
        return redirect("user-delete", pk)
    return render(request, "dashboard/users/delete.html", {"person": person})


def _with_link(request: HttpRequest, person: User) -> HttpResponse:
    """The page that shows the link, once; it stands nowhere else."""
    uid, token = users.invitation(person, user=actor(request)).split("/")
    link = request.build_absolute_uri(reverse("join", args=[uid, token]))
    return render(request, "dashboard/users/link.html", {"person": person, "link": link})
