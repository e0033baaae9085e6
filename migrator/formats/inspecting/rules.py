"""The type system as tables by label: what documents are checked against."""

from collections.abc import Iterable

import msgspec

from migrator.formats.type_system import TypeSystem


class TypeRules(msgspec.Struct):
    """All by label. `signatures` holds (relation label, source type, target type)."""

    roles: dict[str, set[str]]
    subtypes: dict[str, set[str]]
    relation_labels: set[str]
    signatures: set[tuple[str, str, str]]

    def ends(
        self, label: str, source: tuple[str, str | None], target: tuple[str, str | None]
    ) -> tuple[str, str] | None:
        """The ends of the relation type that joins these two (type, role), None where none does.

        A match by each argument's type or role, since real relations go by either.
        """
        for first in source:
            for second in target:
                if first and second and (label, first, second) in self.signatures:
                    return first, second
        return None


def rules_of(type_systems: Iterable[TypeSystem]) -> TypeRules | None:
    """The rules of all type systems together, None where there is none."""
    rules = TypeRules({}, {}, set(), set())
    found = False
    for type_system in type_systems:
        found = True
        _add(rules, type_system)
    return rules if found else None


def _add(rules: TypeRules, type_system: TypeSystem) -> None:
    labels = type_system.labels
    for entity_type in type_system.entity_types:
        roles = {labels[role] for role in entity_type.roles if role in labels}
        rules.roles.setdefault(entity_type.label, set()).update(roles)
        rules.subtypes.setdefault(entity_type.label, set()).update(entity_type.subtypes)
    for relation in type_system.relationship_types:
        rules.relation_labels.add(relation.label)
        ends = (labels.get(relation.src_ent_type, ""), labels.get(relation.tgt_ent_type, ""))
        rules.signatures.add((relation.label, *ends))
