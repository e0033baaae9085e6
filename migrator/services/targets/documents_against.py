"""The documents and sets of an archive against those that its target holds.

Each function gives `Conflict` rows that are not saved yet.
"""

from collections.abc import Iterator

from migrator.formats.compare_overlap import Met, MetSet, Overlap
from migrator.models import Conflict
from migrator.services.targets.conflict_rows import LONGEST_KEY, key_of

_P, _S = Conflict.Part, Conflict.State


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


def _mentions(count: int) -> str:
    return "1 mention" if count == 1 else f"{count:,} mentions"


def _documents(count: int) -> str:
    return "1 document" if count == 1 else f"{count:,} documents"
