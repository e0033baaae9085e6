"""Finds which document of one corpus is which of the other, though ids may be issued anew.

Only keys and digests of the documents are held, about 300 bytes each.
"""

from collections.abc import Callable, Hashable, Iterable
from typing import NamedTuple

import msgspec

from migrator.formats.compare_content import Digest
from migrator.formats.pairing import pair_by


class Listed(msgspec.Struct, gc=False):
    """One document: where it stands and what it says, in short.

    `source` is the position of its corpus among those of its side. `text` is a digest of the
    text in documents.json. `sets` tells the sets that hold it, as a digest of their names.
    """

    source: int
    id: str
    name: str
    text: bytes
    sets: bytes
    digest: Digest

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
    lambda one: (one.name, one.sets),
)


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
    pairs.sort(key=lambda pair: order[id(pair[0])])
    return Matched(pairs, ours, theirs)
