"""Compares two type systems by meaning: types, subtypes, roles, relation signatures, attributes.

Ids and dates are issued anew by the service and say nothing; null, an empty list and an absent
field are one. Types are known by label; a label that changed is told as such where the id or
everything else about the type stayed.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Mapping
from typing import Any, NamedTuple

from migrator.formats.differences import Difference
from migrator.formats.open_structs import to_plain
from migrator.formats.pairing import pair_by
from migrator.formats.type_system import EntityType, RelationType, TypeSystem

RENAMED = "Everything else about it is the same: it was probably renamed."
_NAMED_APART = ("id", "label", "srcEntType", "tgtEntType")
_DATES = ("creationDate", "modifiedDate", "typeCreateDate", "typeUpdateDate", "asyncId")
_NOT_FACTS = frozenset((*_NAMED_APART, *_DATES))
_UNORDERED = frozenset(("subtypes", "roles", "nluAPITypes"))
_NO_TYPE = "(no such type)"


class _Entity(NamedTuple):
    """An entity type; `facts` are its attributes by dotted name, roles as labels.

    `links` are its relation types as (label, whether it is the source, label of the other end).
    """

    id: str
    label: str
    facts: dict[str, str]
    links: frozenset[tuple[str, bool, str]]

    @property
    def signature(self) -> Hashable:
        """All but its name."""
        return tuple(sorted(self.facts.items())), self.links


class _Relation(NamedTuple):
    """A relation type; both ends are labels, those of the left side for paired types."""

    id: str
    label: str
    source: str
    target: str
    facts: dict[str, str]

    @property
    def subject(self) -> str:
        """How a difference names it."""
        return f"{self.source} → {self.label} → {self.target}"


def compare_types(left: TypeSystem, right: TypeSystem) -> Iterator[Difference]:
    """Every difference of two type systems."""
    pairs, missing, extra = _pair_entities(_entities(left), _entities(right))
    known_as = {theirs.label: ours.label for ours, theirs in pairs}
    for ours, theirs in pairs:
        yield from _entity_changes(ours, theirs, known_as)
    for one in missing:
        yield Difference("missing_entity_type", "types", one.label, left=one.label)
    for one in extra:
        yield Difference("extra_entity_type", "types", one.label, right=one.label)
    yield from _relation_differences(left, right, known_as)
    yield from _other_differences(left, right)


def _entities(type_system: TypeSystem) -> list[_Entity]:
    labels = type_system.labels
    links: dict[str, set[tuple[str, bool, str]]] = defaultdict(set)
    for one in type_system.relationship_types:
        links[one.src_ent_type].add((one.label, True, labels.get(one.tgt_ent_type, "")))
        links[one.tgt_ent_type].add((one.label, False, labels.get(one.src_ent_type, "")))
    return [
        _Entity(one.id, one.label, _entity_facts(one, labels), frozenset(links[one.id]))
        for one in type_system.entity_types
    ]


def _entity_facts(one: EntityType, labels: Mapping[str, str]) -> dict[str, str]:
    """Roles by label; the type's own role goes without saying."""
    plain = to_plain(one)
    roles = [labels.get(role, _NO_TYPE) for role in one.roles if role != one.id]
    plain["sireProp"] = {**plain.get("sireProp", {}), "roles": roles}
    return _facts(plain)


