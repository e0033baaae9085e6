"""What must hold before somebody may delete a source workspace: one function a condition.

Each says whether it holds, why, and since when that is known; unknown is never *holds*.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.utils import timezone

from migrator.checks.catalogue import CATALOGUE
from migrator.models import PlanItem, ServedModel, Verification, Worksheet
from migrator.models.model_conditions import FRESH_FOR
from migrator.services.answers import holds
from migrator.services.gate_facts import ArchiveFacts, GateFacts
from migrator.services.model_knowledge import UNKNOWN as NOT_CHECKED

# An archive that was read back longer ago is read again before anything is deleted.
VERIFIED_WITHIN = timedelta(days=7)
NAMED = 5  # things that a condition names
GREEN, RED, UNKNOWN = "green", "red", "unknown"
# It does not hold, and somebody took exactly that by name before the gate asked.
BY_NAME = "by_name"
# The key of the answer that says where a copy of the archive is kept.
COPY_KEPT = "gate-copy"


@dataclass(frozen=True)
class Found:
    """What looking at one condition gave: its state, why, and what the answer rests on.

    Where `rests_on` changes, an acceptance of it is out of date. `title` takes the place of the
    condition's where that would say more than is so.
    """

    state: str
    reason: str
    rests_on: Any = None
    title: str = ""
    # When that was seen; None where it is being looked at now, or nobody ever did.
    seen_at: datetime | None = None


def _archive(facts: GateFacts, item: PlanItem) -> Found:
    archive = facts.by_item[item.pk].archive
    if archive is None:
        return Found(RED, "There is no archive of this workspace from this plan.")
    about = [archive.pk, archive.sha256]
    state, said = _archive_state(archive)
    return Found(state, said, about, seen_at=archive.verified_at)


def _archive_state(archive: ArchiveFacts) -> tuple[str, str]:
    if archive.verify_problem:
        return RED, f"The archive is damaged: {archive.verify_problem}"
    if archive.verified_at is None:
        return UNKNOWN, "The archive was not read back yet."
    if archive.is_unopened:
        return UNKNOWN, "The archive is encrypted, and nobody has opened it with its key since."
    if archive.verified_at < timezone.now() - VERIFIED_WITHIN:
        return UNKNOWN, "The archive was last read back over 7 days ago."
    return GREEN, "The archive was read back and found right."


def _copy(facts: GateFacts, item: PlanItem) -> Found | None:
    """Only a person knows; another archive is another question."""
    archive = facts.by_item[item.pk].archive
    if archive is None:
        return None
    about = copy_of(archive)
    answer = facts.answer(item, COPY_KEPT)
    if answer is not None and holds(answer, item, about):
        said = f"{answer.value['who']} said that a copy is kept: {answer.value['where']}"
        return Found(GREEN, said, about, seen_at=answer.answered_at)
    return Found(UNKNOWN, "Nobody said that a copy is kept outside of this server.", about)


def copy_of(archive: ArchiveFacts) -> list[Any]:
    """What the answer about a copy is given for."""
    return [archive.pk, archive.sha256]


def _unchanged(facts: GateFacts, item: PlanItem) -> Found | None:
    archive, workspace = facts.by_item[item.pk].archive, item.workspace
    if archive is None or workspace is None:
        return None
    if workspace.modified is None:
        return Found(UNKNOWN, "Nobody knows when the workspace was last changed.", archive.pk)
    about = [archive.pk, workspace.modified.isoformat()]
    seen = workspace.seen_at
    if workspace.modified > archive.created_at:
        return Found(RED, "The workspace was changed after it was backed up.", about, seen_at=seen)
    said = "The workspace was not changed since it was backed up."
    return Found(GREEN, said, about, seen_at=seen)


def _proof(facts: GateFacts, item: PlanItem) -> Found | None:
    if not facts.plan.restores:
        return None
    proof = facts.by_item[item.pk].proof
    if proof is None:
        return Found(RED, "The copy was not compared with the source yet.")
    about, seen = [proof.pk, proof.state], partial(Found, seen_at=proof.at)
    if proof.state == Verification.State.VERIFIED:
        return seen(GREEN, "The copy was compared and equals the archive.", about)
    if proof.state == Verification.State.COULD_NOT:
        return seen(UNKNOWN, f"The copy could not be verified. {proof.problem}".strip(), about)
    noun = "difference" if proof.difference_count == 1 else "differences"
    if proof.accepted_by:
        said = f"{proof.difference_count:,} {noun}, accepted by {proof.accepted_by}"
        reason = f"The copy has {said}: {proof.accepted_reason}"
        return seen(BY_NAME, reason, about, "The copy's differences are accepted by name")
    return seen(RED, f"The copy has {proof.difference_count:,} {noun}.", about)


def _assessment(facts: GateFacts, item: PlanItem) -> Found:
    checked = facts.checked.get(item.pk)
    if checked is None:
        return Found(UNKNOWN, "Nothing was checked of this workspace.")
    if not checked.open_ones:
        said = "Nothing is open: what was found is mended, answered or accepted by name."
        return Found(GREEN, said, seen_at=checked.at)
    named = [
        CATALOGUE[code].title if code in CATALOGUE else code
        for code, _ in sorted(checked.open_ones)
    ]
    what = "1 finding is" if len(named) == 1 else f"{len(named):,} findings are"
    said = f"{what} not answered: {_listed(named)}."
    return Found(RED, said, sorted(checked.open_ones), seen_at=checked.at)


def _losses(facts: GateFacts, item: PlanItem) -> Found:
    lost = [loss for loss in facts.losses.found if loss.item.pk == item.pk]
    left = [loss for loss in lost if not loss.is_dealt_with]
    unknown = next((one for one in facts.losses.unknown if one.item.pk == item.pk), None)
    about = [sorted(loss.key for loss in left), sorted(unknown.what if unknown else [])]
    if left:
        named = _listed([loss.name for loss in left])
        of = f"{len(left):,} of {len(lost):,} things that stay behind"
        return Found(RED, f"Nobody dealt with {of}: {named}.", about)
    if unknown is not None:
        said = f"Nobody knows whether this stays behind: {_listed(unknown.what, '; ')}."
        return Found(UNKNOWN, said, about)
    if not lost:
        return Found(GREEN, "Nothing stays behind.", about)
    return Found(GREEN, "Everything that stays behind is done, written down or waived.", about)


def _listed(names: Iterable[str], between: str = ", ") -> str:
    """The first names, and how many more there are."""
    known = list(dict.fromkeys(names))
    more = f" and {len(known) - NAMED:,} more" if len(known) > NAMED else ""
    return f"{between.join(known[:NAMED])}{more}"


def _worksheets(facts: GateFacts, item: PlanItem) -> Found:
    found, wanted = facts.by_item[item.pk], len(Worksheet.Kind)
    about, seen = [found.worksheets, wanted], found.worksheets_at
    if found.worksheets >= wanted:
        return Found(GREEN, "Every worksheet is complete or waived.", about, seen_at=seen)
    said = f"{found.worksheets:,} of {wanted:,} worksheets are complete or waived."
    return Found(RED, said, about, seen_at=seen)


def _models(facts: GateFacts, item: PlanItem) -> Found:
    if item.workspace is None:
        return Found(UNKNOWN, "The workspace is not known any more.")
    seen = partial(Found, seen_at=facts.knowledge.looked_at)
    deployed = facts.deployed.get(item.workspace.workspace_id, [])
    left = sorted(each.model_id for each in deployed if each.decision != each.Decision.KEEP)
    if left:
        noun = "model is" if len(left) == 1 else "models are"
        return seen(RED, f"{len(left):,} {noun} still deployed.{_put_off(deployed)}", left)
    if not facts.knowledge.is_known:
        doubt = facts.knowledge.doubt
        return seen(UNKNOWN, f"{NOT_CHECKED} {doubt}", doubt)
    kept = sorted(each.model_id for each in deployed)
    if kept:
        return seen(GREEN, f"{len(kept):,} deployed, each kept on purpose with a reason.", kept)
    return seen(GREEN, "No model is deployed, by a complete scan of every linked service.", [])


def _put_off(deployed: list[ServedModel]) -> str:
    """What somebody decided about when they are undeployed; empty where nobody did."""
    waiting = [each for each in deployed if each.decision == each.Decision.AFTER]
    if not waiting:
        return ""
    whose = "It was" if len(waiting) == 1 else f"{len(waiting):,} were"
    return f" {whose} to be undeployed after the copy is proved, by {waiting[0].decided_who}."


def _runs(facts: GateFacts, item: PlanItem) -> Found:
    if facts.by_item[item.pk].is_busy:
        return Found(RED, "A run is working on this workspace or waits for somebody.")
    return Found(GREEN, "No run is under way.")


def _inventory(facts: GateFacts, item: PlanItem) -> Found:
    source, looked_at = facts.plan.source, facts.by_item[item.pk].inventory_at
    if item.workspace is not None and item.workspace.gone_at is not None:
        return Found(UNKNOWN, "The last inventory did not list the workspace any more.")
    if source is None or not source.is_connected:
        return Found(
            UNKNOWN, "The source is served by hand, so nobody looked what it holds now.", "by hand"
        )
    if looked_at is None:
        return Found(UNKNOWN, "The source was never read completely.")
    seen = partial(Found, seen_at=looked_at)
    if looked_at < timezone.now() - FRESH_FOR:
        return seen(UNKNOWN, "The inventory of the source is older than 24 hours.")
    return seen(GREEN, "The source was read completely within 24 hours.")


# In the order in which they are shown.
CONDITIONS: tuple[tuple[str, str, Callable[[GateFacts, PlanItem], Found | None]], ...] = (
    ("archive", "The archive is whole", _archive),
    ("copy", "A copy of the archive is kept elsewhere", _copy),
    ("unchanged", "The archive is up to date", _unchanged),
    ("proof", "The copy is proved", _proof),
    ("assessment", "The assessment has no open answers", _assessment),
    ("losses", "The loss list is dealt with", _losses),
    ("worksheets", "What cannot move is captured", _worksheets),
    ("models", "Nothing deployed is left behind", _models),
    ("runs", "Nothing is under way", _runs),
    ("inventory", "The source was looked at", _inventory),
)
