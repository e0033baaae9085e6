"""The colours of looks on paper: what the style sheet says for the light theme."""

from dataclasses import dataclass

Colour = tuple[int, int, int]

INK: Colour = (22, 22, 22)
QUIET: Colour = (82, 82, 82)
PAPER: Colour = (255, 255, 255)
LINE: Colour = (224, 224, 224)
STRONG: Colour = (141, 141, 141)
BLUE: Colour = (15, 98, 254)
LIGHT_BLUE: Colour = (208, 226, 255)
MID_BLUE: Colour = (69, 137, 255)
RED: Colour = (218, 30, 40)
GREEN: Colour = (25, 128, 56)
LIGHT_GREEN: Colour = (222, 251, 230)
AMBER: Colour = (142, 106, 0)
LIGHT_AMBER: Colour = (252, 244, 214)
PURPLE: Colour = (138, 63, 252)
LIGHT_PURPLE: Colour = (246, 242, 255)


@dataclass(frozen=True)
class Look:
    """How a shape is filled and drawn; None for not at all. Widths and dashes in CSS pixels."""

    fill: Colour | None = None
    stroke: Colour | None = None
    width: float = 1
    dash: tuple[float, float] | None = None


LOOKS: dict[str, Look] = {
    "text": Look(INK),
    "label": Look(INK),
    "quiet": Look(QUIET),
    "alarm": Look(RED),
    "good-text": Look(GREEN),
    "on-bad-text": Look(PAPER),
    "on-warn": Look(INK),
    "paper": Look(PAPER),
    "line": Look(LINE),
    "axis": Look(STRONG),
    "link": Look(None, STRONG),
    "before": Look(PAPER, QUIET),
    "after": Look(BLUE),
    "run": Look(MID_BLUE),
    "lost": Look(RED),
    "risk": Look(LIGHT_PURPLE, PURPLE),
    "wait": Look(LIGHT_PURPLE, PURPLE),
    "unknown": Look(None, STRONG, 1, (3, 3)),
    "slants": Look(None, PURPLE),
    "crosses": Look(None, PAPER),
    "node": Look(LIGHT_BLUE, BLUE, 1.5),
    "gone": Look(None, RED, 1.5, (4, 3)),
    "gone-line": Look(None, RED),
    "new": Look(LIGHT_GREEN, GREEN, 1.5),
    "other": Look(LIGHT_BLUE, AMBER, 1.5),
    "other-ring": Look(None, AMBER, 1.5),
    "edge": Look(None, QUIET),
    "role": Look(None, QUIET, 1, (2, 4)),
    "edge-gone": Look(None, RED, 1, (6, 4)),
    "edge-new": Look(None, GREEN, 2),
    "tip": Look(QUIET),
    "tip-role": Look(PAPER, QUIET),
    "tip-gone": Look(RED),
    "tip-new": Look(GREEN),
    "box": Look(PAPER, STRONG),
    "box-on": Look(LIGHT_BLUE, BLUE),
    "box-alarm": Look(PAPER, RED, 2),
    "dashed": Look(None, QUIET, 1, (4, 3)),
    "outline": Look(PAPER, QUIET, 1.5),
    "ring": Look(PAPER, QUIET, 1.5),
    "good": Look(GREEN),
    "bad": Look(RED),
    "on-bad": Look(None, PAPER, 1.5),
    "warn": Look(LIGHT_AMBER, AMBER, 1.5),
}


def look_of(name: str) -> Look:
    """The look of a class of the style sheet."""
    return LOOKS[name.removeprefix("app-pic-")]