def _facts(plain: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """What is said, by dotted name; lists that have no order are sorted."""
    found: dict[str, str] = {}
    for name, value in plain.items():
        if name in _NOT_FACTS or value is None or value in ([], {}):
            continue
        if isinstance(value, dict):
            found.update(_facts(value, f"{prefix}{name}."))
        else:
            found[prefix + name] = _told(name, value)
    return found


def _told(name: str, value: Any) -> str:
    if isinstance(value, list) and name in _UNORDERED:
        return ", ".join(sorted(map(str, value)))
    if isinstance(value, str):
        return value
    return json.dumps(value, sort_keys=True)


def _pair_entities(
    ours: list[_Entity], theirs: list[_Entity]
) -> tuple[list[tuple[_Entity, _Entity]], list[_Entity], list[_Entity]]:
    """By label, else by id, else by everything else where that is unmistakable."""
    pairs, ours, theirs = pair_by(ours, theirs, lambda one: one.label)
    by_id, ours, theirs = pair_by(ours, theirs, lambda one: one.id)
    unmistakable = _once(ours) & _once(theirs)
    by_facts, ours, theirs = pair_by(
        ours, theirs, lambda one: one.signature if one.signature in unmistakable else id(one)
    )
    return pairs + by_id + by_facts, ours, theirs


def _once(entities: list[_Entity]) -> set[Hashable]:
    """The signatures that only one of them has."""
    counts = Counter(one.signature for one in entities)
    return {signature for signature, count in counts.items() if count == 1}


def _entity_changes(
    ours: _Entity, theirs: _Entity, known_as: Mapping[str, str]
) -> Iterator[Difference]:
    if ours.label != theirs.label:
        reason = "" if ours.id == theirs.id else RENAMED
        yield _changed("entity_type", ours.label, "label", ours.label, theirs.label, reason=reason)
    renamed = dict(theirs.facts)
    if roles := renamed.get("sireProp.roles"):
        labels = (known_as.get(role, role) for role in roles.split(", "))
        renamed["sireProp.roles"] = ", ".join(sorted(labels))
    yield from _fact_changes("entity_type", ours.label, ours.facts, renamed)


def _fact_changes(
    noun: str, subject: str, ours: Mapping[str, str], theirs: Mapping[str, str]
) -> Iterator[Difference]:
    for name in dict.fromkeys((*ours, *theirs)):
        one, other = ours.get(name, ""), theirs.get(name, "")
        if one != other:
            yield _changed(noun, subject, name.removeprefix("sireProp."), one, other)


def _changed(
    noun: str, subject: str, detail: str, left: str, right: str, *, reason: str = ""
) -> Difference:
    return Difference(f"changed_{noun}", "types", subject, detail, reason, left, right)


def _relation_differences(
    left: TypeSystem, right: TypeSystem, known_as: Mapping[str, str]
) -> Iterator[Difference]:
    ours = [_relation(one, left.labels, {}) for one in left.relationship_types]
    theirs = [_relation(one, right.labels, known_as) for one in right.relationship_types]
    pairs, ours, theirs = pair_by(ours, theirs, _whole)
    for sign in (_signature_of, lambda one: one.id):
        pairs, ours, theirs = pair_by(ours, theirs, sign)
        for one, other in pairs:
            yield from _relation_changes(one, other)
    for one in ours:
        yield Difference("missing_relation_type", "types", one.subject, left=one.subject)
    for one in theirs:
        yield Difference("extra_relation_type", "types", one.subject, right=one.subject)


def _relation(
    one: RelationType, labels: Mapping[str, str], known_as: Mapping[str, str]
) -> _Relation:
    ends = [labels.get(end, _NO_TYPE) for end in (one.src_ent_type, one.tgt_ent_type)]
    source, target = (known_as.get(end, end) for end in ends)
    return _Relation(one.id, one.label, source, target, _facts(to_plain(one)))


def _whole(one: _Relation) -> Hashable:
    return one.label, one.source, one.target, tuple(sorted(one.facts.items()))


def _signature_of(one: _Relation) -> Hashable:
    return one.label, one.source, one.target


def _relation_changes(one: _Relation, other: _Relation) -> Iterator[Difference]:
    if one.subject != other.subject:
        yield _changed("relation_type", one.subject, "signature", one.subject, other.subject)
    yield from _fact_changes("relation_type", one.subject, one.facts, other.facts)


def _other_differences(left: TypeSystem, right: TypeSystem) -> Iterator[Difference]:
    """What applies to all types: mention types, classes, the catch-all type."""
    for name in ("sireInfo", "functionalEntityTypes"):
        ours, theirs = (_plain_facts(one, name) for one in (left, right))
        yield from _fact_changes("type_system", name, ours, theirs)


def _plain_facts(type_system: TypeSystem, name: str) -> dict[str, str]:
    plain = to_plain(type_system).get(name)
    if isinstance(plain, list):
        plain = {str(item.get("label", "")): item for item in plain if isinstance(item, dict)}
    return _facts(plain) if isinstance(plain, dict) else {}
