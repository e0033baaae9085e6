"""Confirming the review by name, and starting the restore that was confirmed."""

from django.contrib.auth.models import User
from django.db import transaction

from migrator.checks.catalogue import CATALOGUE
from migrator.errors import ServiceError
from migrator.models import Approval, Plan, Run
from migrator.models.people_progress import people_counts
from migrator.services import audit, checks, runs
from migrator.services.answers import answer_of, fingerprint_of, give_answer
from migrator.services.approvals import approved
from migrator.services.permissions import requires
from migrator.services.plans import default_mappings
from migrator.services.targets.review import Review, inputs_of, review_of
from migrator.services.targets.standing import Standing
from migrator.services.worksheets import mappings
from migrator.services.worksheets.known import noted_description

KEY = "review"


def is_confirmed(plan: Plan, review: Review) -> bool:
    """True where the review was confirmed and nothing that it shows has changed since.

    A plan that comes from the wizard brings the fingerprint of the confirmation along.
    """
    known = vars(plan)
    if "reviewed_mark" in known:
        mark = known["reviewed_mark"]
    else:
        answer = answer_of(plan, KEY)
        mark = answer.fingerprint if answer else None
    inputs = inputs_of(review.standings, review.people)
    return bool(mark) and mark == fingerprint_of(plan, KEY, inputs=inputs)


@requires("migrator.start_run")
@transaction.atomic
def confirm(plan: Plan, review: Review, *, user: User | None) -> None:
    """Note that `user` takes responsibility for what the review shows.

    Raises ServiceError while a check blocks or something is in the way, nobody answered what was
    found about the target, a target is being read, or a choice is out of date.
    """
    standings = review.standings
    _refuse_obstacles(plan, review, standings)
    _refuse_blocked(plan)
    _refuse_unanswered(plan)
    # Beside the fingerprint, what the state of the step can compare without reading everything.
    counted = Plan.objects.annotate(given=people_counts()["people_given"]).get(pk=plan.pk)
    value = {"name": _name(user), "scope": plan.scope_mark, "people": str(vars(counted)["given"])}
    inputs = inputs_of(standings, review.people)
    give_answer(plan, KEY, value, user=user, inputs=inputs)
    audit.record(user, "restore.confirmed", plan, items=len(standings))


@requires("migrator.start_run")
def start_restore(plan: Plan, *, user: User | None) -> Run:
    """Start what was confirmed; raises ServiceError where that has changed since.

    NeedsApproval where something of the target is replaced and a second person has to allow it.
    """
    review = review_of(plan)
    if not is_confirmed(plan, review):
        raise ServiceError(
            "What this restore does is not confirmed, or has changed since.",
            meaning="Nothing was started.",
            remedy="Look at the review again and confirm it.",
        )
    _refuse_blocked(plan)
    if review.total.updated["mappings"]:
        words = f"Replace mappings of dictionaries in {plan.target}"
        approved(Approval.Action.OVERWRITE, user=user, subject=plan, words=words)
    with transaction.atomic():
        for one in review.standings:
            _fix(one)
        return runs.start_run(plan=plan, user=user, kind=Run.Kind.RESTORE)


def _fix(one: Standing) -> None:
    """Write down on the item what was confirmed, so that the steps do just that."""
    item, archive = one.item, one.archive
    assert archive is not None, "what has no archive cannot be confirmed"
    item.archive = archive
    item.target_language = archive.language
    item.target_tokenizer = one.tokenizer or "ml"
    item.target_description = (
        item.target_description
        or noted_description(item)
        or archive.facts["workspace"].get("description")
        or ""
    )
    if not mappings.are_settled(item):
        item.mappings = item.mappings or default_mappings(archive)
    item.save(
        update_fields=[
            "archive",
            "target_language",
            "target_tokenizer",
            "target_description",
            "mappings",
        ]
    )


def _refuse_obstacles(plan: Plan, review: Review, standings: list[Standing]) -> None:
    if plan.target is None or not standings:
        raise ServiceError(
            "There is no target to restore into yet.",
            meaning="Nothing was confirmed.",
            remedy="Choose the target instance first.",
        )
    if review.obstacles:
        raise _in_the_way(plan, review)
    if review.outdated:
        raise ServiceError(
            f"{review.outdated:,} choices were made for another state of the target.",
            meaning="Nothing was confirmed.",
            remedy="Choose again, or leave it at the default.",
        )
    if any(one.is_being_read for one in standings):
        raise ServiceError(
            "A target is being read right now.",
            meaning="Nothing was confirmed: the numbers are not complete yet.",
            remedy="Wait a moment; the page shows when it is read.",
        )
    if plan.target.is_connected and review.unread:
        raise ServiceError(
            f"The target of {review.unread:,} workspaces was not inspected, or changed since.",
            meaning="Nothing was confirmed: a review that has not read the target promises too "
            "much.",
            remedy="Read the target first.",
        )


def _in_the_way(plan: Plan, review: Review) -> ServiceError:
    """What is in the way first; a plan of the wizard has a step to settle all of it."""
    found = [(one.item.name, error) for one in review.standings for error in one.obstacles]
    named = f" {found[0][0]}: {found[0][1].happened}" if found else " There is no archive yet."
    settle = "Settle it in the step Target and conflicts." if plan.is_guided or not found else ""
    return ServiceError(
        f"Something is in the way of {review.obstacles:,} of {len(review.items):,} workspaces."
        f"{named}",
        meaning="Nothing was confirmed.",
        remedy=settle or found[0][1].remedy,
    )


def _refuse_blocked(plan: Plan) -> None:
    found = list(checks.results_of(plan).blocking_restore().select_related("item"))
    if not found:
        return
    first = found[0]
    named = f"{first.item.name}, {CATALOGUE[first.code].title.lower()}: {first.found}"
    raise ServiceError(
        f"{len(found):,} {'check blocks' if len(found) == 1 else 'checks block'} this restore. "
        f"{named}" + (f" And {len(found) - 1:,} more." if len(found) > 1 else ""),
        meaning="Nothing was confirmed or started: what they name is lost in a restore, or "
        "refused by the target.",
        remedy="Settle it in the step Assess, or accept there what may be accepted.",
    )


def _refuse_unanswered(plan: Plan) -> None:
    """What choosing the target brought up is answered before anybody takes responsibility."""
    found = list(checks.results_of(plan).open_of_target().select_related("item"))
    if not found:
        return
    named = dict.fromkeys(CATALOGUE[result.code].title for result in found)
    raise ServiceError(
        f"Nobody answered what was found about the target: {', '.join(named)}. {found[0].found}",
        meaning="Nothing was confirmed: it came up when the target was chosen.",
        remedy="Mend it, answer it, or accept it by name; the step Target and conflicts lists it.",
    )


def _name(user: User | None) -> str:
    return (user.get_full_name() or user.get_username()) if user else "the command line"
