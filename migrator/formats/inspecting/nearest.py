"""What an undefined label may have been meant to be."""

import difflib
from collections.abc import Iterable

from migrator.formats.inspecting.rules import TypeRules


def nearest_entity_types(rules: TypeRules, label: str) -> str:
    """The labels of entity types that look most like `label`."""
    return _nearest(label, rules.roles)


def nearest_relation_types(rules: TypeRules, label: str) -> str:
    """The labels of relation types that look most like `label`."""
    return _nearest(label, rules.relation_labels)


def _nearest(label: str, known: Iterable[str]) -> str:
    """Up to three of `known` that look most like `label` in any case, empty where none does."""
    by_folded = {name.casefold(): name for name in sorted(known)}
    found = difflib.get_close_matches(label.casefold(), by_folded, n=3)
    return ", ".join(by_folded[name] for name in found)
