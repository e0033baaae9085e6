"""When each step of a run worked and when it waited."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from migrator.pictures.bar_rows import WIDTH, Frame, for_both, frame
from migrator.pictures.drawing import hatched, legend, nothing
from migrator.pictures.durations import lasting, seconds_of, time_step
from migrator.pictures.lettering import width_of
from migrator.pictures.shapes import Picture, Rect, Shape, Text
from migrator.pictures.table import Table, counted, table

DRAWN = 100  # rows; the table has all
_ROW = 24.0
_SHORTEST = 2.5  # px; a step of a second in a run of a day is still to be seen
_LOOKS = {
    "work": ("app-pic-after", ""),
    "failed": ("app-pic-lost", "app-pic-crosses"),
    "running": ("app-pic-run", ""),
    "wait": ("app-pic-wait", "app-pic-slants"),
}
_KEYS = [
    ("app-pic-after", "", "Worked"),
    ("app-pic-run", "", "At work now"),
    ("app-pic-wait", "app-pic-slants", "Waited: for a person, or before another try"),
    ("app-pic-lost", "app-pic-crosses", "Failed or cancelled"),
]


@dataclass(frozen=True)
class Span:
    """One stretch of time."""

    start: datetime
    end: datetime
    kind: Literal["work", "failed", "running", "wait"]

    @property
    def seconds(self) -> float:
        """How long it is."""
        return seconds_of(self.end - self.start)


@dataclass(frozen=True)
class Lane:
    """One row: a step, or a workspace with many; `result` is how it ended or stands, in words."""

    label: str
    spans: Sequence[Span]
    result: str = ""


@for_both
def timeline(
    lanes: Sequence[Lane], *, title: str, start: datetime, end: datetime, width: float = WIDTH
) -> Picture:
    """A row for each lane from `start` to `end`; waits are hatched."""
    twin = _twin(lanes, start)
    if not any(lane.spans for lane in lanes):
        return nothing(title, "Nothing has begun yet.", twin)
    length = max(seconds_of(end - start), 1.0)
    drawn = lanes[:DRAWN]
    place = frame([one.label for one in drawn], [_took(one) for one in drawn], length, width)
    row = _ROW + place.lift
    shapes, head = legend(_KEYS, place.left, 0, width - place.left)
    marks, head = _axis(place, length, head + 4, len(drawn) * row)
    shapes += marks
    for number, lane in enumerate(drawn):
        shapes += _lane(place, lane, start, length, head + place.lift + number * row)
    waited = sum(span.seconds for lane in lanes for span in lane.spans if span.kind == "wait")
    return Picture(
        title=title,
        summary=f"{counted(len(lanes), 'row')} over {lasting(length)}."
        + (f" {lasting(waited)} were spent waiting, all rows together." if waited else ""),
        table=twin,
        width=width,
        height=head + len(drawn) * row + 4,
        shapes=shapes,
        note="" if len(lanes) <= DRAWN else f"The first {DRAWN} of {len(lanes):,} are drawn.",
        head=head,
        row=row,
    )


def _twin(lanes: Sequence[Lane], start: datetime) -> Table:
    rows = []
    for lane in lanes:
        begun = min((span.start for span in lane.spans), default=None)
        rows.append(
            [
                lane.label,
                lasting(seconds_of(begun - start)) if begun else None,
                _sum(lane, "work", "running", "failed"),
                _sum(lane, "wait"),
                lane.result,
            ]
        )
    return table(["Row", "Began after#", "Worked#", "Waited#", "Result"], rows)


def _sum(lane: Lane, *kinds: str) -> str | None:
    spans = [span.seconds for span in lane.spans if span.kind in kinds]
    return lasting(sum(spans)) if spans else None


def _took(lane: Lane) -> str:
    return _sum(lane, "work", "running", "failed", "wait") or "–"


def _axis(place: Frame, length: float, y: float, rows: float) -> tuple[list[Shape], float]:
    """Marks at round times with their words over `rows` px, and where the rows begin."""
    step = time_step(length, about=int(place.bars // 90) or 1)
    shapes: list[Shape] = []
    for number in range(int(length // step) + 1):
        x = place.left + number * step / length * place.bars
        shapes.append(Rect(x, y + 18, 1, rows + 2, "app-pic-line"))
        words = lasting(number * step) if number else "0"
        if x + width_of(words) / 2 < place.left + place.bars:
            shapes.append(Text(x, y + 12, words, "app-pic-quiet", 11, "middle"))
    return shapes, y + 22


def _lane(place: Frame, lane: Lane, start: datetime, length: float, y: float) -> list[Shape]:
    shapes: list[Shape] = [place.name(lane.label, y, 15)]
    for span in lane.spans:
        left = place.left + min(seconds_of(span.start - start) / length, 1) * place.bars
        width = max(min(span.seconds / length, 1) * place.bars, _SHORTEST)
        left = min(left, place.left + place.bars - width)
        look, lines = _LOOKS[span.kind]
        if lines:
            shapes += hatched(Rect(left, y + 4, width, 15, look), lines)
        else:
            shapes.append(Rect(left, y + 4, width, 15, look))
    return [*shapes, place.figure(_took(lane), y, 15, "app-pic-quiet")]
