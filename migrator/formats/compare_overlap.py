"""What of one corpus another holds already: what an upload would add, and what it would meet."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable
from pathlib import Path
from typing import TypeVar

import msgspec

from migrator.formats.compare_corpora import CorpusSide, Progress, read_sides
from migrator.formats.compare_matching import Listed
from migrator.formats.pairing import pair_by

K = TypeVar("K", bound=Hashable)


class Met(msgspec.Struct, gc=False):
    """A source document and the target's that it meets by name; digests of both in hex.

    `mentions` are those of the source and of the target; `is_readable` is False where the ground
    truth of either cannot be read, so that nobody can tell whether they are equal.
    """

    id: str
    name: str
    source_digest: str
    target_digest: str
    mentions: tuple[int, int]
    is_readable: bool = True


class MetSet(msgspec.Struct, gc=False):
    """A document set of either side, known by name and type; None where a side has none.

    `shared` counts documents of equal content that both have in it.
    """

    name: str
    type: str
    source: int | None
    target: int | None
    shared: int

    @property
    def is_equal(self) -> bool:
        """Whether both sides have it with the same documents."""
        return self.source == self.target == self.shared


class Overlap(msgspec.Struct):
    """What the documents of a source come to on a target.

    `missing` are ids of source documents that are not there, those included whose name is taken by
    another text (`namesakes`); `different` are there with other annotations. `identical` and
    `extra` (only on the target) are numbers.
    """

    missing: set[str]
    different: list[Met]
    namesakes: list[Met]
    identical: int
    extra: int
    sets: list[MetSet]


def overlap(source: Path, target: Path, *, progress: Progress | None = None) -> Overlap:
    """Compare two corpora by name, text and annotations; how texts were split is not looked at.

    Ids count for nothing; of equal documents each stands for one.
    """
    with CorpusSide([source]) as ours, CorpusSide([target]) as theirs:
        read_sides((ours, theirs), progress)
        equal, mine, others = pair_by(ours.documents, theirs.documents, _annotated)
        different, mine, others = pair_by(mine, others, _named)
        namesakes, rest, extra = pair_by(mine, others, lambda one: one.name)
        return Overlap(
            missing={one.id for one in rest} | {one.id for one, _ in namesakes},
            different=[_met(*pair) for pair in different],
            namesakes=[_met(*pair) for pair in namesakes],
            identical=len(equal),
            extra=len(extra),
            sets=_sets(ours, theirs),
        )


def _annotated(one: Listed) -> tuple[str, bytes, bytes]:
    return one.name, one.text, one.digest.annotations


def _named(one: Listed) -> tuple[str, bytes]:
    return one.name, one.text


def _met(one: Listed, other: Listed) -> Met:
    counts = one.digest.count("mentions"), other.digest.count("mentions")
    readable = one.digest.readable and other.digest.readable
    return Met(one.id, one.name, _digest(one), _digest(other), counts, readable)


def _digest(one: Listed) -> str:
    return (one.text[:8] + one.digest.annotations).hex()


def _sets(ours: CorpusSide, theirs: CorpusSide) -> list[MetSet]:
    mine, others = _contents(ours), _contents(theirs)
    return [
        MetSet(
            *key,
            _size(mine.get(key)),
            _size(others.get(key)),
            (mine[key] & others[key]).total() if key in mine and key in others else 0,
        )
        for key in dict.fromkeys((*mine, *others))
    ]


def _size(held: Counter[K] | None) -> int | None:
    return None if held is None else held.total()


def _contents(side: CorpusSide) -> dict[tuple[str, str], Counter[tuple[str, bytes, bytes]]]:
    """The documents of each set by content; the set ALL says nothing."""
    known = {one.id: _annotated(one) for one in side.documents}
    held: dict[tuple[str, str], Counter[tuple[str, bytes, bytes]]] = defaultdict(Counter)
    for one in _listed(side):
        held[one[0]].update(known[member] for member in one[1] if member in known)
    return held


def _listed(side: CorpusSide) -> Iterable[tuple[tuple[str, str], list[str]]]:
    return (
        ((one.name, one.type), one.documents)
        for sets in side.sets
        for one in sets
        if one.type != "ALL"
    )
