"""What people do about checks: accept what was found, answer what nobody else knows."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from migrator.checks.catalogue import CATALOGUE
from migrator.checks.check import Check
from migrator.checks.gather import ASKED
from migrator.errors import ServiceError
from migrator.models import CheckResult, Plan, PlanItem
from migrator.models.work_progress import ACCEPTED
from migrator.services import audit
from migrator.services.answers import give_answer, give_answers
from migrator.services.checks import results_of, run_checks
from migrator.services.funnel import work_of
from migrator.services.guided_plans import refuse_archived
from migrator.services.permissions import requires

WORK = "work_in_progress"  # the check that has a step of its own, too
LONGEST_NAMES = 200  # names that a person may list in one answer


@requires("migrator.start_run")
@transaction.atomic
def accept(plan: Plan, shown: Mapping[int, str], *, user: User, reason: str) -> int:
    """Accept results by name, with a reason; how many there were.

    `shown` maps the key of each to the mark of what the person saw. ServiceError where one has
    changed since, needs nobody, or must be mended instead; nothing is accepted then.
    """
    refuse_archived(plan)
    if not reason.strip():
        raise _no_reason()
    rows = list(results_of(plan).filter(pk__in=shown).select_for_update(of=("self",)))
    if not rows or len(rows) < len(shown):
        raise _nothing_chosen()
    for row in rows:
        _refuse_to_accept(row, shown[row.pk])
    _accept(rows, user=user, reason=reason.strip())
    _note_lost_work(plan, rows, user, reason.strip())
    codes = sorted({row.code for row in rows})
    items = sorted(row.item_id for row in rows)
    audit.record(user, "checks.accepted", plan, codes=codes, items=items, reason=reason.strip())
    return len(rows)


@requires("migrator.start_run")
@transaction.atomic
def withdraw(plan: Plan, result: CheckResult, *, user: User) -> None:
    """Take an acceptance back: the result is open again."""
    refuse_archived(plan)
    CheckResult.objects.filter(pk=result.pk).update(**_NOT_ACCEPTED)
    if result.code == WORK:
        result.item.answers.filter(key=ACCEPTED).delete()
    audit.record(user, "checks.withdrawn", plan, codes=[result.code], items=[result.item_id])


@requires("migrator.start_run")
def accept_work(item: PlanItem, *, user: User | None, reason: str) -> None:
    """Accept the check of unfinished work, where it is open: its own step was asked for it."""
    rows = CheckResult.objects.open().filter(item=item, code=WORK)
    _accept(rows, user=user, reason=reason)


def withdraw_work(item: PlanItem) -> None:
    """The step of unfinished work took its acceptance back."""
    CheckResult.objects.filter(item=item, code=WORK).update(**_NOT_ACCEPTED)


def _note_lost_work(plan: Plan, rows: list[CheckResult], user: User, reason: str) -> None:
    """What is waived here counts as accepted in the step of unfinished work, too."""
    items = {row.item_id for row in rows if row.code == WORK}
    for work in work_of(plan) if items else []:
        if work.item.pk in items:
            value = {"reason": reason, "documents": work.at_risk}
            give_answer(plan, ACCEPTED, value, user=user, item=work.item, inputs=work.mark)


def _accept(rows: Iterable[CheckResult], *, user: User | None, reason: str) -> None:
    accepted, now = list(rows), timezone.now()
    for row in accepted:
        row.accepted_by = user
        row.accepted_as = user.get_username() if user else "command line"
        row.accepted_at = now
        row.accepted_why = reason
        row.accepted_fingerprint, row.accepted_mark = row.fingerprint, row.answer_mark
        row.accepted_answer = {"state": row.state, "found": row.found, "named": row.items}
    CheckResult.objects.bulk_update(accepted, list(_NOT_ACCEPTED), batch_size=500)


_NOT_ACCEPTED: dict[str, Any] = {
    "accepted_by": None,
    "accepted_as": "",
    "accepted_at": None,
    "accepted_why": "",
    "accepted_fingerprint": "",
    "accepted_mark": "",
    "accepted_answer": None,
}


@requires("migrator.start_run")
@transaction.atomic
def say(
    plan: Plan,
    code: str,
    value: str,
    *,
    user: User,
    items: Iterable[PlanItem],
    names: Iterable[str] = (),
) -> None:
    """Answer a check's question for `items`, and check them again with it.

    A question about the whole plan is answered for all of it. ServiceError for an answer that is
    not among its choices.
    """
    refuse_archived(plan)
    check, chosen = CATALOGUE[code], list(items)
    given = {
        "value": _among_choices(check, value),
        "names": [name.strip() for name in names if name.strip()][:LONGEST_NAMES],
        "who": user.get_username(),
    }
    key = f"{ASKED}{code}"
    if check.question and check.question.once:
        give_answer(plan, key, given, user=user)
        chosen = list(plan.items.all())
    elif chosen:
        give_answers(plan, key, given, user=user, items=chosen)
    else:
        raise _nothing_chosen()
    pks = [item.pk for item in chosen]
    audit.record(user, "checks.answered", plan, code=code, value=given["value"], items=pks)
    run_checks(plan, items=chosen, codes=[code])


def _refuse_to_accept(row: CheckResult, mark: str) -> None:
    if row.answer_mark != mark:
        raise ServiceError(
            "What was found has changed since you saw it.",
            meaning="Nothing was accepted.",
            remedy="Look at what is found now, and accept that.",
        )
    check = CATALOGUE.get(row.code)
    if row.state == CheckResult.State.BLOCKING and not (check and check.can_be_waived):
        raise ServiceError(
            f"{check.title if check else row.code} blocks and cannot be waived.",
            meaning="Nothing was accepted.",
            remedy=row.fix,
        )
    if not row.needs_somebody:
        raise ServiceError(
            "This needs no acceptance.", meaning="Nothing was accepted.", remedy="Go on."
        )


def _among_choices(check: Check, value: str) -> str:
    if check.question and value in {choice.value for choice in check.question.choices}:
        return value
    raise ServiceError(
        "No answer was chosen.",
        meaning="Nothing was stored.",
        remedy="Choose one of the answers.",
    )


def _no_reason() -> ServiceError:
    return ServiceError(
        "What was found is accepted with a reason only.",
        meaning="Nothing was accepted.",
        remedy="Say in a few words why it may stay; the reason is kept with your name.",
    )


def _nothing_chosen() -> ServiceError:
    return ServiceError(
        "No workspace was chosen.",
        meaning="Nothing was stored.",
        remedy="Choose at least one.",
    )
