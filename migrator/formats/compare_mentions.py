"""Pairs the mentions of two versions of a document and says what became of each."""

from bisect import bisect_left
from collections.abc import Callable, Hashable, Iterator
from typing import Any, NamedTuple

from migrator.formats.compare_content import PROPERTY_NAMES, MentionKey, mention_key
from migrator.formats.differences import Difference
from migrator.formats.ground_truth import Annotations, MentionSpan
from migrator.formats.pairing import pair_by

CROSSES = "It crosses the end of a sentence after the text was split into sentences anew."
TEXT_DIFFERS = "The text differs at this place."
_QUOTED = 40  # characters of a mention's text that a difference shows


class Pairing(NamedTuple):
    """`left` and `right` give each mention id a number; paired and equal mentions share one.

    `lost` are ids on the left without a partner, `added` those on the right.
    """

    left: dict[str, int]
    right: dict[str, int]
    lost: set[str]
    added: set[str]


class _Pairs:
    """Mentions of both sides not paired yet, and the numbers of those that are."""

    def __init__(self, left: Annotations, right: Annotations) -> None:
        self.left = list(left.mentions)
        self.right = list(right.mentions)
        self.numbers: tuple[dict[str, int], dict[str, int]] = ({}, {})
        self.changed: list[tuple[MentionSpan, MentionSpan]] = []
        self._next = 0

    def match(self, key: Callable[[MentionSpan], Hashable], *, changed: bool) -> None:
        """Pair what has the same key, in order; `changed` where the pair still differs."""
        pairs, self.left, self.right = pair_by(self.left, self.right, key)
        for left, right in pairs:
            self._pair(left, right, changed=changed)

    def match_moved(self) -> None:
        """Pair what is left by type where the spans overlap, the largest overlap first."""
        found = _overlaps(self.left, self.right)
        gone: tuple[set[int], set[int]] = (set(), set())
        for _, n, m in sorted(found):
            if n not in gone[0] and m not in gone[1]:
                self._pair(self.left[n], self.right[m], changed=True)
                gone[0].add(n)
                gone[1].add(m)
        self.left = [one for n, one in enumerate(self.left) if n not in gone[0]]
        self.right = [one for m, one in enumerate(self.right) if m not in gone[1]]

    def number_the_rest(self) -> None:
        """Give what has no partner a number that nothing on the other side has."""
        for side, mentions in enumerate((self.left, self.right)):
            for mention in mentions:
                self._next += 1
                self.numbers[side][mention.id] = self._next

    def _pair(self, left: MentionSpan, right: MentionSpan, *, changed: bool) -> None:
        self._next += 1
        self.numbers[0][left.id] = self.numbers[1][right.id] = self._next
        if changed:
            self.changed.append((left, right))


def pair_mentions(
    left: Annotations, right: Annotations, subject: str
) -> tuple[Pairing, list[Difference]]:
    """Which mention of one side is which of the other, and how the mentions differ."""
    pairs = _Pairs(left, right)
    pairs.match(mention_key, changed=False)
    _share_numbers(pairs, left, right)
    pairs.match(lambda one: (one.begin, one.end, one.type), changed=True)
    pairs.match(lambda one: (one.begin, one.end, one.id), changed=True)
    pairs.match(lambda one: (one.begin, one.end), changed=True)
    pairs.match_moved()
    pairs.number_the_rest()
    differences = [_changed(a, b, left, right, subject) for a, b in pairs.changed]
    differences += [_missing(one, left, right, subject) for one in pairs.left]
    differences += [_extra(one, right, subject) for one in pairs.right]
    lost = {one.id for one in pairs.left}
    return Pairing(*pairs.numbers, lost, {one.id for one in pairs.right}), differences


def _share_numbers(pairs: _Pairs, left: Annotations, right: Annotations) -> None:
    """Mentions with equal meaning are one for relations and chains, however often they stand."""
    first: dict[MentionKey, int] = {}
    for side, content in enumerate((left, right)):
        for mention in content.mentions:
            number = pairs.numbers[side].get(mention.id)
            if number is not None:
                pairs.numbers[side][mention.id] = first.setdefault(mention_key(mention), number)


def shown(mention: MentionSpan, content: Annotations) -> str:
    """A mention as a person finds it: its text, type and place."""
    text = content.text[mention.begin : mention.end]
    short = text if len(text) <= _QUOTED else f"{text[: _QUOTED - 1]}…"
    return f"“{short}” ({mention.type}, characters {mention.begin}–{mention.end})"


def _overlaps(left: list[MentionSpan], right: list[MentionSpan]) -> Iterator[tuple[int, int, int]]:
    """(negative overlap, place in left, place in right) of mentions of the same type."""
    order = sorted(range(len(right)), key=lambda place: right[place].begin)
    begins = [right[place].begin for place in order]
    longest = max((one.end - one.begin for one in right), default=0)
    for n, one in enumerate(left):
        near = order[bisect_left(begins, one.begin - longest) : bisect_left(begins, one.end)]
        for m in near:
            other = right[m]
            overlap = min(one.end, other.end) - max(one.begin, other.begin)
            if one.type == other.type and overlap > 0:
                yield -overlap, n, m


def _changed(
    one: MentionSpan, other: MentionSpan, left: Annotations, right: Annotations, subject: str
) -> Difference:
    facts = list(_changed_facts(mention_key(one), mention_key(other)))
    return Difference(
        kind="changed_mention",
        part="mentions",
        subject=subject,
        detail=f"{shown(one, left)}: " + ", ".join(name for name, _, _ in facts),
        reason="" if left.text == right.text else TEXT_DIFFERS,
        left=", ".join(a for _, a, _ in facts),
        right=", ".join(b for _, _, b in facts),
    )


def _changed_facts(one: MentionKey, other: MentionKey) -> Iterator[tuple[str, str, str]]:
    """(what, left, right) for each fact in which two mentions differ."""
    if one[:2] != other[:2]:
        yield "place", f"{one[0]}–{one[1]}", f"{other[0]}–{other[1]}"
    values: Any = zip(
        ("type", *PROPERTY_NAMES), (one[2], *one[3]), (other[2], *other[3]), strict=True
    )
    for name, a, b in values:
        if a != b:
            yield name, a or "NONE", b or "NONE"


def _missing(
    mention: MentionSpan, left: Annotations, right: Annotations, subject: str
) -> Difference:
    return Difference(
        kind="missing_mention",
        part="mentions",
        subject=subject,
        detail=shown(mention, left),
        reason=_why_missing(mention, left, right),
        left=shown(mention, left),
    )


def _extra(mention: MentionSpan, right: Annotations, subject: str) -> Difference:
    detail = shown(mention, right)
    return Difference("extra_mention", "mentions", subject, detail=detail, right=detail)


def _why_missing(mention: MentionSpan, left: Annotations, right: Annotations) -> str:
    begin, end = mention.begin, mention.end
    if left.text[begin:end] != right.text[begin:end]:
        return TEXT_DIFFERS
    inside = any(one.begin <= begin and end <= one.end for one in right.sentences)
    return CROSSES if right.sentences and not inside else ""
