"""Mentions by entity type: of one side, or before and after with the largest loss first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from migrator.pictures.bar_rows import WIDTH, Frame, for_both, frame
from migrator.pictures.drawing import hatched, legend, nothing
from migrator.pictures.shapes import Picture, Rect, Shape
from migrator.pictures.table import counted, in_words, table

DRAWN = 40  # rows; more would be a wall, and the table has them all
_PAIR = 34.0
_SINGLE = 22.0


@dataclass(frozen=True)
class Pair:
    """One type on both sides; None where nobody counted or the type is not there."""

    label: str
    before: int | None
    after: int | None

    @property
    def lost(self) -> int:
        """How many are gone; below zero where there are more than before."""
        return (self.before or 0) - (self.after or 0)


def paired(before: Mapping[str, int | None], after: Mapping[str, int | None]) -> list[Pair]:
    """Both sides by type, the largest loss first, then the most frequent."""
    labels = dict.fromkeys([*before, *after])
    pairs = [Pair(label, before.get(label), after.get(label)) for label in labels]
    return sorted(pairs, key=lambda one: (-one.lost, -(one.before or 0), one.label))


@for_both
def pair_bars(
    pairs: Sequence[Pair],
    *,
    title: str,
    before: str = "Archive",
    after: str = "Target",
    width: float = WIDTH,
) -> Picture:
    """Two bars for each type: outlined before, filled after."""
    twin = table(
        ["Entity type", f"{before}#", f"{after}#", "Difference#"],
        [[one.label, one.before, one.after, -one.lost] for one in pairs],
    )
    if not pairs:
        return nothing(title, "There is no entity type to count.", twin)
    drawn = pairs[:DRAWN]
    most = max(max(one.before or 0, one.after or 0) for one in drawn)
    place = frame([one.label for one in drawn], [_change(one) for one in drawn], most, width)
    row = _PAIR + place.lift
    keys = [("app-pic-before", "", before), ("app-pic-after", "", after)]
    shapes, head = legend(keys, place.left, 0, width - place.left)
    head += 6
    for number, one in enumerate(drawn):
        shapes += _pair(place, one, head + place.lift + number * row)
    height = len(drawn) * row
    shapes.append(place.ground(head, height - 4))
    return Picture(
        title=title,
        summary=_told(pairs, before, after),
        table=twin,
        width=width,
        height=head + height,
        shapes=shapes,
        note=_rest(len(pairs)),
        head=head,
        row=row,
    )


def _pair(place: Frame, one: Pair, y: float) -> list[Shape]:
    shapes: list[Shape] = [place.name(one.label, y, 18)]
    if one.before:
        shapes.append(Rect(place.left, y + 3, place.length(one.before), 11, "app-pic-before"))
    if one.after:
        shapes.append(Rect(place.left, y + 16, place.length(one.after), 11, "app-pic-after"))
    look = "app-pic-text" if one.lost else "app-pic-quiet"
    return [*shapes, place.figure(_change(one), y, 18, look)]


def _change(one: Pair) -> str:
    if one.lost == 0 and one.before is not None and one.after is not None:
        return f"{one.before:,} = {one.after:,}"
    sides = f"{in_words(one.before)} → {in_words(one.after)}"
    change = f" ({-one.lost:+,})".replace("-", "−")
    return sides + change if one.lost else sides


def _told(pairs: Sequence[Pair], before: str, after: str) -> str:
    sums = [sum(side or 0 for side in sides) for sides in _sides(pairs)]
    different = sum(1 for one in pairs if one.lost)
    equal = "Every type has the same number on both sides."
    told = f"{different:,} of {len(pairs):,} types differ." if different else equal
    return f"{sums[0]:,} mentions in {before.lower()}, {sums[1]:,} in {after.lower()}. {told}"


def _sides(pairs: Sequence[Pair]) -> tuple[list[int | None], list[int | None]]:
    return [one.before for one in pairs], [one.after for one in pairs]


def _rest(count: int) -> str:
    if count <= DRAWN:
        return ""
    return f"The first {DRAWN} of {count:,} are drawn; the table has all."


@for_both
def single_bars(
    counts: Mapping[str, int | None], *, title: str, unit: str, width: float = WIDTH
) -> Picture:
    """One bar for each type, the most frequent first; types that nobody counted come last."""
    ordered = sorted(counts.items(), key=lambda one: (-(one[1] or 0), one[0]))
    twin = table(["Entity type", f"{unit.capitalize()}#"], [[name, n] for name, n in ordered])
    if not any(counts.values()):
        words = f"No {unit} were counted." if None in counts.values() else f"There are no {unit}."
        return nothing(title, words, twin)
    drawn = ordered[:DRAWN]
    figures = [in_words(count) for _, count in drawn]
    place = frame([name for name, _ in drawn], figures, drawn[0][1] or 0, width)
    row = _SINGLE + place.lift
    shapes: list[Shape] = []
    for number, (name, count) in enumerate(drawn):
        shapes += _single(place, name, count, place.lift + number * row)
    height = len(drawn) * row
    shapes.append(place.ground(0, height - 4))
    unused = sum(1 for _, count in ordered if count == 0)
    return Picture(
        title=title,
        summary=f"{sum(n or 0 for n in counts.values()):,} {unit} of "
        f"{counted(len(counts), 'type')}; most frequent is {ordered[0][0]}."
        + (f" {counted(unused, 'type is', 'types are')} not used." if unused else ""),
        table=twin,
        width=width,
        height=height,
        shapes=shapes,
        note=_rest(len(counts)),
        row=row,
    )


def _single(place: Frame, name: str, count: int | None, y: float) -> list[Shape]:
    shapes: list[Shape] = [place.name(name, y, 14)]
    if count is None:
        shapes += hatched(Rect(place.left, y + 3, place.bars, 14, "app-pic-unknown"))
    elif count:
        shapes.append(Rect(place.left, y + 3, place.length(count), 14, "app-pic-after"))
    return [*shapes, place.figure(in_words(count), y, 14)]
