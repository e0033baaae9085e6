"""The dictionaries of an archive and their mappings against those that its target holds.

Each function gives `Conflict` rows that are not saved yet.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from migrator.clients.shapes import Dictionary as ListedDictionary
from migrator.formats.compare_dictionaries import compare_dictionaries
from migrator.formats.dictionaries import Dictionary
from migrator.formats.differences import Difference
from migrator.models import Conflict
from migrator.services.targets.conflict_rows import digest_of, key_of, listed_of

_P, _S = Conflict.Part, Conflict.State


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
                target_digest=contentdigest_of(other),
            )


def contentdigest_of(one: Dictionary) -> str:
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
        source_digest=contentdigest_of(one),
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
    row.target, row.target_digest = _entries(len(other.entries)), contentdigest_of(other)
    row.state = _S.IDENTICAL if row.source_digest == row.target_digest else _S.DIFFERS
    if row.state == _S.DIFFERS:
        found = [d for d in compare_dictionaries([one], [other]) if "_entry" in d.kind]
        row.detail = _summary(found)
        for name, value in listed_of(found).items():
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
                target_digest=digest_of([present]) if present else "",
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


def _entries(count: int | None) -> str:
    if count is None:
        return "number of entries not known"
    return "1 entry" if count == 1 else f"{count:,} entries"
