"""The safe-to-delete gate: what must hold before somebody may delete a source workspace.

The product never deletes one. It says for each condition whether it holds, and what nobody knows;
a person may accept what does not hold, by name and with a reason, and signs in the end.
"""

from dataclasses import dataclass, field
from typing import Any

from migrator.models import Plan, PlanAnswer, PlanItem
from migrator.services.answers import holds
from migrator.services.gate_conditions import BY_NAME, CONDITIONS, GREEN, Found
from migrator.services.gate_facts import GateFacts, read_facts

ACCEPTED = "gate:"  # the beginning of the key of an answer that accepts a condition
LEFT_OPEN = "gate-open"


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
