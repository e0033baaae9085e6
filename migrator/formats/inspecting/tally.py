"""Collects occurrences into findings, in flat memory."""

from collections import Counter
from collections.abc import Callable, Iterable

from migrator.formats.findings import CATALOGUE
from migrator.formats.inspecting.nearest import nearest_entity_types, nearest_relation_types
from migrator.formats.inspecting.rules import TypeRules
from migrator.formats.inspection import Finding, Occurrence, shown
from migrator.formats.wording import LEVELS

EXAMPLES = 10
Sink = Callable[[Occurrence], None]
# Their examples say which label, how often, and what it may have been meant to be.
_BY_LABEL = frozenset(
    {
        "undefined_mention_type",
        "undefined_relation_type",
        "undefined_relation_signature",
        "unknown_role",
        "unknown_subtype",
    }
)
_NEAREST = {
    "undefined_mention_type": nearest_entity_types,
    "undefined_relation_type": nearest_relation_types,
}


class Tally:
    """Occurrences so far. `sink` is called with each one, in order."""

    def __init__(self, sink: Sink | None = None) -> None:
        self._sink = sink
        self._findings: dict[str, Finding] = {}
        self._last_document: dict[str, str] = {}
        self._labels: dict[str, Counter[str]] = {}

    def add(self, code: str, document: str = "", detail: str = "", count: int = 1) -> None:
        """Record one occurrence."""
        self.take((Occurrence(code, document, detail, count),))

    def take(self, occurrences: Iterable[Occurrence]) -> None:
        """Record occurrences; those of one document come together."""
        for occurrence in occurrences:
            if self._sink:
                self._sink(occurrence)
            finding = self._finding(occurrence.code)
            finding.count += occurrence.count
            self._count_document(finding, occurrence.document)
            if occurrence.code in _BY_LABEL:
                labels = self._labels.setdefault(occurrence.code, Counter())
                labels[occurrence.detail] += occurrence.count
            elif len(finding.examples) < EXAMPLES and (example := _example(occurrence)):
                finding.examples.append(example)

    def findings(self, rules: TypeRules | None = None) -> list[Finding]:
        """All findings, the most serious first, in each level the most frequent first."""
        for code, labels in self._labels.items():
            self._findings[code].examples = _label_examples(code, labels, rules)
        order = {level: number for number, level in enumerate(LEVELS)}
        return sorted(
            self._findings.values(),
            key=lambda finding: (order[finding.level], -finding.count, finding.code),
        )

    def _finding(self, code: str) -> Finding:
        if code not in self._findings:
            self._findings[code] = Finding(code, CATALOGUE[code].level, 0, [])
        return self._findings[code]

    def _count_document(self, finding: Finding, document: str) -> None:
        if document and self._last_document.get(finding.code) != document:
            self._last_document[finding.code] = document
            finding.documents += 1


def _example(occurrence: Occurrence) -> str:
    return ": ".join(shown(part) for part in (occurrence.document, occurrence.detail) if part)


def _label_examples(code: str, labels: Counter[str], rules: TypeRules | None) -> list[str]:
    examples = []
    for label, count in labels.most_common(EXAMPLES):
        nearest = shown(_NEAREST[code](rules, label)) if rules and code in _NEAREST else ""
        hint = f"; nearest here: {nearest}" if nearest else ""
        examples.append(f"{shown(label)} ({count:,} times{hint})")
    return examples
