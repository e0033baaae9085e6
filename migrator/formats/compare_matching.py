"""Finds which document of one corpus is which of the other, though ids may be issued anew.

Only keys and digests of the documents are held, about 300 bytes each.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from typing import NamedTuple

import msgspec

from migrator.formats.compare_content import COUNT_NAMES, Digest
from migrator.formats.pairing import pair_by


class Listed(msgspec.Struct, gc=False):
    """One document: where it stands and what it says, in short.

    `source` is the position of its corpus among those of its side. `text` is a digest of the
    text in documents.json, `characters` its length. `sets` is a digest of the names of the sets
    that hold it.
    """

    source: int
    id: str
    name: str
    text: bytes
    sets: bytes
    digest: Digest
    characters: int = 0

    @property
    def subject(self) -> str:
        """How a difference names it; names are not unique."""
        return f"{self.name} ({self.id})"


class Matched(NamedTuple):
    """Pairs in the order of the left side, and what has no partner."""

    pairs: list[tuple[Listed, Listed]]
    missing: list[Listed]
    extra: list[Listed]


# From the surest to the weakest sign that two documents are the same one.
_SIGNS: tuple[Callable[[Listed], Hashable], ...] = (
    lambda one: (one.id, one.name, one.text, one.digest.whole),
    lambda one: (one.name, one.text, one.digest.whole, one.sets),
    lambda one: (one.name, one.text, one.digest.whole),
    lambda one: one.id,
    lambda one: (one.name, one.text, one.digest.annotations, one.sets),
    lambda one: (one.name, one.text, one.digest.annotations),
    lambda one: (one.name, one.text, one.sets),
    lambda one: (one.name, one.text),
    lambda one: (one.text, one.digest.annotations),
    lambda one: one.text,
    lambda one: (one.name, one.digest.annotations),
)
_LENGTH = COUNT_NAMES.index("characters")
_ALIKE = 0.02  # share of the length by which two versions of one text differ at most


def match_documents(left: Iterable[Listed], right: Iterable[Listed]) -> Matched:
    """Pair the documents by id and content; duplicates pair one to one."""
    ours, theirs = list(left), list(right)
    order = {id(one): place for place, one in enumerate(ours)}
    pairs: list[tuple[Listed, Listed]] = []
    for sign in _SIGNS:
        if not ours or not theirs:
            break
        found, ours, theirs = pair_by(ours, theirs, sign)
        pairs += found
    found, ours, theirs = pair_by_name(ours, theirs)
    pairs += found
    pairs.sort(key=lambda pair: order[id(pair[0])])
    return Matched(pairs, ours, theirs)


def pair_by_name(
    ours: list[Listed], theirs: list[Listed]
) -> tuple[list[tuple[Listed, Listed]], list[Listed], list[Listed]]:
    """Pair what has the same name and about the same length, where names are not repeated.

    Without the length, two strange corpora whose files are numbered would pair at random.
    """
    pairs, _, _ = pair_by(ours, theirs, lambda one: one.name)
    once = Counter(one.name for one in ours), Counter(one.name for one in theirs)
    pairs = [
        (one, other)
        for one, other in pairs
        if once[0][one.name] == once[1][one.name] == 1 and _are_alike(one, other)
    ]
    paired = {id(one) for pair in pairs for one in pair}
    return (
        pairs,
        [one for one in ours if id(one) not in paired],
        [one for one in theirs if id(one) not in paired],
    )


def _are_alike(one: Listed, other: Listed) -> bool:
    ours, theirs = one.digest.counts[_LENGTH], other.digest.counts[_LENGTH]
    return abs(ours - theirs) <= _ALIKE * max(ours, theirs)
