"""How many documents are left after each station, from the source to the proof."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from migrator.pictures.bar_rows import WIDTH, Frame, for_both, frame
from migrator.pictures.drawing import Key, hatched, legend, nothing
from migrator.pictures.shapes import Picture, Rect, Shape
from migrator.pictures.table import table

_ROW = 30.0
_KINDS = {
    "level": "Number",
    "loss": "Lost here",
    "risk": "Kept, at risk",
    "other": "Kept, but not equal",
}
_KEYS = {
    "level": ("app-pic-after", "", "There"),
    "loss": ("app-pic-lost", "", "Lost here"),
    "risk": ("app-pic-risk", "app-pic-slants", "Kept, at risk"),
    "other": ("app-pic-warn", "", "Kept, but not equal"),
}


@dataclass(frozen=True)
class Station:
    """One row. A level is what is there; a loss is gone after it; a risk is kept, but may fail;
    an other is there, but is not what it was, and counts no more among the levels below.

    `count` is None where nobody knows, and `note` says what that means.
    """

    label: str
    count: int | None
    kind: Literal["level", "loss", "risk", "other"] = "level"
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
    shapes, head = legend(_keys(stations), place.left, 0, width - place.left)
    head += 6
    level = 0
    for number, one in enumerate(stations):
        if one.kind == "level" and one.count is not None:
            level = one.count
        shapes += _row(place, one, level, head + place.lift + number * row)
        if one.kind in ("loss", "other"):
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


def _keys(stations: Sequence[Station]) -> list[Key]:
    """Of what is drawn, no more."""
    kinds = {one.kind for one in stations if one.count}
    keys = [key for kind, key in _KEYS.items() if kind in kinds or kind == "level"]
    if any(one.count is None for one in stations):
        keys.append(("app-pic-unknown", "app-pic-slants", "Not known"))
    return keys


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
    if one.kind != "risk":
        look = _KEYS[one.kind][0]
        return [*shapes, Rect(left, y + 7, length, 16, look)]
    return [*shapes, *hatched(Rect(left, y + 7, length, 16, "app-pic-risk"))]


def _figure(one: Station) -> str:
    if one.count is None:
        return "not known"
    return f"−{one.count:,}" if one.kind in ("loss", "other") and one.count else f"{one.count:,}"


def _told(stations: Sequence[Station], unit: str) -> str:
    levels = [one for one in stations if one.kind == "level" and one.count is not None]
    lost, other = (
        sum(one.count or 0 for one in stations if one.kind == kind) for kind in ("loss", "other")
    )
    parts = ", ".join(f"{one.label.lower()} {one.count:,}" for one in levels)
    kept = f" {other:,} kept, but not equal." if other else ""
    return f"{unit.capitalize()}: {parts}. {lost:,} lost on the way.{kept}"
