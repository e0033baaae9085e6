"""What several checks look at: model versions, the files and what was found in them."""

from migrator.checks.answers import NOT_DUE, NotDue, Unknown
from migrator.checks.facts import (
    FileFacts,
    FindingFacts,
    ItemFacts,
    VersionFacts,
)


def unlisted(facts: ItemFacts) -> Unknown:
    """Nobody can rely on what the source listed."""
    return Unknown(facts.why_unlisted, look=facts.read_again)


def versions_of(facts: ItemFacts) -> tuple[VersionFacts, ...] | Unknown:
    """The model versions that the source listed."""
    return facts.lists.versions if facts.lists else unlisted(facts)


def files_of(facts: ItemFacts) -> FileFacts | NotDue:
    """The inspected files; not due before there are any."""
    return facts.files or NOT_DUE


def findings(facts: ItemFacts, *codes: str) -> tuple[FindingFacts, ...] | NotDue:
    """Those findings of the inspection, without any where the files are right."""
    return facts.files.found(*codes) if facts.files else NOT_DUE


def total(found: tuple[FindingFacts, ...]) -> int:
    """How many occurrences these findings have together."""
    return sum(finding.count for finding in found)


def examples(found: tuple[FindingFacts, ...]) -> list[str]:
    """The first occurrences of each finding."""
    return [example for finding in found for example in finding.examples]
