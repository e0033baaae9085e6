"""A type system by itself: do its parts name each other, and does it fit the service?"""

import re

from migrator.formats.inspecting.mentions import repeated
from migrator.formats.inspecting.tally import Tally
from migrator.formats.type_system import EntityType, RelationType, TypeSystem

MAX_FILE = 20_000_000  # bytes
ADVISED = 50  # entity types, and relation types
MAX_RELATION_LABEL = 128
_REGULAR = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")


def check_types(type_system: TypeSystem, size: int, tally: Tally) -> None:
    """Check one type system whose file has `size` bytes."""
    entity_types, relation_types = type_system.entity_types, type_system.relationship_types
    for label in repeated([entity_type.label for entity_type in entity_types]):
        tally.add("type_duplicate_label", detail=label)
    ids = [one.id for one in entity_types] + [one.id for one in relation_types]
    for name in repeated(ids):
        tally.add("type_duplicate_id", detail=name)
    known = type_system.labels
    for entity_type in entity_types:
        _check_entity_type(entity_type, known, tally)
    for relation_type in relation_types:
        _check_relation_type(relation_type, known, tally)
    _check_signatures(type_system, tally)
    _check_limits(len(entity_types), len(relation_types), size, tally)


def type_counts(type_system: TypeSystem) -> dict[str, int]:
    """What a type system counts."""
    return {
        "entity_types": len(type_system.entity_types),
        "relation_types": len(type_system.relationship_types),
        "relation_labels": len(type_system.relation_labels),
    }


def _check_entity_type(entity_type: EntityType, known: dict[str, str], tally: Tally) -> None:
    for role in entity_type.roles:
        if role not in known:
            tally.add("role_undefined", detail=f"{entity_type.label}: {role}")
    if entity_type.id not in entity_type.roles:
        tally.add("own_role_missing", detail=entity_type.label)
    if not _REGULAR.fullmatch(entity_type.label):
        tally.add("type_label_irregular", detail=entity_type.label)


def _check_relation_type(relation_type: RelationType, known: dict[str, str], tally: Tally) -> None:
    if relation_type.src_ent_type not in known or relation_type.tgt_ent_type not in known:
        tally.add("relation_type_end_undefined", detail=relation_type.label)
    if len(relation_type.label) > MAX_RELATION_LABEL:
        tally.add("limit_relation_label", detail=relation_type.label)


def _check_signatures(type_system: TypeSystem, tally: Tally) -> None:
    known = type_system.labels
    seen: set[tuple[str, str, str]] = set()
    for one in type_system.relationship_types:
        signature = (one.label, one.src_ent_type, one.tgt_ent_type)
        if signature in seen:
            ends = [known.get(end, end) for end in signature[1:]]
            tally.add("relation_type_duplicate", detail=f"{one.label}: {' to '.join(ends)}")
        seen.add(signature)


def _check_limits(entity_types: int, relation_types: int, size: int, tally: Tally) -> None:
    if size > MAX_FILE:
        tally.add("limit_type_system_size", detail=f"{size:,} of 20,000,000 bytes")
    if entity_types > ADVISED:
        tally.add("limit_entity_types", detail=f"{entity_types:,} of 50", count=entity_types)
    if relation_types > ADVISED:
        tally.add("limit_relation_types", detail=f"{relation_types:,} of 50", count=relation_types)
