"""Annotation work from assigned to promoted: how much of it reached the ground truth."""

from collections.abc import Sequence
from dataclasses import dataclass

from migrator.pictures.bar_rows import WIDTH, for_both, frame
from migrator.pictures.drawing import hatched, nothing
from migrator.pictures.shapes import Picture, Rect, Shape
from migrator.pictures.table import table

_ROW = 36.0


@dataclass(frozen=True)
class Stage:
    """One stage, such as "Assigned"; None where nobody knows how many reached it."""

    label: str
    count: int | None


@for_both
def funnel(
    stages: Sequence[Stage], *, title: str, unit: str = "documents", width: float = WIDTH
) -> Picture:
    """Bars that get shorter from stage to stage, each with its share of the first."""
    first = next((one.count for one in stages if one.count), None)
    rows = [[one.label, one.count, _share(one.count, first)] for one in stages]
    twin = table(["Stage", f"{unit.capitalize()}#", "Share of the first#"], rows)
    known = [one.count for one in stages if one.count is not None]
    if not known:
        return nothing(title, f"How many {unit} are at which stage is not known.", twin)
    figures = [_figure(one, first) for one in stages]
    place = frame([one.label for one in stages], figures, max(known), width)
    row = _ROW + place.lift
    shapes: list[Shape] = []
    for number, one in enumerate(stages):
        y = place.lift + number * row
        shapes += [place.name(one.label, y, 22), place.figure(_figure(one, first), y, 22)]
        if one.count is None:
            shapes += hatched(Rect(place.left, y + 6, place.bars, 24, "app-pic-unknown"))
        elif one.count:
            shapes.append(Rect(place.left, y + 6, place.length(one.count), 24, "app-pic-after"))
    height = len(stages) * row
    shapes.append(place.ground(2, height - 4))
    told = ", ".join(f"{one.label.lower()} {_number(one.count)}" for one in stages)
    return Picture(
        title=title,
        summary=f"{unit.capitalize()}: {told}.",
        table=twin,
        width=width,
        height=height,
        shapes=shapes,
        row=row,
    )


def _share(count: int | None, first: int | None) -> str | None:
    return None if count is None or not first else f"{100 * count / first:.0f} %"


def _figure(one: Stage, first: int | None) -> str:
    share = _share(one.count, first)
    return f"{_number(one.count)} ({share})" if share else _number(one.count)


def _number(count: int | None) -> str:
    return "not known" if count is None else f"{count:,}"
