"""A report as PDF: tables whole, pictures drawn, each page numbered."""

from collections.abc import Sequence
from pathlib import Path

from fpdf import FontFace
from fpdf.enums import TableBordersLayout

from migrator.pictures.pdf_drawing import draw, height_of
from migrator.pictures.pdf_page import MARK, SANS, Page
from migrator.pictures.pdf_tables import clipped, draw_table, hash_face
from migrator.pictures.report import Report, Section


def write_pdf(report: Report, path: Path) -> None:
    """Write the report to `path`."""
    page = Page(f"{report.title} · {report.product}")
    page.set_title(report.title)
    page.set_author(report.made_by)
    page.set_creator(report.product)
    page.set_creation_date(report.made_at)
    page.set_lang("en")
    page.add_page()
    _head(page, report)
    for section in report.sections:
        _section(page, section)
    if page.lost:
        _heading(page, "Signs that this PDF cannot show", 12)
        _said(page, _LOST.format(page.lost))
    page.output(str(path))


_LOST = (
    f"{{:,}} signs are shown as {MARK}: the fonts of this PDF have Latin, Greek, Cyrillic, Arabic, "
    "Chinese, Japanese and Korean letters. The report as HTML, CSV or JSON shows them all."
)


def _head(page: Page, report: Report) -> None:
    _font(page, 20)
    page.multi_cell(0, 9, page.shown(report.title), new_x="LMARGIN", new_y="NEXT", align="L")
    page.ln(1)
    _font(page, 12, bold=True)
    page.multi_cell(0, 6, page.shown(report.verdict), new_x="LMARGIN", new_y="NEXT", align="L")
    page.ln(2)
    made = f"{report.made_at:%Y-%m-%d %H:%M %Z} for {report.made_by}"
    _facts(page, [("Report made", made), *report.facts])


def _section(page: Page, section: Section) -> None:
    _heading(page, section.title, 14)
    for words in section.said:
        _said(page, words)
    if section.facts:
        _facts(page, section.facts)
    for picture in section.pictures:
        _heading(page, picture.title, 11, below=height_of(page, picture))
        _said(page, picture.summary)
        if picture.is_drawn:
            draw(page, picture)
        if picture.note and picture.note != picture.summary:
            _said(page, picture.note)
    for one in section.tables:
        _heading(page, one.title, 11)
        draw_table(page, one.table)
    # The figures of what is drawn, for whoever cannot see it or wants to copy them.
    for picture in section.pictures:
        if picture.table.rows:
            _heading(page, f"{picture.title}: figures", 11)
            draw_table(page, picture.table)


def _font(page: Page, size: float, *, bold: bool = False) -> None:
    page.set_font(SANS, "B" if bold else "", size)
    page.set_text_color(22, 22, 22)


def _heading(page: Page, words: str, size: float, below: float = 25) -> None:
    """A heading on the page of what stands below it, which is so many mm high."""
    if page.get_y() + 15 + below > page.h - page.b_margin:
        page.add_page()
    page.ln(4)
    _font(page, size, bold=size < 14)
    page.multi_cell(0, size * 0.5, page.shown(words), new_x="LMARGIN", new_y="NEXT", align="L")
    page.ln(1)


def _said(page: Page, words: str) -> None:
    _font(page, 9.5)
    page.multi_cell(0, 4.6, page.shown(words), new_x="LMARGIN", new_y="NEXT", align="L")
    page.ln(1)


def _facts(page: Page, facts: Sequence[tuple[str, str]]) -> None:
    _font(page, 9.5)
    style = FontFace(emphasis=None)
    with page.table(
        borders_layout=TableBordersLayout.NONE,
        col_widths=(26, 74),
        first_row_as_headings=False,
        line_height=4.6,
        text_align="LEFT",
    ) as drawn:
        for name, value in facts:
            row = drawn.row()
            row.cell(page.shown(name), style=style)
            words = clipped(page, page.shown(value or "–"), page.epw * 0.7)
            row.cell(words, style=hash_face(value) or style)
