"""What pictures are made of. Lengths are CSS pixels; a look is a class of the style sheet."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from migrator.pictures.table import Table

Point = tuple[float, float]
Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True)
class Rect:
    """A rectangle; `radius` rounds its corners."""

    x: float
    y: float
    width: float
    height: float
    look: str
    radius: float = 0


@dataclass(frozen=True)
class Circle:
    """A circle."""

    x: float
    y: float
    radius: float
    look: str


@dataclass(frozen=True)
class Polygon:
    """A closed outline."""

    points: Sequence[Point]
    look: str


@dataclass(frozen=True)
class Strokes:
    """Lines through points, each list of them apart."""

    lines: Sequence[Sequence[Point]]
    look: str


@dataclass(frozen=True)
class Text:
    """One line of text; `y` is its base line, `angle` turns it around its start, in degrees."""

    x: float
    y: float
    text: str
    look: str = "app-pic-text"
    size: float = 12
    anchor: Anchor = "start"
    bold: bool = False
    angle: float = 0


@dataclass(frozen=True)
class Group:
    """Shapes that belong together: `key` names them for a script, `about` tells on hover."""

    shapes: "Sequence[Shape]"
    about: str = ""
    key: str = ""
    kind: str = ""


Shape = Rect | Circle | Polygon | Strokes | Text | Group


@dataclass(frozen=True)
class Picture:
    """A picture with its table. Without shapes there is nothing to draw, and `note` says why.

    `summary` tells in a sentence what is to be seen. `is_boxed` sets the picture on a ground of its
    own. `narrow` is the same picture for a phone, where there is one; without it the picture
    shrinks there, and a link opens it large. `row` is the height of one row where the picture is a
    list of them, so that paper can part it between two rows; they begin at `head`.
    """

    title: str
    summary: str
    table: Table
    width: float = 0
    height: float = 0
    shapes: Sequence[Shape] = field(default_factory=tuple)
    note: str = ""
    is_boxed: bool = False
    is_large: bool = False
    head: float = 0
    row: float = 0
    narrow: "Picture | None" = None

    @property
    def key(self) -> str:
        """Its title as an id: small letters and hyphens."""
        return re.sub(r"[^a-z]+", "-", self.title.lower()).strip("-") or "picture"

    @property
    def is_drawn(self) -> bool:
        """True where there is something to look at beside the table."""
        return bool(self.shapes)
