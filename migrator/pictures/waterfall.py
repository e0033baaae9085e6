"""How many documents are left after each station, from the source to the proof."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from migrator.pictures.bar_rows import WIDTH, Frame, for_both, frame
from migrator.pictures.drawing import hatched, legend, nothing
from migrator.pictures.shapes import Picture, Rect, Shape
from migrator.pictures.table import table

_ROW = 30.0
_KINDS = {"level": "Number", "loss": "Lost here", "risk": "Kept, at risk"}


@dataclass(frozen=True)
class Station:
    """One row. A level is what is there; a loss is gone after it; a risk is kept, but may fail.

    `count` is None where nobody knows, and `note` says what that means.
    """

    label: str
    count: int | None
    kind: Literal["level", "loss", "risk"] = "level"
    note: str = ""


@for_both
def waterfall(
    stations: Sequence[Station], *, title: str, unit: str = "documents", width: float = WIDTH
) -> Picture:
    """A bar for each station; losses and risks hang at the end of the level before them."""
    twin = table(
        ["Station", "What it is", f"{unit.capitalize()}#", "Note"],
        [[one.label, _KINDS[one.kind], one.count, one.note] for one in stations],
    )
    known = [one.count for one in stations if one.count is not None]
    if not known:
        return nothing(title, f"How many {unit} there are is not known.", twin)
    figures = [_figure(one) for one in stations]
    place = frame([one.label for one in stations], figures, max(known), width)
    row = _ROW + place.lift
    keys = [
        ("app-pic-after", "", "There"),
        ("app-pic-lost", "", "Lost here"),
        ("app-pic-risk", "app-pic-slants", "Kept, at risk"),
        ("app-pic-unknown", "app-pic-slants", "Not known"),
    ]
    shapes, head = legend(keys, place.left, 0, width - place.left)
    head += 6
    level = 0
    for number, one in enumerate(stations):
        if one.kind == "level" and one.count is not None:
            level = one.count
        shapes += _row(place, one, level, head + place.lift + number * row)
        if one.kind == "loss":
            level -= one.count or 0
    height = head + len(stations) * row
    shapes.append(place.ground(head, height - head))
    return Picture(
        title=title,
        summary=_told(stations, unit),
        table=twin,
        width=width,
        height=height,
        shapes=shapes,
        head=head,
        row=row,
    )


def _row(place: Frame, one: Station, level: int, y: float) -> list[Shape]:
    look = "app-pic-quiet" if one.kind != "level" and not one.count else "app-pic-text"
    shapes: list[Shape] = [place.name(one.label, y, 19), place.figure(_figure(one), y, 19, look)]
    if one.count is None:
        return [
            *shapes,
            *hatched(Rect(place.left, y + 7, place.bars, 16, "app-pic-unknown")),
        ]
    if not one.count:
        return shapes
    length = place.length(one.count)
    if one.kind == "level":
        return [*shapes, Rect(place.left, y + 7, length, 16, "app-pic-after")]
    left = place.left + max(place.length(level) - length, 0)
    if one.kind == "loss":
        return [*shapes, Rect(left, y + 7, length, 16, "app-pic-lost")]
    return [*shapes, *hatched(Rect(left, y + 7, length, 16, "app-pic-risk"))]


def _figure(one: Station) -> str:
    if one.count is None:
        return "not known"
    return f"−{one.count:,}" if one.kind == "loss" and one.count else f"{one.count:,}"


def _told(stations: Sequence[Station], unit: str) -> str:
    levels = [one for one in stations if one.kind == "level" and one.count is not None]
    lost = sum(one.count or 0 for one in stations if one.kind == "loss")
    parts = ", ".join(f"{one.label.lower()} {one.count:,}" for one in levels)
    return f"{unit.capitalize()}: {parts}. {lost:,} lost on the way."
