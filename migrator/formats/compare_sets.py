"""Compares the document sets of two corpora whose documents are matched already."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping

import msgspec

from migrator.formats.corpus import DocumentSet
from migrator.formats.differences import Difference
from migrator.formats.pairing import pair_by

LISTED = 10  # names of documents that one difference shows


class Membership(msgspec.Struct):
    """A document set of one side; members are numbers that matched documents share."""

    id: str
    name: str
    type: str
    annotator: str
    members: frozenset[int]

    @property
    def subject(self) -> str:
        """How a difference names it."""
        return f"{self.name} ({self.type})"


def memberships(
    corpora: Iterable[tuple[Iterable[DocumentSet], Mapping[str, int]]],
) -> list[Membership]:
    """The sets of one side's corpora; sets with the same id are parts of one set.

    With the sets of each corpus comes the number of every document id that both sides have;
    other documents are left out.
    """
    joined: dict[str, Membership] = {}
    for sets, numbers in corpora:
        for one in sets:
            members = frozenset(numbers[member] for member in one.documents if member in numbers)
            if known := joined.get(one.id):
                known.members |= members
            else:
                annotator = str(one.annotator) if one.annotator else ""
                joined[one.id] = Membership(one.id, one.name, one.type, annotator, members)
    return list(joined.values())


_SIGNS: tuple[Callable[[Membership], Hashable], ...] = (
    lambda one: (one.id, one.name, one.type, one.annotator),
    lambda one: (one.name, one.type, one.annotator, one.members),
    lambda one: (one.name, one.type, one.annotator),
    lambda one: (one.type, one.id),
    lambda one: (one.name, one.type),
    lambda one: (one.type, one.members),
)


def compare_sets(
    left: list[Membership], right: list[Membership], names: Mapping[int, str]
) -> Iterator[Difference]:
    """Sets that are missing, extra, renamed, or hold other documents.

    `names` gives the name of each numbered document. A document that one side lacks altogether
    is told once, as a missing document, and not again for each set that held it.
    """
    ours, theirs = list(left), list(right)
    for sign in _SIGNS:
        pairs, ours, theirs = pair_by(ours, theirs, sign)
        for one, other in pairs:
            yield from _changes(one, other, names)
    for one in ours:
        said = _told(len(one.members))
        yield Difference("missing_document_set", "document_sets", one.subject, said, left=said)
    for one in theirs:
        said = _told(len(one.members))
        yield Difference("extra_document_set", "document_sets", one.subject, said, right=said)


def _changes(one: Membership, other: Membership, names: Mapping[int, str]) -> Iterator[Difference]:
    facts = (("name", one.name, other.name), ("annotator", one.annotator, other.annotator))
    for fact, ours, theirs in facts:
        if ours != theirs:
            yield _changed(one, fact, ours, theirs)
    gone, come = one.members - other.members, other.members - one.members
    if gone or come:
        detail = "; ".join(
            f"{verb}: {_listed(numbers, names)}"
            for verb, numbers in (("no longer in it", gone), ("new in it", come))
            if numbers
        )
        yield _changed(one, detail, _told(len(one.members)), _told(len(other.members)))


def _changed(one: Membership, detail: str, left: str, right: str) -> Difference:
    return Difference(
        "changed_document_set", "document_sets", one.subject, detail, left=left, right=right
    )


def _listed(numbers: Iterable[int], names: Mapping[int, str]) -> str:
    ordered = sorted(numbers)
    shown = ", ".join(names[number] for number in ordered[:LISTED])
    return shown if len(ordered) <= LISTED else f"{shown} and {len(ordered) - LISTED} more"


def _told(count: int) -> str:
    return "1 document" if count == 1 else f"{count} documents"
