"""One's own account: password, second factor, tokens; and joining by an invitation."""

from typing import Any

import segno
from django.contrib import messages
from django.contrib.auth import login, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.forms import MultipleChoiceField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.safestring import mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from dashboard.answers import telling
from dashboard.forms.notifications import MessagesForm
from dashboard.forms.users import ChangePasswordForm, CodeForm, NewPasswordForm, TokenForm
from dashboard.people import actor
from dashboard.views.session import BACKEND
from migrator.models import ApiToken, RecoveryCode, TotpDevice
from migrator.services import second_factor, users
from migrator.services.notifications import choices
from migrator.services.notifications.channels import rules


@require_safe
@login_required
def account(request: HttpRequest) -> HttpResponse:
    """Role, second factor and tokens of whoever is signed in."""
    me = actor(request)
    role = users.role_of(me)
    context = {
        "role": role,
        "role_words": users.ROLE_WORDS[role],
        "downloads": users.may_download(me),
        "device": TotpDevice.objects.filter(user=me, confirmed=True).first(),
        "codes_left": RecoveryCode.objects.filter(user=me, used_at=None).count(),
        "tokens": ApiToken.objects.filter(user=me),
        "wanted": len(choices.choice_of(me).kinds),
        "form": TokenForm(),
    }
    return render(request, "dashboard/account/account.html", context)


@login_required
@sensitive_post_parameters()
def account_password(request: HttpRequest) -> HttpResponse:
    """Change one's own password; this session goes on, all others end."""
    form = ChangePasswordForm(request.POST or None)
    if form.is_valid():
        with form.refusing():
            given = form.cleaned_data
            users.change_password(actor(request), old=given["old"], new=given["password"])
            update_session_auth_hash(request, actor(request))
            messages.success(request, "Your password is changed. Other sessions were signed out.")
            return redirect("account")
    return render(request, "dashboard/account/password.html", {"form": form})


@login_required
@never_cache
def account_factor(request: HttpRequest) -> HttpResponse:
    """Set up an authenticator app: scan, type the first code, keep the recovery codes."""
    me = actor(request)
    if second_factor.has_second_factor(me):
        return redirect("account")
    device = second_factor.begin_enrolling(me)
    form = CodeForm(request.POST or None)
    if form.is_valid():
        with form.refusing():
            codes = second_factor.confirm(me, code=form.cleaned_data["code"])
            return render(request, "dashboard/account/codes.html", {"codes": codes})
    context = {"form": form, "key": second_factor.key_text(device), "picture": _picture(device)}
    return render(request, "dashboard/account/factor.html", context)


@require_POST
@login_required
@never_cache
@sensitive_post_parameters()
def account_codes(request: HttpRequest) -> HttpResponse:
    """New recovery codes, after a right code."""
    me = actor(request)
    with telling(request):
        second_factor.check_code(me, request.POST.get("code", ""))
        codes = second_factor.renew_recovery_codes(me)
        return render(request, "dashboard/account/codes.html", {"codes": codes})
    return redirect("account")


@require_POST
@login_required
@sensitive_post_parameters()
def account_factor_off(request: HttpRequest) -> HttpResponse:
    """Turn the second factor off, after a right code."""
    me = actor(request)
    with telling(request, "Signing in asks for your password alone from now on."):
        second_factor.check_code(me, request.POST.get("code", ""))
        second_factor.turn_off(me, user=me)
    return redirect("account")


@login_required
def account_messages(request: HttpRequest) -> HttpResponse:
    """What reaches one by mail, and at which address."""
    me = actor(request)
    form = MessagesForm(request.POST or None, initial=_chosen(me))
    choosable = form.fields["kinds"]
    assert isinstance(choosable, MultipleChoiceField)
    choosable.choices = [(kind.value, kind.label) for kind in choices.kinds_for(me)]
    if form.is_valid():
        with form.refusing():
            choices.choose(user=me, **form.cleaned_data)
            messages.success(request, "Saved.")
            return redirect("account")
    context = {"form": form, "sends_mail": rules().sends_mail}
    return render(request, "dashboard/account/messages.html", context)


def _chosen(me: User) -> dict[str, Any]:
    choice = choices.choice_of(me)
    return {
        "address": me.email,
        "kinds": sorted(choice.kinds),
        "own_runs_only": choice.own_runs_only,
    }


@require_POST
@login_required
@never_cache
def token_make(request: HttpRequest) -> HttpResponse:
    """Make a token and show its text, once."""
    form = TokenForm(request.POST)
    if form.is_valid():
        with form.refusing():
            token, text = users.make_token(user=actor(request), **form.cleaned_data)
            return render(request, "dashboard/account/token.html", {"token": token, "text": text})
    messages.error(request, "A token needs a name and an end.\nNone was made.")
    return redirect("account")


@require_POST
@login_required
def token_revoke(request: HttpRequest, digest: str) -> HttpResponse:
    """End a token."""
    token = get_object_or_404(ApiToken, digest=digest)
    with telling(request, f"The token “{token.name}” does not work any more."):
        users.revoke_token(token, user=actor(request))
    mine = token.user_id == actor(request).pk
    return redirect("account") if mine else redirect("user-detail", token.user_id)


@sensitive_post_parameters()
@never_cache
def join(request: HttpRequest, uid: str, token: str) -> HttpResponse:
    """Choose a password with the link of an invitation, and sign in."""
    person = users.invited(uid, token)
    if person is None:
        return render(request, "dashboard/session/dead_link.html", {"invited": True}, status=410)
    form = NewPasswordForm(request.POST or None)
    if form.is_valid():
        with form.refusing():
            password = form.cleaned_data["password"]
            person = users.accept_invitation(uid=uid, token=token, password=password)
            if second_factor.has_second_factor(person):
                return redirect("sign-in")  # a new password alone does not pass the second factor
            login(request, person, backend=BACKEND)
            return redirect("home")
    context = {"form": form, "person": person}
    return render(request, "dashboard/session/join.html", context)


def _picture(device: TotpDevice) -> str:
    """The QR code as SVG, dark on white in both themes, since cameras need it so."""
    code = segno.make(second_factor.key_address(device), error="m")
    return mark_safe(  # noqa: S308 - drawn by the library from an address of ours
        code.svg_inline(scale=4, border=4, light="#fff", omitsize=True, svgclass="app-qr")
    )
