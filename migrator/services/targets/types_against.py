"""The types of an archive against those that its target holds.

Each function gives `Conflict` rows that are not saved yet.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from migrator.formats.compare_types import compare_types
from migrator.formats.differences import Difference
from migrator.formats.type_system import RelationType, TypeSystem
from migrator.models import Conflict
from migrator.services.targets.conflict_rows import LONGEST_KEY, digest_of, key_of, listed_of

_P, _S = Conflict.Part, Conflict.State


def types_against(
    source: TypeSystem, target: TypeSystem, uses: Mapping[str, int], used: Mapping[str, int]
) -> Iterator[Conflict]:
    """Entity and relation types; `uses` are mentions by label, `used` relations by signature."""
    differing, gone, extra = _sorted_out(compare_types(source, target))
    is_empty = not target.entity_types
    for entity in source.entity_types:
        yield _typed(
            _P.ENTITY_TYPE,
            entity.label,
            _state(entity.label, gone, differing),
            differing.get(entity.label, []),
            uses.get(entity.label, 0),
            can_add=is_empty or entity.can_be_created_alone,
        )
    for subject in dict.fromkeys(signatures_of(source)):
        yield _typed(
            _P.RELATION_TYPE,
            subject,
            _state(subject, gone, differing),
            differing.get(subject, []),
            used.get(subject, 0),
            can_add=is_empty,
        )
    yield from _only_there(extra)


def signature(one: RelationType, labels: Mapping[str, str]) -> str:
    """How a relation type is known: "Person → worksFor → Company"."""
    ends = [labels.get(end, "(no such type)") for end in (one.src_ent_type, one.tgt_ent_type)]
    return f"{ends[0]} → {one.label} → {ends[1]}"


def signatures_of(types: TypeSystem) -> list[str]:
    """The signatures of all relation types, in order."""
    labels = types.labels
    return [signature(one, labels) for one in types.relationship_types]


def is_renaming(difference: Difference) -> bool:
    """Another label for what seems to be the same type: the archive's documents need theirs."""
    return difference.kind.startswith("changed_") and difference.detail in ("label", "signature")


Sorted = tuple[dict[str, list[Difference]], set[str], list[tuple[str, str]]]


def _sorted_out(differences: Iterable[Difference]) -> Sorted:
    """What differs by subject, what the target lacks, what only the target has."""
    differing: dict[str, list[Difference]] = defaultdict(list)
    gone: set[str] = set()
    extra: list[tuple[str, str]] = []
    for one in differences:
        part = _P.RELATION_TYPE if one.kind.endswith("relation_type") else _P.ENTITY_TYPE
        if is_renaming(one):
            gone.add(one.left)
            extra.append((part, one.right))
        elif one.kind.startswith("missing_"):
            gone.add(one.subject)
        elif one.kind.startswith("extra_"):
            extra.append((part, one.subject))
        else:
            differing[one.subject].append(one)
    return differing, gone, extra


def _state(subject: str, gone: set[str], differing: Mapping[str, Any]) -> str:
    if subject in gone:
        return _S.SOURCE_ONLY
    return _S.DIFFERS if subject in differing else _S.IDENTICAL


def _typed(
    part: str,
    subject: str,
    state: str,
    differences: list[Difference],
    uses: int,
    *,
    can_add: bool,
) -> Conflict:
    return Conflict(
        part=part,
        state=state,
        key=key_of(subject),
        subject=key_of(subject),
        detail=", ".join(dict.fromkeys(one.detail for one in differences)),
        target_digest=digest_of(differences) if differences else "",
        uses=uses,
        can_add=can_add,
        **listed_of(differences),
    )


def _only_there(extra: Iterable[tuple[str, str]]) -> Iterator[Conflict]:
    for part, subject in dict.fromkeys(extra):
        key = key_of(subject)
        yield Conflict(
            part=part, state=_S.TARGET_ONLY, key=f"target {key}"[:LONGEST_KEY], subject=key
        )
