"""What a person does for a step that waits: bring files, answer, take the files offered."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST, require_safe

from dashboard.answers import back_to, telling
from dashboard.people import actor
from dashboard.sorted_files import pk_in, tell_arrival, tell_sorted
from dashboard.templatetags.words import plural
from dashboard.uploads import uploads
from migrator.models import PlanItem, Run, Step, StepFile, UnsortedFile
from migrator.sending import send_file
from migrator.services import arrivals, replacing, retrying, runs, sorting, work_files

REASON = 500  # characters of a reason

steers = permission_required("migrator.start_run", raise_exception=True)
downloads = permission_required("migrator.download_archive", raise_exception=True)


@require_POST
@login_required
@steers
def files_bring(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """Take files in any order and under any name; each gets its own answer."""
    run = get_object_or_404(Run, pk=pk)
    item = get_object_or_404(_items(run), pk=item_pk)
    if not request.FILES:
        messages.error(request, "No file was chosen.\nChoose the files, or drop them on the field.")
    for path, name in uploads(request):
        with telling(request):
            arrival = arrivals.bring_file(run, item, path, name=name, user=actor(request))
            tell_arrival(request, arrival)
    return back_to(request, "run-detail", pk)


@require_POST
@login_required
@steers
def files_sort(request: HttpRequest, pk: int) -> HttpResponse:
    """Take files of any of the run's workspaces; each is given to the one that it is of."""
    run = get_object_or_404(Run, pk=pk, finished_at=None)
    if request.FILES:
        tell_sorted(request, sorting.bring_files(run, uploads(request), user=actor(request)))
    else:
        messages.error(request, "No file was chosen.\nChoose the files, or drop them on the field.")
    return back_to(request, "run-detail", pk)


@require_POST
@login_required
@steers
def file_assign(request: HttpRequest, pk: int, file_pk: int) -> HttpResponse:
    """A person says of which workspace a file is, or that it is to be forgotten."""
    file = get_object_or_404(UnsortedFile.objects.select_related("run"), pk=file_pk, run=pk)
    with telling(request):
        if "discard" in request.POST:
            sorting.discard(file, user=actor(request))
            messages.success(request, f"{file.name} was removed.")
        else:
            item = get_object_or_404(_items(file.run), pk=pk_in(request, "item"))
            tell_sorted(request, sorting.assign(file, item, user=actor(request)))
    return back_to(request, "run-detail", pk)


@require_POST
@login_required
@steers
def dictionaries_complete(request: HttpRequest, pk: int) -> HttpResponse:
    """Of every workspace whose dictionaries came: these are all."""
    run = get_object_or_404(Run, pk=pk, finished_at=None)
    with telling(request):
        count = sorting.say_all_complete(run, user=actor(request))
        messages.success(request, f"The dictionaries of {plural(count, 'workspace')} are complete.")
    return back_to(request, "run-detail", pk)


@require_POST
@login_required
@steers
def step_confirm(request: HttpRequest, pk: int, step_pk: int) -> HttpResponse:
    """The person did what the step asked for."""
    with telling(request):
        arrivals.confirm(_step(pk, step_pk), user=actor(request))
    return back_to(request, "run-detail", pk)


@require_POST
@login_required
@steers
def step_complete(request: HttpRequest, pk: int, step_pk: int) -> HttpResponse:
    """All files are here, or there are none."""
    with telling(request):
        none = "none" in request.POST
        arrivals.say_complete(_step(pk, step_pk), user=actor(request), none=none)
    return back_to(request, "run-detail", pk)


@require_POST
@login_required
@steers
def step_accept(request: HttpRequest, pk: int, step_pk: int) -> HttpResponse:
    """Documents and type system do belong together; the file is brought again."""
    with telling(request, "Noted. Now bring the documents again."):
        arrivals.accept_strangers(_step(pk, step_pk), user=actor(request))
    return back_to(request, "run-detail", pk)


@require_POST
@login_required
@steers
def step_bring_again(request: HttpRequest, pk: int, step_pk: int) -> HttpResponse:
    """Another file shall take the place of the one that was brought."""
    with telling(request, "The file was put aside. Bring the other one."):
        replacing.bring_again(_step(pk, step_pk), user=actor(request))
    return back_to(request, "run-detail", pk)


@require_POST
@login_required
@steers
def file_replace(request: HttpRequest, pk: int, file_pk: int) -> HttpResponse:
    """A person says which file counts: the one that came later, beside or instead, or neither."""
    waiting = StepFile.objects.filter(role=StepFile.Role.INSTEAD, step__superseded_at=None)
    file = get_object_or_404(waiting, pk=file_pk, step__run=pk)
    with telling(request):
        if "keep" in request.POST:
            replacing.keep(file, user=actor(request))
            messages.success(request, f"{file.name} was put aside.\nWhat was here is kept.")
        else:
            replacing.replace(file, user=actor(request), adds="add" in request.POST)
            messages.success(request, f"{file.name} was taken.\n{file.sentence}")
    return back_to(request, "run-detail", pk)


@require_POST
@login_required
@steers
def step_retry(request: HttpRequest, pk: int, step_pk: int) -> HttpResponse:
    """Try one failed step again, in smaller parts where that was asked for."""
    retry = retrying.split_and_retry if "split" in request.POST else retrying.retry_step
    with telling(request, "This step is tried again; the others stay as they are."):
        retry(_step(pk, step_pk), user=actor(request))
    return back_to(request, "run-detail", pk)


@require_POST
@login_required
@steers
def step_skip(request: HttpRequest, pk: int, step_pk: int) -> HttpResponse:
    """Leave one step out, with a reason."""
    with telling(request, "Skipped. The steps behind it go on without it."):
        reason = request.POST.get("reason", "")
        runs.skip_step(_step(pk, step_pk), user=actor(request), reason=reason[:REASON])
    return back_to(request, "run-detail", pk)


@require_safe
@login_required
@downloads
def file_download(request: HttpRequest, pk: int, file_pk: int) -> HttpResponseBase:
    """A file that the run offers for upload into Knowledge Studio."""
    file = get_object_or_404(
        StepFile, pk=file_pk, step__run=pk, role=StepFile.Role.OFFERED, step__superseded_at=None
    )
    return send_file(
        request,
        work_files.absolute(file).open("rb"),
        size=file.size,
        name=file.name,
        sha256=file.sha256,
    )


def _step(run_pk: int, step_pk: int) -> Step:
    return get_object_or_404(Step.objects.current(), pk=step_pk, run=run_pk)


def _items(run: Run) -> QuerySet[PlanItem]:
    return PlanItem.everything.filter(plan=run.plan_id)
