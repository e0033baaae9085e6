"""Personal data on request: where a person occurs, as page, CSV and JSON; erasing.

Names come by POST alone, so that they stand in no address and in no log of a web server.
"""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from dashboard.exports import csv_download, json_download
from dashboard.forms.personal_data import EraseForm, PersonalDataForm
from dashboard.people import actor
from migrator.services.personal_data.erasing import erase
from migrator.services.personal_data.looking import ARCHIVE_STAYS, Found, look_for, report_rows

COLUMNS = ("place", "table", "key", "columns", "on_request")
PAGE = "dashboard/personal_data/page.html"

manages = permission_required("auth.change_user", raise_exception=True)


@sensitive_post_parameters("terms")
@login_required
@manages
@never_cache
def user_data(request: HttpRequest) -> HttpResponseBase:
    """Ask whom to look for; the button of the form says what is done with what is found."""
    wish = request.POST.get("wish", "")
    form = (EraseForm if wish == "erase" else PersonalDataForm)(request.POST or None)
    if wish == "erase" and form.is_valid():
        with form.refusing():
            return _erased(request, form)
    asked = PersonalDataForm(request.POST or None)
    asked.refusal = form.refusal
    if not asked.is_valid():
        return render(request, PAGE, {"form": asked})
    with asked.refusing():
        found = look_for(asked.wanted, user=actor(request))
        return _shown(request, asked, form, found, wish)
    return render(request, PAGE, {"form": asked})


def _erased(request: HttpRequest, form: PersonalDataForm) -> HttpResponse:
    done = erase(form.wanted, user=actor(request))
    rows = sum(done.counts.values())
    noun = "row" if rows == 1 else "rows"
    messages.success(request, f"Done: the person is called {done.pseudonym} in {rows} {noun} now.")
    return redirect("user-data")


def _shown(
    request: HttpRequest, asked: PersonalDataForm, form: PersonalDataForm, found: Found, wish: str
) -> HttpResponseBase:
    if wish == "csv":
        return csv_download("personal-data.csv", COLUMNS, report_rows(found))
    if wish == "json":
        return json_download("personal-data.json", {"format": 1}, report_rows(found))
    initial = {"terms": request.POST.get("terms", "")}
    context = {
        "form": asked,
        "found": found,
        "erase": form if wish == "erase" else EraseForm(initial=initial),
        "archive_stays": ARCHIVE_STAYS,
    }
    return render(request, PAGE, context)
