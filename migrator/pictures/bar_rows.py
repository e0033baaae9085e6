"""The frame of every picture made of rows: a name, a bar, and what it says in figures.

Each such picture is drawn twice: for a page, and for a phone, where the words stand above the bar.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from typing import ParamSpec

from migrator.pictures.lettering import fitted, width_of
from migrator.pictures.shapes import Picture, Rect, Shape, Text

WIDTH = 680.0  # px, what a column beside another leaves
NARROW = 300.0  # px, about what a phone leaves
_LIFT = 18.0  # px above a bar for its words
Given = ParamSpec("Given")
GAP = 12.0


@dataclass(frozen=True)
class Frame:
    """Where names, bars and figures stand; `most` is the number that fills the bars' width.

    `lift` is the room above each bar for its words; without it they stand beside the bar.
    """

    names: float
    figures: float
    most: float
    width: float = WIDTH
    lift: float = 0

    @property
    def left(self) -> float:
        """Where bars begin."""
        return GAP / 2 if self.lift else self.names + GAP

    @property
    def bars(self) -> float:
        """The width of the longest bar."""
        beside = GAP / 2 if self.lift else GAP + self.figures
        return self.width - self.left - beside

    def length(self, count: float) -> float:
        """The width of a bar for `count`; what is there at all is always to be seen."""
        if not count:
            return 0
        return max(count / max(self.most, 1) * self.bars, 1.5)

    def name(self, words: str, top: float, drop: float) -> Text:
        """A row's name: `drop` below the row's top beside its bar, or above it."""
        if self.lift:
            most = self.bars - self.figures - GAP
            return Text(self.left + 4, top - 3, fitted(words, most))
        return Text(self.names, top + drop, fitted(words, self.names), anchor="end")

    def figure(self, words: str, top: float, drop: float, look: str = "app-pic-text") -> Text:
        """A row's figures, at the right."""
        if self.lift:
            return Text(self.left + self.bars - 4, top - 3, words, look, anchor="end")
        return Text(self.width, top + drop, words, look, anchor="end")

    def ground(self, y: float, height: float) -> Shape:
        """The line where bars begin."""
        return Rect(self.left - 1, y, 1, height, "app-pic-axis")


def frame(names: list[str], figures: list[str], most: float, width: float = WIDTH) -> Frame:
    """A frame with room for the widest name and figures, within bounds."""
    longest = max((width_of(name) for name in names), default=0)
    widest = max((width_of(figure) for figure in figures), default=0)
    lift = _LIFT if width < WIDTH else 0
    return Frame(min(max(longest + 2, 60), 210), widest + 4, most, width, lift)


def for_both(draw: Callable[Given, Picture]) -> Callable[Given, Picture]:
    """Draw as `draw` does, and once more as wide as a phone, which it is told as `width`."""

    @wraps(draw)
    def both(*args: Given.args, **kwargs: Given.kwargs) -> Picture:
        broad = draw(*args, **kwargs)
        if not broad.is_drawn:
            return broad
        kwargs["width"] = NARROW
        return replace(broad, narrow=draw(*args, **kwargs))

    return both
