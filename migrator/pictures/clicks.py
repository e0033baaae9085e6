"""Where to click, as a small drawing of our own: a window with its menu, tabs and button."""

from collections.abc import Sequence

from migrator.pictures.lettering import fitted, width_of
from migrator.pictures.shapes import Circle, Picture, Rect, Shape, Text
from migrator.pictures.table import Cell, table

WIDTH, _MENU, _TOP = 460.0, 150.0, 26.0
_TAB, _BUTTON = 30.0, 30.0
_WORDS = {"menu": "Menu at the left", "tab": "Tab", "button": "Button or link"}


def clicks_drawing(path: str) -> Picture:
    """`path` is what to click, one after the other, with " > " between."""
    steps = [step.strip() for step in path.split(">")]
    kinds = _kinds(len(steps))
    rows: list[list[Cell]] = [
        [number, step, _WORDS[kind]]
        for number, (step, kind) in enumerate(zip(steps, kinds, strict=True), start=1)
    ]
    tabs = [step for step, kind in zip(steps, kinds, strict=True) if kind == "tab"]
    height = _TOP + 24 + len(tabs) * (_TAB + 8) + _BUTTON + 30
    return Picture(
        title="Where to click",
        summary=f"In Knowledge Studio click {', then '.join(steps)}.",
        table=table(["Number#", "Click", "Where"], rows),
        width=WIDTH,
        height=height,
        shapes=[*_window(height), *_menu(steps[0]), *_tabs(tabs), *_button(steps, len(tabs))],
    )


def _kinds(count: int) -> list[str]:
    """The first is in the menu, the last is a button, what is between are tabs."""
    return ["menu", *["tab"] * (count - 2), *["button"] * (count > 1)]


def _window(height: float) -> list[Shape]:
    return [
        Rect(1, 1, WIDTH - 2, height - 2, "app-pic-box"),
        Rect(1, 1, WIDTH - 2, _TOP, "app-pic-line"),
        Text(12, 18, "Knowledge Studio", "app-pic-text", 11),
        Rect(_MENU, _TOP, 1, height - _TOP - 1, "app-pic-line"),
    ]


def _menu(words: str) -> list[Shape]:
    """The entry to click between two that are only hinted at."""
    shown = fitted(words, _MENU - 48, bold=True)
    return [
        Rect(14, _TOP + 14, 70, 6, "app-pic-line"),
        Rect(6, _TOP + 30, _MENU - 12, 30, "app-pic-box-on"),
        *_numbered(1, 20, _TOP + 45),
        Text(36, _TOP + 49, shown, bold=True),
        Rect(14, _TOP + 74, 90, 6, "app-pic-line"),
    ]


def _tabs(tabs: Sequence[str]) -> list[Shape]:
    shapes: list[Shape] = []
    for place, words in enumerate(tabs):
        y = _TOP + 14 + place * (_TAB + 8)
        wide = width_of(words, bold=True) + 44
        shapes += [
            Rect(_MENU + 16, y, wide, _TAB, "app-pic-box-on"),
            *_numbered(place + 2, _MENU + 32, y + _TAB / 2),
            Text(_MENU + 48, y + 19, words, bold=True),
            Rect(_MENU + 30 + wide, y + 12, 50, 6, "app-pic-line"),
        ]
    return shapes


def _button(steps: Sequence[str], tabs: int) -> list[Shape]:
    if len(steps) == 1:
        return []
    y = _TOP + 18 + tabs * (_TAB + 8)
    wide = width_of(steps[-1], bold=True) + 44
    return [
        Rect(_MENU + 16, y, wide, _BUTTON, "app-pic-box-on", 4),
        *_numbered(len(steps), _MENU + 32, y + _BUTTON / 2),
        Text(_MENU + 48, y + 19, steps[-1], bold=True),
    ]


def _numbered(number: int, x: float, y: float) -> list[Shape]:
    return [
        Circle(x, y, 9, "app-pic-after"),
        Text(x, y + 4, str(number), "app-pic-on-bad-text", 11, "middle", True),
    ]
