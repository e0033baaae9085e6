"""Accepting in writing that unfinished annotation work of a workspace is lost."""

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.db import transaction

from migrator.errors import ServiceError
from migrator.models import PlanAnswer, PlanItem
from migrator.models.work_progress import ACCEPTED
from migrator.services import audit, check_answers
from migrator.services.answers import answer_of, give_answer, holds
from migrator.services.funnel import Work
from migrator.services.guided_plans import refuse_archived
from migrator.services.permissions import requires

LONGEST_REASON = 2_000  # characters


@requires("migrator.start_run")
@transaction.atomic
def accept_loss(work: Work, *, user: User | None, reason: str) -> PlanAnswer:
    """Note that what is unfinished now may be lost, and why; ServiceError without a reason."""
    item = work.item
    refuse_archived(item.plan)
    if not reason.strip():
        raise ServiceError(
            "A loss is accepted with a reason only.",
            meaning="Nothing was stored.",
            remedy="Say in a few words why the work may be lost; the reason is kept.",
        )
    value = {"reason": reason.strip()[:LONGEST_REASON], "documents": work.at_risk}
    answer = give_answer(item.plan, ACCEPTED, value, user=user, item=item, inputs=work.mark)
    check_answers.accept_work(item, user=user, reason=reason.strip()[:LONGEST_REASON])
    audit.record(user, "work.loss_accepted", item, documents=work.at_risk)
    return answer


@requires("migrator.start_run")
@transaction.atomic
def accept_losses(works: Iterable[Work], *, user: User | None, reason: str) -> int:
    """The same for each workspace that nobody accepted yet; how many there were."""
    open_works = [work for work in works if is_open(work)]
    for work in open_works:
        accept_loss(work, user=user, reason=reason)
    return len(open_works)


def is_open(work: Work) -> bool:
    """True where something is unfinished or unknown, and no acceptance holds for it."""
    return bool(work.unfinished or not work.is_known) and not accepted(work)[1]


@requires("migrator.start_run")
def take_back(item: PlanItem, *, user: User | None) -> None:
    """Take the acceptance back: the work is to be finished after all."""
    refuse_archived(item.plan)
    item.answers.filter(key=ACCEPTED).delete()
    check_answers.withdraw_work(item)
    audit.record(user, "work.acceptance_taken_back", item)


def accepted(work: Work) -> tuple[PlanAnswer | None, bool]:
    """The acceptance of a workspace, and whether it holds for what is unfinished now."""
    answer = answer_of(work.item.plan, ACCEPTED, work.item)
    return answer, holds(answer, work.item, work.mark)
