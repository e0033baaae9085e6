"""Pairing of two lists by a sign that partners share."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

T = TypeVar("T")


def pair_by(
    ours: Iterable[T], theirs: Iterable[T], sign: Callable[[T], Hashable]
) -> tuple[list[tuple[T, T]], list[T], list[T]]:
    """Pairs that share the sign, one to one and in order, and what is left of both lists."""
    waiting: dict[Hashable, list[T]] = defaultdict(list)
    others = list(theirs)
    for one in reversed(others):
        waiting[sign(one)].append(one)
    pairs, rest = [], []
    for one in ours:
        if partners := waiting.get(sign(one)):
            pairs.append((one, partners.pop()))
        else:
            rest.append(one)
    free = {id(one) for partners in waiting.values() for one in partners}
    return pairs, rest, [one for one in others if id(one) in free]
