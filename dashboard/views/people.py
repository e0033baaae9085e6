"""People and roles: all people of all instances, and one instance against another."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dashboard.exports import csv_download
from dashboard.forms.people import AgainstForm, PeopleFilter
from dashboard.pages import ROWS, page_of
from dashboard.people_rows import (
    AGAINST_COLUMNS,
    COLUMNS,
    Against,
    against,
    against_cells,
    cells_of,
    people_of,
)
from migrator.models import Instance

PRINTED = 2000  # rows of the view for paper


@require_safe
@login_required
def people_list(request: HttpRequest) -> HttpResponse:
    """Everybody who is known in an instance, with the role in each; filtered, page by page."""
    form = PeopleFilter(request.GET)
    page = page_of(request, form.keys(), size=_size(request))
    context = {
        "form": form,
        "page": page,
        "people": people_of(list(page.object_list)),
        "is_filtered": any(value for name, value in request.GET.items() if name != "paper"),
        "query": _query(request),
        "is_paper": _is_paper(request),
    }
    return render(request, "dashboard/people/list.html", context)


@require_safe
@login_required
def people_csv(request: HttpRequest) -> StreamingHttpResponse:
    """Those who fit the filters, a line for each instance, as CSV."""
    form = PeopleFilter(request.GET)
    return csv_download("people.csv", COLUMNS, cells_of(form.keys(), form.instance_pk))


@require_safe
@login_required
def people_against(request: HttpRequest) -> HttpResponse:
    """The people of a source against those of a target."""
    sent = request.GET if "source" in request.GET else None
    form = AgainstForm(sent, known=Instance.objects.all())
    rows = _compared(form)
    context = {
        "form": form,
        "page": page_of(request, rows, size=_size(request)),
        "is_asked": form.is_bound and not form.errors,
        "query": _query(request),
        "is_paper": _is_paper(request),
    }
    return render(request, "dashboard/people/against.html", context)


@require_safe
@login_required
def people_against_csv(request: HttpRequest) -> StreamingHttpResponse:
    """The same as CSV; 404 where the address does not name two instances."""
    form = AgainstForm(request.GET, known=Instance.objects.all())
    if not form.is_valid():
        raise Http404
    cells = against_cells(_compared(form))
    return csv_download("people-source-against-target.csv", AGAINST_COLUMNS, cells)


def _compared(form: AgainstForm) -> list[Against]:
    if not form.is_valid():
        return []
    show = form.cleaned_data["show"]
    rows = against(form.cleaned_data["source"], form.cleaned_data["target"])
    return [row for row in rows if show in {"", row.result}]


def _is_paper(request: HttpRequest) -> bool:
    return request.GET.get("paper") == "yes"


def _size(request: HttpRequest) -> int:
    """On paper all stand on one page."""
    return PRINTED if _is_paper(request) else ROWS


def _query(request: HttpRequest) -> str:
    """The filters for the download and for paper."""
    kept = request.GET.copy()
    for name in ("page", "paper"):
        kept.pop(name, None)
    return kept.urlencode()
