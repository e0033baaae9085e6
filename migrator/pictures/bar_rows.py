"""The frame of every picture made of rows: a name, a bar, and what it says in figures."""

from dataclasses import dataclass

from migrator.pictures.lettering import fitted, width_of
from migrator.pictures.shapes import Rect, Shape, Text

WIDTH = 860.0
GAP = 12.0


@dataclass(frozen=True)
class Frame:
    """Where names, bars and figures stand; `most` is the number that fills the bars' width."""

    names: float
    figures: float
    most: float
    width: float = WIDTH

    @property
    def left(self) -> float:
        """Where bars begin."""
        return self.names + GAP

    @property
    def bars(self) -> float:
        """The width of the longest bar."""
        return self.width - self.left - GAP - self.figures

    def length(self, count: float) -> float:
        """The width of a bar for `count`; what is there at all is always to be seen."""
        if not count:
            return 0
        return max(count / max(self.most, 1) * self.bars, 1.5)

    def name(self, words: str, base: float) -> Text:
        """A row's name, to the left of its bar."""
        return Text(self.names, base, fitted(words, self.names), anchor="end")

    def figure(self, words: str, base: float, look: str = "app-pic-text") -> Text:
        """A row's figures, at the right."""
        return Text(self.width, base, words, look, anchor="end")

    def ground(self, y: float, height: float) -> Shape:
        """The line where bars begin."""
        return Rect(self.left - 1, y, 1, height, "app-pic-axis")


def frame(names: list[str], figures: list[str], most: float, width: float = WIDTH) -> Frame:
    """A frame with room for the widest name and figures, within bounds."""
    longest = max((width_of(name) for name in names), default=0)
    widest = max((width_of(figure) for figure in figures), default=0)
    return Frame(min(max(longest + 2, 60), 210), widest + 4, most, width)
