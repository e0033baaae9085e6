"""Making the first administrator with the link that the server printed."""

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from dashboard.forms.set_up import SetUpForm
from migrator.errors import ServiceError
from migrator.services.first_admin import create_first_admin, is_set_up_token

PAGE = "dashboard/set_up.html"


@sensitive_post_parameters("password", "password_again")
@never_cache
def set_up(request: HttpRequest, token: str) -> HttpResponse:
    """Ask for a name and a password, make the administrator and sign that person in."""
    if not is_set_up_token(token):
        return render(request, PAGE, {"form": None}, status=410)
    form = SetUpForm(request.POST or None)
    if not form.is_valid():
        return render(request, PAGE, {"form": form})
    try:
        user = create_first_admin(
            token=token,
            name=form.cleaned_data["name"],
            password=form.cleaned_data["password"],
        )
    except ServiceError as error:
        form.add_error(None, f"{error.happened} {error.remedy}")
        return render(request, PAGE, {"form": form})
    login(request, user)
    return redirect("home")
