"""Signing in and out, and the appearance a person chose."""

from time import time
from typing import Any

from django.conf import settings
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from dashboard import kept_input
from dashboard.context import THEME_COOKIE, THEMES
from dashboard.forms.session import SetUpForm, SignInForm
from dashboard.forms.users import CodeForm
from migrator.services import first_admin, second_factor

BACKEND = "django.contrib.auth.backends.ModelBackend"
# Whose password was right and whose code is still asked for, in the session.
HALFWAY = "second_factor_of"
HALFWAY_SECONDS = 300
YEAR = 365 * 24 * 3600  # seconds a chosen appearance is kept


@sensitive_post_parameters("password")
@never_cache
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for name and password, then go where the person was going."""
    if request.user.is_authenticated:
        return redirect(_next(request))
    form: AuthenticationForm = SignInForm(request, data=request.POST or None)
    if not form.is_valid():
        context = {
            "form": form,
            "next": _next(request),
            "nobody_yet": not first_admin.has_users(),
            "kept": kept_input.kept_in(request),
            "oidc": settings.OIDC_NAME,
            "oidc_failed": "oidc" in request.GET,
        }
        return render(request, "dashboard/session/sign_in.html", context)
    user = form.get_user()
    if second_factor.has_second_factor(user):
        request.session[HALFWAY] = {"pk": user.pk, "at": time(), "next": _next(request)}
        return redirect("sign-in-code")
    return _signed_in(request, user, _next(request))


@sensitive_post_parameters()
@never_cache
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """Ask for the code of the authenticator app; the password was right a moment ago."""
    halfway = request.session.get(HALFWAY)
    user = User.objects.filter(pk=halfway["pk"], is_active=True).first() if halfway else None
    if halfway is None or user is None or time() - halfway["at"] > HALFWAY_SECONDS:
        return redirect("sign-in")
    form = CodeForm(request.POST or None)
    if form.is_valid():
        with form.refusing():
            second_factor.check_code(user, form.cleaned_data["code"])
            del request.session[HALFWAY]
            return _signed_in(request, user, halfway["next"])
    return render(request, "dashboard/session/code.html", {"form": form})


def _signed_in(request: HttpRequest, user: User, onward: str) -> HttpResponse:
    login(request, user, backend=BACKEND)
    return redirect("kept-input" if kept_input.kept_in(request) else onward)


@login_required
@never_cache
def kept(request: HttpRequest) -> HttpResponse:
    """The form that was sent after the session had ended: send it now, or not."""
    found = kept_input.kept_in(request)
    if found is None or request.method == "POST":
        kept_input.discard(request)
        return redirect("home")
    return render(request, "dashboard/session/kept.html", {"kept": found})


def locked_out(request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
    """What django-axes answers after too many wrong passwords."""
    context = {"minutes": settings.SIGN_IN_PAUSE_MINUTES}
    return render(request, "dashboard/session/locked_out.html", context, status=429)


@sensitive_post_parameters()
@never_cache
def set_up(request: HttpRequest, token: str) -> HttpResponse:
    """Make the first administrator with the link that the server printed, and sign in."""
    if not first_admin.is_set_up_token(token):
        return render(request, "dashboard/session/dead_link.html", status=410)
    form = SetUpForm(request.POST or None)
    if form.is_valid():
        with form.refusing():
            user = first_admin.create_first_admin(
                token=token, name=form.cleaned_data["name"], password=form.cleaned_data["password"]
            )
            login(request, user, backend=BACKEND)
            return redirect("home")
    return render(request, "dashboard/session/set_up.html", {"form": form})


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect("sign-in")


@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Keep light, dark or the system's choice in a cookie, and go back to the page."""
    response = redirect(_next(request))
    chosen = request.POST.get("theme", "system")
    response.set_cookie(
        THEME_COOKIE,
        chosen if chosen in THEMES else "system",
        max_age=YEAR,
        httponly=True,
        secure=request.is_secure(),
        samesite="Lax",
    )
    return response


def _next(request: HttpRequest) -> str:
    """The page to go on to; only ever one of ours."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(
        asked, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return asked if ours else "/"
