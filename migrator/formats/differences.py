"""What a comparison finds: differences in words, counted by kind, the first ones kept."""

from collections.abc import Callable
from typing import Any

import msgspec

MAX_EXAMPLES = 200
# The service splits nearly every text anew; its examples must not crowd out what was lost.
MAX_OF_KIND = {"changed_tokens": 40, "changed_sentences": 40}


class Difference(msgspec.Struct, frozen=True):
    """One difference between the left and the right side.

    `kind` begins with missing_ (on the right), extra_ (on the right) or changed_. `part` is
    types, dictionaries, document_sets, documents, sentences, tokens, mentions, relations or
    coreferences. `subject` names the thing as people know it, `detail` what differs, `reason`
    why where that can be told, `left` and `right` the two values; each may be empty.
    """

    kind: str
    part: str
    subject: str
    detail: str = ""
    reason: str = ""
    left: str = ""
    right: str = ""


class Comparison(msgspec.Struct):
    """The outcome: `compared` gives [left, right] for each count, `totals` a number per kind.

    `reasons` gives a number per reason, "" where none can be told. `examples` holds the first
    200 differences, of texts split anew the first 40; a sink sees them all. `mentions_by_type` are
    those of the left and of the right side.
    """

    compared: dict[str, list[int]] = {}
    totals: dict[str, int] = {}
    reasons: dict[str, int] = {}
    examples: list[Difference] = []
    mentions_by_type: list[dict[str, int]] = msgspec.field(default_factory=lambda: [{}, {}])

    @property
    def identical(self) -> bool:
        """True when nothing differs that has a meaning."""
        return not self.totals

    def to_json_dict(self) -> dict[str, Any]:
        """Everything as plain data."""
        return {"identical": self.identical, **msgspec.to_builtins(self)}


class Ledger:
    """Takes differences one by one: counts each, keeps the first ones, hands all to the sink."""

    def __init__(self, sink: Callable[[Difference], None] | None = None) -> None:
        self.outcome = Comparison()
        self._sink = sink

    def add(self, difference: Difference) -> None:
        """Record one difference."""
        totals, reasons = self.outcome.totals, self.outcome.reasons
        totals[difference.kind] = totals.get(difference.kind, 0) + 1
        reasons[difference.reason] = reasons.get(difference.reason, 0) + 1
        is_rare = totals[difference.kind] <= MAX_OF_KIND.get(difference.kind, MAX_EXAMPLES)
        if is_rare and len(self.outcome.examples) < MAX_EXAMPLES:
            self.outcome.examples.append(difference)
        if self._sink is not None:
            self._sink(difference)

    def count(self, side: int, counts: dict[str, int]) -> None:
        """Add to what was compared; `side` is 0 for left and 1 for right."""
        for name, number in counts.items():
            self.outcome.compared.setdefault(name, [0, 0])[side] += number
