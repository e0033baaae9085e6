"""An archive against what its target holds: types, dictionaries, mappings, documents.

Each function gives `Conflict` rows that are not saved yet, and counts for the reading.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from migrator.clients.shapes import Dictionary as ListedDictionary
from migrator.formats.compare_dictionaries import compare_dictionaries
from migrator.formats.compare_overlap import Met, MetSet, Overlap
from migrator.formats.compare_types import compare_types
from migrator.formats.dictionaries import Dictionary
from migrator.formats.differences import Difference
from migrator.formats.inspection import shown
from migrator.formats.type_system import RelationType, TypeSystem
from migrator.models import Conflict

_P, _S = Conflict.Part, Conflict.State
# Differences of one object that a page shows; the number says how many there are.
SHOWN = 100
LONGEST_KEY = 600  # characters, as Conflict.key holds


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
        target_digest=_digest(differences) if differences else "",
        uses=uses,
        can_add=can_add,
        **_listed(differences),
    )


def _only_there(extra: Iterable[tuple[str, str]]) -> Iterator[Conflict]:
    for part, subject in dict.fromkeys(extra):
        key = key_of(subject)
        yield Conflict(part=part, state=_S.TARGET_ONLY, key=f"target {key}"[:600], subject=key)


def dictionaries_against(
    source: Iterable[Dictionary], target: Iterable[Dictionary], listed: Iterable[ListedDictionary]
) -> Iterator[Conflict]:
    """Editable dictionaries by name; one that the target has as read-only cannot be compared."""
    there = {one.name: one for one in target}
    fixed = {one.name: one for one in listed if one.read_only}
    names = set()
    for one in source:
        if one.name in names:
            continue
        names.add(one.name)
        yield _dictionary(one, there.get(one.name), fixed.get(one.name))
    for name, other in there.items():
        if name not in names:
            yield Conflict(
                part=_P.DICTIONARY,
                state=_S.TARGET_ONLY,
                key=key_of(name),
                subject=key_of(name),
                target=_entries(len(other.entries)),
                target_digest=content_digest(other),
            )


def content_digest(one: Dictionary) -> str:
    """Equal for dictionaries with the same entries in whatever order."""
    rows = sorted((e.lemma, e.poscode, tuple(sorted(e.surfaces))) for e in one.entries)
    return hashlib.sha256(repr(rows).encode("utf-8", "surrogatepass")).hexdigest()


def _dictionary(
    one: Dictionary, other: Dictionary | None, fixed: ListedDictionary | None
) -> Conflict:
    row = Conflict(
        part=_P.DICTIONARY,
        key=key_of(one.name),
        subject=key_of(one.name),
        source=_entries(len(one.entries)),
        source_digest=content_digest(one),
    )
    if other is None and fixed is not None:
        row.state, row.target = _S.UNKNOWN, _entries(fixed.entries)
        row.detail = "read-only in the target, so its entries cannot be downloaded"
    elif other is None:
        row.state = _S.SOURCE_ONLY
    else:
        _set_against(row, one, other)
    return row


def _set_against(row: Conflict, one: Dictionary, other: Dictionary) -> None:
    row.target, row.target_digest = _entries(len(other.entries)), content_digest(other)
    row.state = _S.IDENTICAL if row.source_digest == row.target_digest else _S.DIFFERS
    if row.state == _S.DIFFERS:
        found = [d for d in compare_dictionaries([one], [other]) if "_entry" in d.kind]
        row.detail = _summary(found)
        for name, value in _listed(found).items():
            setattr(row, name, value)


def _summary(found: list[Difference]) -> str:
    kinds = Counter(one.kind.partition("_")[0] for one in found)
    words = (
        ("missing", "only in the archive"),
        ("extra", "only in the target"),
        ("changed", "changed"),
    )
    return ", ".join(f"{kinds[kind]:,} {word}" for kind, word in words if kinds[kind])


def mappings_against(
    wishes: Iterable[Mapping[str, str]], listed: Iterable[ListedDictionary]
) -> Iterator[Conflict]:
    """The entity type that each dictionary is to get; one that is not there yet has no conflict."""
    there = {one.name: one for one in listed}
    for name, wish in {wish["dictionary"]: wish["entity_type"] for wish in wishes}.items():
        if name in there:
            present = there[name].entity_type or ""
            state = _S.DIFFERS if present and present != wish else _S.SOURCE_ONLY
            yield Conflict(
                part=_P.MAPPING,
                state=_S.IDENTICAL if present == wish else state,
                key=key_of(name),
                subject=key_of(name),
                source=wish,
                target=present,
                target_digest=_digest([present]) if present else "",
            )


def read_only_against(
    source: Iterable[Mapping[str, Any]], listed: Iterable[ListedDictionary], with_file: set[str]
) -> Iterator[Conflict]:
    """Read-only dictionaries by name; `with_file` are those of which somebody kept the CSV."""
    there = {one.name: one for one in listed}
    for name, said in {str(one["name"]): one for one in source}.items():
        other = there.get(name)
        yield Conflict(
            part=_P.READ_ONLY,
            state=_S.SOURCE_ONLY if other is None else _S.UNKNOWN,
            key=key_of(name),
            subject=key_of(name),
            detail="" if name in with_file else "no CSV file is attached to it",
            source=_entries(said.get("entries")),
            target="" if other is None else _entries(other.entries),
            can_add=name in with_file,
        )


def documents_against(found: Overlap) -> Iterator[Conflict]:
    """The documents that meet others of their name, and every document set."""
    for met in found.different:
        yield _document(met, "the same text with other annotations")
    for met in found.namesakes:
        yield _document(met, "another text under the same name")
    for one in found.sets:
        yield _document_set(one)


def document_counts(found: Overlap) -> dict[str, int]:
    """{state: number} of the documents."""
    met = [*found.different, *found.namesakes]
    unclear = sum(not one.is_readable for one in met)
    return {
        _S.IDENTICAL: found.identical,
        _S.DIFFERS: len(met) - unclear,
        _S.UNKNOWN: unclear,
        _S.SOURCE_ONLY: len(found.missing) - len(found.namesakes),
        _S.TARGET_ONLY: found.extra,
    }


def _document(met: Met, detail: str) -> Conflict:
    return Conflict(
        part=_P.DOCUMENT,
        state=_S.DIFFERS if met.is_readable else _S.UNKNOWN,
        key=met.id[:LONGEST_KEY],
        subject=key_of(met.name),
        detail=detail if met.is_readable else "hidden by Knowledge Studio, so it cannot be read",
        source=_mentions(met.mentions[0]),
        target=_mentions(met.mentions[1]),
        source_digest=met.source_digest,
        target_digest=met.target_digest,
    )


def _document_set(one: MetSet) -> Conflict:
    if one.target is None:
        state = _S.SOURCE_ONLY
    elif one.source is None:
        state = _S.TARGET_ONLY
    else:
        state = _S.IDENTICAL if one.is_equal else _S.DIFFERS
    return Conflict(
        part=_P.DOCUMENT_SET,
        state=state,
        key=key_of(f"{one.type} {one.name}"),
        subject=key_of(f"{one.name} ({one.type})"),
        source="" if one.source is None else _documents(one.source),
        target="" if one.target is None else _documents(one.target),
        detail=f"{one.shared:,} in both" if state == _S.DIFFERS else "",
    )


def counts_of(conflicts: Iterable[Conflict]) -> dict[str, dict[str, int]]:
    """{part: {state: number}} of what has a row."""
    counts: dict[str, dict[str, int]] = {}
    for one in conflicts:
        by_state = counts.setdefault(str(one.part), {})
        by_state[str(one.state)] = by_state.get(str(one.state), 0) + 1
    return counts


def _listed(differences: list[Difference]) -> dict[str, Any]:
    first = [
        {"detail": shown(d.detail), "source": shown(d.left), "target": shown(d.right)}
        for d in differences[:SHOWN]
    ]
    return {"differences": first, "difference_count": len(differences)}


def _digest(what: object) -> str:
    return hashlib.sha256(repr(what).encode("utf-8", "surrogatepass")).hexdigest()


def key_of(text: str) -> str:
    """The `Conflict.key` of a name or label: what any database can hold of it."""
    return text.encode("utf-8", "replace").decode().replace("\0", " ")[:LONGEST_KEY]


def _entries(count: int | None) -> str:
    if count is None:
        return "number of entries not known"
    return "1 entry" if count == 1 else f"{count:,} entries"


def _mentions(count: int) -> str:
    return "1 mention" if count == 1 else f"{count:,} mentions"


def _documents(count: int) -> str:
    return "1 document" if count == 1 else f"{count:,} documents"
