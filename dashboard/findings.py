"""Findings of an inspection in the catalogue's words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from migrator.formats.findings import CATALOGUE, describe
from migrator.formats.inspection import Finding

# Worst first.
LEVELS = ("error", "warning", "note")


@dataclass(frozen=True)
class Described:
    """One finding as it is shown."""

    level: str
    title: str
    meaning: str
    remedy: str
    examples: list[str]


def described(findings: Iterable[Mapping[str, Any]]) -> list[Described]:
    """The stored findings, errors first; a code of a later version is shown as it is."""
    found = [msgspec.convert(dict(row), Finding) for row in findings]
    found.sort(key=lambda finding: (LEVELS.index(finding.level), -finding.count))
    return [_described(finding) for finding in found]


def _described(finding: Finding) -> Described:
    if finding.code not in CATALOGUE:
        title = f"{finding.code.replace('_', ' ').capitalize()}: {finding.count:,}"
        return Described(finding.level, title, "", "", finding.examples)
    return Described(finding.level, *describe(finding), finding.examples)
