"""The safe-to-delete gate: what must hold before somebody may delete a source workspace.

The product never deletes one. It says for each condition whether it holds, and what nobody knows;
a person may accept what does not hold, by name and with a reason, and signs in the end.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils import timezone

from migrator.models import Plan, PlanAnswer, PlanItem, ServedModel, Verification, Worksheet
from migrator.models.model_conditions import FRESH_FOR
from migrator.services.answers import holds
from migrator.services.gate_facts import GateFacts, read_facts
from migrator.services.model_knowledge import UNKNOWN as NOT_CHECKED

# An archive that was read back longer ago is read again before anything is deleted.
VERIFIED_WITHIN = timedelta(days=7)
GREEN, RED, UNKNOWN = "green", "red", "unknown"
# It does not hold, and somebody took exactly that by name before the gate asked.
BY_NAME = "by_name"
ACCEPTED = "gate:"  # the beginning of the key of an answer that accepts a condition
LEFT_OPEN = "gate-open"


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


@dataclass(frozen=True)
class Condition:
    """One condition of the gate for one workspace."""

    key: str
    title: str
    found: Found
    acceptance: PlanAnswer | None = None
    is_current: bool = False

    @property
    def is_green(self) -> bool:
        """True where it holds."""
        return self.found.state == GREEN

    @property
    def is_accepted(self) -> bool:
        """True where it does not hold and somebody accepted exactly that."""
        return self.found.state == BY_NAME or (not self.is_green and self.is_current)

    @property
    def is_met(self) -> bool:
        """True where it does not keep the gate shut."""
        return self.is_green or self.is_accepted


@dataclass(frozen=True)
class Gate:
    """All conditions of one workspace."""

    item: PlanItem
    conditions: list[Condition] = field(default_factory=list)
    left_open: PlanAnswer | None = None

    @property
    def is_green(self) -> bool:
        """True where every condition holds."""
        return all(each.is_green for each in self.conditions)

    @property
    def is_open(self) -> bool:
        """True where every condition holds or was accepted by name: it may be signed."""
        return all(each.is_met for each in self.conditions)

    @property
    def missing(self) -> list[Condition]:
        """What keeps it shut."""
        return [each for each in self.conditions if not each.is_met]


def gate_of(plan: Plan) -> list[Gate]:
    """The gate of each workspace of `plan`, looked at now; a constant number of queries."""
    return gates_of(read_facts(plan))


def gates_of(facts: GateFacts) -> list[Gate]:
    """A gate for each workspace of the plan; `facts` were read before, so it asks nothing more."""
    return [_gate(facts, item) for item in facts.items]


def _gate(facts: GateFacts, item: PlanItem) -> Gate:
    conditions = []
    for key, title, look in CONDITIONS:
        found = look(facts, item)
        if found is not None:
            conditions.append(_condition(facts, item, key, title, found))
    return Gate(item, conditions, facts.answer(item, LEFT_OPEN))


def _condition(facts: GateFacts, item: PlanItem, key: str, title: str, found: Found) -> Condition:
    answer = facts.answer(item, f"{ACCEPTED}{key}")
    current = holds(answer, item, rests_on(found))
    return Condition(key, found.title or title, found, answer, current)


def rests_on(found: Found) -> list[Any]:
    """What an acceptance of `found` is given for."""
    return [found.state, found.rests_on]


def _archive(facts: GateFacts, item: PlanItem) -> Found:
    archive = facts.by_item[item.pk].archive
    if archive is None:
        return Found(RED, "There is no archive of this workspace from this plan.")
    about = [archive.pk, archive.sha256]
    if archive.verify_problem:
        return Found(RED, f"The archive is damaged: {archive.verify_problem}", about)
    if archive.verified_at is None:
        return Found(UNKNOWN, "The archive was not read back yet.", about)
    if archive.is_unopened:
        said = "The archive is encrypted, and nobody has opened it with its key since."
        return Found(UNKNOWN, said, about)
    if archive.verified_at < timezone.now() - VERIFIED_WITHIN:
        return Found(UNKNOWN, "The archive was last read back over 7 days ago.", about)
    return Found(GREEN, "The archive was read back and found right.", about)


def _unchanged(facts: GateFacts, item: PlanItem) -> Found | None:
    archive, workspace = facts.by_item[item.pk].archive, item.workspace
    if archive is None or workspace is None:
        return None
    if workspace.modified is None:
        return Found(UNKNOWN, "Nobody knows when the workspace was last changed.", archive.pk)
    about = [archive.pk, workspace.modified.isoformat()]
    if workspace.modified > archive.created_at:
        return Found(RED, "The workspace was changed after it was backed up.", about)
    return Found(GREEN, "The workspace was not changed since it was backed up.", about)


def _proof(facts: GateFacts, item: PlanItem) -> Found | None:
    if not facts.plan.restores:
        return None
    proof = facts.by_item[item.pk].proof
    if proof is None:
        return Found(RED, "The copy was not compared with the source yet.")
    about = [proof.pk, proof.state]
    if proof.state == Verification.State.VERIFIED:
        return Found(GREEN, "The copy was compared and equals the archive.", about)
    if proof.state == Verification.State.COULD_NOT:
        return Found(UNKNOWN, f"The copy could not be verified. {proof.problem}".strip(), about)
    noun = "difference" if proof.difference_count == 1 else "differences"
    if proof.accepted_by:
        said = f"{proof.difference_count:,} {noun}, accepted by {proof.accepted_by}"
        reason = f"The copy has {said}: {proof.accepted_reason}"
        return Found(BY_NAME, reason, about, "The copy's differences are accepted by name")
    return Found(RED, f"The copy has {proof.difference_count:,} {noun}.", about)


def _worksheets(facts: GateFacts, item: PlanItem) -> Found:
    settled, wanted = facts.by_item[item.pk].worksheets, len(Worksheet.Kind)
    about = [settled, wanted]
    if settled >= wanted:
        return Found(GREEN, "Every worksheet is complete or waived.", about)
    return Found(RED, f"{settled:,} of {wanted:,} worksheets are complete or waived.", about)


def _models(facts: GateFacts, item: PlanItem) -> Found:
    if item.workspace is None:
        return Found(UNKNOWN, "The workspace is not known any more.")
    deployed = facts.deployed.get(item.workspace.workspace_id, [])
    left = sorted(each.model_id for each in deployed if each.decision != each.Decision.KEEP)
    if left:
        noun = "model is" if len(left) == 1 else "models are"
        return Found(RED, f"{len(left):,} {noun} still deployed.{_put_off(deployed)}", left)
    if not facts.knowledge.is_known:
        doubt = facts.knowledge.doubt
        return Found(UNKNOWN, f"{NOT_CHECKED} {doubt}", doubt)
    kept = sorted(each.model_id for each in deployed)
    if kept:
        return Found(GREEN, f"{len(kept):,} deployed, each kept on purpose with a reason.", kept)
    return Found(GREEN, "No model is deployed, by a complete scan of every linked service.", [])


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
    if looked_at < timezone.now() - FRESH_FOR:
        return Found(UNKNOWN, "The inventory of the source is older than 24 hours.")
    return Found(GREEN, "The source was read completely within 24 hours.")


# In the order in which they are shown.
CONDITIONS: tuple[tuple[str, str, Callable[[GateFacts, PlanItem], Found | None]], ...] = (
    ("archive", "The archive is whole", _archive),
    ("unchanged", "The archive is up to date", _unchanged),
    ("proof", "The copy is proved", _proof),
    ("worksheets", "What cannot move is captured", _worksheets),
    ("models", "Nothing deployed is left behind", _models),
    ("runs", "Nothing is under way", _runs),
    ("inventory", "The source was looked at", _inventory),
)
