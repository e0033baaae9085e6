"""One check over the workspaces of a plan: what it found, accepting it, answering it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from dashboard.answers import telling
from dashboard.check_rows import ShownResult, alike, shown
from dashboard.forms.checks import AcceptForm, AnswerForm, chosen_results
from dashboard.pages import page_of
from dashboard.people import actor
from dashboard.wizard import load_plan, may_change, step_context
from migrator.checks.catalogue import CATALOGUE
from migrator.checks.check import Check
from migrator.models import CheckResult, Plan, PlanItem
from migrator.services import check_answers, checks

# Where what a check found is dealt with: the name of the page's address, and its title.
ELSEWHERE = {
    "work_in_progress": ("plan-work", "Finish work"),
    "deployed_models": ("plan-models", "Deployed models"),
    "rule_based_model": ("plan-capture", "Capture what can't move"),
    "read_only_dictionaries": ("plan-capture", "Capture what can't move"),
    "dictionary_mapping": ("plan-capture", "Capture what can't move"),
    "target_room": ("plan-target", "Target and conflicts"),
    "clashing_types": ("plan-target", "Target and conflicts"),
    "unmapped_people": ("plan-people", "People"),
    "lowered_roles": ("plan-people", "People"),
}
ROWS = 100  # workspaces on a page; those of which the same is said stand together


steers = permission_required("migrator.start_run", raise_exception=True)


@login_required
def plan_assess_check(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """What the check found in each workspace, open ones first; a POST accepts or answers."""
    plan, check = load_plan(pk), _known(code)
    posted = request.POST or None
    answers = "answer" in request.POST
    accept = AcceptForm(None if answers else posted)
    answer = (
        AnswerForm(posted if answers else None, question=check.question) if check.question else None
    )
    if request.method == "POST":
        if not may_change(request, plan):
            raise PermissionDenied
        if _answered(request, plan, check, answer) if answers else _accepted(request, plan, accept):
            return redirect(request.get_full_path())
    rows = _results(plan, check, request.GET.get("workspace", ""))
    page = page_of(request, rows, size=ROWS)
    results = shown(page.object_list)
    open_codes = _open_codes(plan)
    context = {
        **step_context(request, plan, "assess"),
        "check": check,
        "needs_somebody": code in open_codes,
        "next_check": _next(code, open_codes),
        "elsewhere": ELSEWHERE.get(code),
        "page": page,
        "alike": alike(results),
        "accept": accept,
        "answer": answer,
        "can_accept": any(one.can_be_accepted for one in results),
        "can_answer": any(one.can_be_answered for one in results),
        "is_asked": any(one.is_unanswered for one in results),
        # Where it is mended is the way to go; accepting it stands folded away behind that.
        "is_mended": any(one.result.is_open and one.is_known for one in results)
        and (code in ELSEWHERE or any(_blocks(one) for one in results)),
        # What could be accepted is only that nobody knows; else it is what was found.
        "is_unknown": not any(one.can_be_accepted and one.is_known for one in results),
        "ticked": chosen_results(request) if request.method == "POST" else None,
        "one_workspace": request.GET.get("workspace", ""),
    }
    return render(request, "dashboard/plans/assess_check.html", context)


def _blocks(one: ShownResult) -> bool:
    return one.result.is_open and one.result.state == CheckResult.State.BLOCKING


def _accepted(request: HttpRequest, plan: Plan, form: AcceptForm) -> bool:
    """True where what was ticked is accepted now."""
    if not form.is_valid():
        return False
    with form.refusing():
        count = check_answers.accept(
            plan,
            chosen_results(request),
            user=actor(request),
            reason=form.cleaned_data["reason"],
        )
        many = "1 result is" if count == 1 else f"{count:,} results are"
        messages.success(request, f"{many} accepted.\nThat holds until what was found changes.")
    return form.refusal is None


def _answered(request: HttpRequest, plan: Plan, check: Check, form: AnswerForm | None) -> bool:
    """True where the question is answered for the workspaces that were ticked."""
    if form is None or not form.is_valid():
        return False
    given = form.cleaned_data
    items = PlanItem.objects.filter(plan=plan, checks__in=chosen_results(request))
    with form.refusing():
        check_answers.say(
            plan,
            check.code,
            given["value"],
            user=actor(request),
            items=items,
            names=given.get("names", "").splitlines(),
        )
        messages.success(request, "Your answer is kept and was checked.")
    return form.refusal is None


def _results(plan: Plan, check: Check, item_pk: str) -> QuerySet[CheckResult]:
    """The check's results, those that need somebody first, of one workspace where it is named."""
    results = checks.results_of(plan).filter(code=check.code)
    if item_pk.isdecimal():
        results = results.filter(item=int(item_pk))
    return results.open_first().select_related("item__workspace")


def _open_codes(plan: Plan) -> set[str]:
    """The checks that still need somebody in some workspace of the plan."""
    found = checks.results_of(plan).open().order_by().values_list("code", flat=True)
    return set(found.distinct())


def _next(code: str, open_codes: set[str]) -> Check | None:
    """The next check of the catalogue that needs somebody, from its beginning after its end."""
    order = list(CATALOGUE)
    place = order.index(code)
    ahead = (each for each in [*order[place + 1 :], *order[:place]] if each in open_codes)
    return next((CATALOGUE[each] for each in ahead), None)


def _known(code: str) -> Check:
    if code not in CATALOGUE:
        raise Http404(f"There is no check {code}.")
    return CATALOGUE[code]


@require_POST
@login_required
@steers
def plan_assess_withdraw(request: HttpRequest, pk: int, result_pk: int) -> HttpResponse:
    """Take an acceptance back."""
    plan = get_object_or_404(Plan.objects.guided(), pk=pk)
    if not may_change(request, plan):
        raise PermissionDenied
    result = get_object_or_404(CheckResult, pk=result_pk, item__plan=plan)
    with telling(request, "The acceptance is taken back; it is open again."):
        check_answers.withdraw(plan, result, user=actor(request))
    return redirect("plan-assess-check", pk, result.code)
