"""The page of a PDF: fonts, head and foot, and words that the fonts cannot show."""

from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont
from fpdf import FPDF

FONTS = Path(__file__).parent / "fonts"
SANS, MONO = "IBMPlexSans", "IBMPlexMono"
# What stands for a sign that the fonts lack.
MARK = "\N{REPLACEMENT CHARACTER}"


class Page(FPDF):
    """An A4 page with a foot: what it is, and its number of how many.

    Every text goes through `shown`; `lost` counts the signs that had to be replaced.
    """

    def __init__(self, foot: str) -> None:
        super().__init__(format="A4", unit="mm")
        self.lost = 0
        self.add_font(SANS, "", FONTS / "IBMPlexSans-Regular.woff")
        self.add_font(SANS, "B", FONTS / "IBMPlexSans-SemiBold.woff")
        self.add_font(MONO, "", FONTS / "IBMPlexMono-Regular.woff")
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
        """`words` with a mark for each sign that the fonts lack, and without control characters."""
        kept = []
        for sign in words:
            if ord(sign) in _known() and (sign.isprintable() or sign in " \n"):
                kept.append(sign)
            elif sign.isspace():
                kept.append(" ")
            else:
                kept.append(MARK)
                self.lost += 1
        return "".join(kept)


@cache
def _known() -> frozenset[int]:
    """The signs that all three fonts have."""
    fonts = (TTFont(path) for path in sorted(FONTS.glob("*.woff")))
    shared = frozenset.intersection(*(frozenset(font.getBestCmap()) for font in fonts))
    return shared | {ord("\n")}
