"""How fresh the backups are: a strip for each workspace with a mark for each of its archives."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from migrator.pictures.bar_rows import WIDTH, Frame, for_both, frame
from migrator.pictures.drawing import nothing
from migrator.pictures.durations import lasting, seconds_of
from migrator.pictures.lettering import width_of
from migrator.pictures.shapes import Circle, Picture, Polygon, Rect, Shape, Strokes, Text
from migrator.pictures.table import Cell, counted, table

_ROW = 26.0
_HEAD = 44.0
State = Literal["verified", "unverified", "damaged"]
_WORDS = {"verified": "Verified", "unverified": "Not verified", "damaged": "Damaged"}


@dataclass(frozen=True)
class Backup:
    """One archive: when it was made, and whether it was found whole when last read."""

    at: datetime
    state: State


@dataclass(frozen=True)
class Strip:
    """One workspace with its archives, in any order."""

    name: str
    backups: Sequence[Backup]

    @property
    def newest_verified(self) -> datetime | None:
        """When the newest archive that was found whole was made."""
        return max((one.at for one in self.backups if one.state == "verified"), default=None)


@for_both
def freshness(
    strips: Sequence[Strip],
    *,
    title: str,
    now: datetime,
    span: timedelta = timedelta(days=90),
    width: float = WIDTH,
) -> Picture:
    """The last `span` before `now`; what is older stands at the left edge."""
    rows: list[list[Cell]] = [
        [one.name, _age(one, now), len(one.backups), *_counts(one)] for one in strips
    ]
    states = (f"{words}#" for words in _WORDS.values())
    twin = table(["Workspace", "Newest verified", "Archives#", *states], rows)
    if not strips:
        return nothing(title, "No workspace is known yet.", twin)
    ages = [_age(one, now) for one in strips]
    place = frame([one.name for one in strips], ages, 1, width)
    row = _ROW + place.lift
    shapes = [*_key(place), *_axis(place, span, len(strips) * row)]
    for number, strip in enumerate(strips):
        shapes += _strip(place, strip, now, span, _HEAD + place.lift + number * row)
    bare = sum(1 for one in strips if one.newest_verified is None)
    return Picture(
        title=title,
        summary=f"Backups of {counted(len(strips), 'workspace')} in {span.days} days. "
        + (
            f"{counted(bare, 'workspace has', 'workspaces have')} no verified backup."
            if bare
            else "Each has a verified backup."
        ),
        table=twin,
        width=width,
        height=_HEAD + len(strips) * row + 2,
        shapes=shapes,
        head=_HEAD,
        row=row,
    )


def _age(strip: Strip, now: datetime) -> str:
    newest = strip.newest_verified
    if newest is None:
        return "never"
    return f"{lasting(seconds_of(now - newest)).split(' ', 2)[0]} {_unit(now - newest)} ago"


def _unit(gone: timedelta) -> str:
    seconds = seconds_of(gone)
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return unit
    return "s"


def _counts(strip: Strip) -> list[int]:
    return [sum(1 for one in strip.backups if one.state == state) for state in _WORDS]


def _key(place: Frame) -> list[Shape]:
    shapes: list[Shape] = []
    left = place.left
    for state, words in _WORDS.items():
        shapes += [*_mark(left + 6, 8, state), Text(left + 16, 12, words, "app-pic-quiet")]
        left += 16 + width_of(words) + 20
    return shapes


def _axis(place: Frame, span: timedelta, rows: float) -> list[Shape]:
    shapes: list[Shape] = []
    for part in range(4):
        x = place.left + part * place.bars / 3
        days = round(span.days * (3 - part) / 3)
        words = f"{days} days ago" if days else "today"
        anchor = "start" if part == 0 else "end" if part == 3 else "middle"
        shapes.append(Rect(x, 34, 1, rows + 10, "app-pic-line"))
        shapes.append(Text(x, 30, words, "app-pic-quiet", 11, anchor))  # type: ignore[arg-type]
    return shapes


def _strip(place: Frame, strip: Strip, now: datetime, span: timedelta, y: float) -> list[Shape]:
    middle = y + _ROW / 2
    look = "app-pic-text" if strip.newest_verified else "app-pic-alarm"
    shapes: list[Shape] = [
        place.name(strip.name, y, _ROW / 2 + 4),
        Rect(place.left, middle, place.bars, 1, "app-pic-axis"),
        place.figure(_age(strip, now), y, _ROW / 2 + 4, look),
    ]
    for one in sorted(strip.backups, key=lambda one: one.at):
        gone = min(seconds_of(now - one.at) / span.total_seconds(), 1)
        shapes += _mark(place.left + (1 - gone) * place.bars, middle, one.state)
    return shapes


def _mark(x: float, y: float, state: str) -> list[Shape]:
    """A full disc, a ring or a cross: told apart without colour."""
    if state == "verified":
        return [Circle(x, y, 5, "app-pic-good")]
    if state == "unverified":
        return [Circle(x, y, 4.5, "app-pic-ring")]
    corners = [(x, y - 6), (x + 6, y), (x, y + 6), (x - 6, y)]
    cross = [[(x - 2.5, y - 2.5), (x + 2.5, y + 2.5)], [(x - 2.5, y + 2.5), (x + 2.5, y - 2.5)]]
    return [Polygon(corners, "app-pic-bad"), Strokes(cross, "app-pic-on-bad")]
