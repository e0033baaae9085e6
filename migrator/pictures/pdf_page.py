"""The page of a PDF: fonts, head and foot, and words that the fonts cannot show.

Knowledge Studio has workspaces in Arabic, Chinese, Japanese and Korean too. The fonts of those are
large and slow down every text, so they are taken only where a report has such a sign.
"""

from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont
from fpdf import FPDF

FONTS = Path(__file__).parent / "fonts"
SANS, MONO = "IBMPlexSans", "IBMPlexMono"
# Fonts of Latin, Greek and Cyrillic, by family and emphasis.
_ALWAYS = {
    (SANS, ""): "IBMPlexSans-Regular.woff",
    (SANS, "B"): "IBMPlexSans-SemiBold.woff",
    (MONO, ""): "IBMPlexMono-Regular.woff",
}
# Fonts that stand in, by family. They have no bold.
_ARABIC = "IBMPlexSansArabic"
_STANDING_IN = {
    "DroidSansFallback": "DroidSansFallback-EastAsian.woff",
    _ARABIC: "IBMPlexSansArabic-Regular.woff",
}
# What stands for a sign that the fonts lack.
MARK = "\N{REPLACEMENT CHARACTER}"


class Page(FPDF):
    """An A4 page with a foot: what it is, and its number of how many.

    Every text goes through `shown`; `lost` counts the signs that had to be replaced.
    """

    def __init__(self, foot: str) -> None:
        super().__init__(format="A4", unit="mm")
        self.lost = 0
        self._standing_in: list[str] = []
        for (family, emphasis), file in _ALWAYS.items():
            self.add_font(family, emphasis, FONTS / file)
        self.foot = self.shown(foot)
        self.set_margins(18, 18, 18)
        self.set_auto_page_break(True, margin=20)

    def footer(self) -> None:
        """Called by the library at the end of each page."""
        self.set_y(-14)
        self.set_font(SANS, size=8)
        self.set_text_color(82, 82, 82)
        self.cell(0, 4, self.foot)
        self.set_x(self.l_margin)
        self.cell(0, 4, f"Page {self.page_no()} of {{nb}}", align="R")

    def shown(self, words: str) -> str:
        """`words` with a mark for each sign that no font has, and without control characters."""
        kept = []
        for sign in words:
            if sign.isspace() and sign != "\n":
                kept.append(" ")
            elif self._is_drawn(sign):
                kept.append(sign)
            else:
                kept.append(MARK)
                self.lost += 1
        return "".join(kept)

    def place(self, x: float, y: float, words: str) -> None:
        """Words on a base line that begins at `x`, `y`, in mm, in whatever font each sign needs."""
        if not self._standing_in:
            self.text(x, y, words)
            return
        # `text` knows one font only; a cell has its base line at 0.8 of its height, if that is the
        # size of the font, and would begin a new page where it does not fit this one.
        breaks, margin, back = self.auto_page_break, self.c_margin, (self.x, self.y)
        self.auto_page_break, self.c_margin = False, 0
        self.set_xy(x, y - 0.8 * self.font_size)
        self.cell(self.get_string_width(words), self.font_size, words)
        self.auto_page_break, self.c_margin = breaks, margin
        self.set_xy(*back)

    def _is_drawn(self, sign: str) -> bool:
        if sign == "\n" or (sign.isprintable() and ord(sign) in _known()):
            return True
        family = next((name for name in _STANDING_IN if ord(sign) in _signs_of(name)), None)
        if family is None or not sign.isprintable():
            return False
        if family not in self._standing_in:
            self._take(family)
        return True

    def _take(self, family: str) -> None:
        self.add_font(family, "", FONTS / _STANDING_IN[family])
        self._standing_in.append(family)
        self.set_fallback_fonts(self._standing_in, exact_match=False)
        if family == _ARABIC:  # its letters are joined, and run from right to left
            self.set_text_shaping(True)


@cache
def _known() -> frozenset[int]:
    """The signs that all fonts of every report have."""
    return frozenset.intersection(*map(_signs_in, _ALWAYS.values()))


@cache
def _signs_of(family: str) -> frozenset[int]:
    """The signs of a font that stands in."""
    return _signs_in(_STANDING_IN[family])


def _signs_in(file: str) -> frozenset[int]:
    with TTFont(FONTS / file, lazy=True) as font:
        return frozenset(font.getBestCmap())
