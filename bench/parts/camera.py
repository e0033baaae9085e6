"""Photographs pages in both themes and on a phone, and says what is wrong with each of them."""

import io
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Literal, cast

from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Page, ViewportSize

# Rules of WCAG 2.0 to 2.2, levels A and AA.
RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    }
}
WIDE: ViewportSize = {"width": 1280, "height": 900}
NARROW: ViewportSize = {"width": 320, "height": 800}
LONGEST = 3200  # pixels of height that are kept: what comes further down looks like what is above
TOP = 960  # pixels of height of what stands in the README
COLOURS = 256  # the soft edges of letters are more, and take the nearest
Theme = Literal["light", "dark"]
Colour = tuple[int, int, int]


class Camera:
    """Takes pictures into a folder; `problems` collects what it saw, as lines to print."""

    def __init__(self, page: Page, folder: Path) -> None:
        self.page = page
        self.folder = folder
        self.pages = 0
        self.problems: list[str] = []
        page.on("pageerror", lambda error: self.problems.append(f"{page.url}: {error}"))

    def take(self, name: str, *, phone: bool = False) -> None:
        """The page in both themes, checked at both widths; kept from the phone where asked for."""
        self.pages += 1
        self._look(name, WIDE, "light", keep=name)
        self._look(name, WIDE, "dark", keep=f"{name}-dark")
        self._look(name, NARROW, "light", keep=f"{name}-320" if phone else "")
        self._look(name, NARROW, "dark", keep="")
        self.page.set_viewport_size(WIDE)
        self.page.emulate_media(color_scheme="light")

    def _look(self, name: str, size: ViewportSize, theme: Theme, *, keep: str) -> None:
        self.page.set_viewport_size(size)
        self.page.emulate_media(color_scheme=theme)
        where = f"{name}, {size['width']} px, {theme}"
        self.problems += [f"{where}: {said}" for said in self._violations()]
        over: int = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        if over > 0:
            self.problems.append(f"{where}: scrolls sideways by {over} px")
        if keep:
            self._save(self.folder / f"{keep}.png")

    def _violations(self) -> list[str]:
        found = Axe().run(self.page, options=RULES).response["violations"]
        return [
            f"{each['id']} at {' '.join(node['target'])}"
            for each in found
            for node in each["nodes"]
        ]

    def _save(self, path: Path) -> None:
        """As high as the page is, so that what sticks to the window's edges stands right."""
        high: int = self.page.evaluate("document.documentElement.scrollHeight")
        size = self.page.viewport_size
        assert size
        self.page.set_viewport_size(
            {"width": size["width"], "height": min(max(high, size["height"]), LONGEST)}
        )
        # Without "initial" the library adds a style that the policy refuses.
        taken = self.page.screenshot(caret="initial")
        with Image.open(io.BytesIO(taken)) as image:
            _with_few_colours(image.convert("RGB")).save(path, optimize=True)


def crop_tops(folder: Path, names: Iterable[str]) -> None:
    """Keep the upper part of some pictures once more, all of one size."""
    for name in names:
        with Image.open(folder / f"{name}.png") as image:
            top = image.crop((0, 0, image.width, TOP))
        top.save(folder / f"{name}-top.png", optimize=True)


def _with_few_colours(image: Image.Image) -> Image.Image:
    """The same with a palette: a quarter of the bytes; flat colours stay exactly as they are."""
    counted = Counter(cast(Iterable[Colour], image.get_flattened_data()))
    # A small yellow icon counts for more than the greys of much text.
    first = sorted(counted, key=lambda c: counted[c] * (16 + max(c) - min(c)), reverse=True)
    # One of each kind only, so that white becomes white and not the grey beside it.
    kinds: dict[Colour, Colour] = {}
    for red, green, blue in first:
        kinds.setdefault((red >> 3, green >> 3, blue >> 3), (red, green, blue))
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for colour in list(kinds.values())[:COLOURS] for part in colour])
    return image.quantize(palette=palette, dither=Image.Dither.NONE)
