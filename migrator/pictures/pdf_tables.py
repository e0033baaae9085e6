"""Tables of a PDF: whole, however many columns they have and however long their words are."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast

from fpdf import FontFace
from fpdf.enums import MethodReturnValue, TableBordersLayout, TableHeadingsDisplay

from migrator.pictures.pdf_page import MONO, SANS, Page
from migrator.pictures.table import Table, is_hash

ROWS = 500  # of one table; CSV and JSON have all
_GREY = (244, 244, 244)
_SIZE = 8  # points
_LINE = 4.2  # mm
_PADDING = 0.8  # mm
# A row has to fit on a page below the headings: this many lines of a cell are shown.
_LINES = 40
_NARROW, _WIDE = 28.0, 80.0  # mm: a word that is longer is parted, words that are longer wrap
_SIGN = 2.9  # mm that no sign of this size is wider than: East Asian ones are square


@dataclass(frozen=True)
class _Part:
    """Some columns of a table, and how wide each is drawn in mm."""

    places: Sequence[int]
    widths: Sequence[float]


def draw_table(page: Page, listed: Table) -> None:
    """The table at the cursor. What is wider than the page goes on in a table below.

    Every such table begins with the first column, which says what a row is about.
    """
    rows = [[page.shown(" ".join(words.split())) for words, _ in row] for row in _kept(listed)]
    heads = [page.shown(column.label) for column in listed.columns]
    page.set_font(SANS, "", _SIZE)
    page.set_text_color(22, 22, 22)
    parts = list(_parts(page, heads, rows))
    for number, part in enumerate(parts, start=1):
        if len(parts) > 1:
            if page.get_y() + 25 > page.h - page.b_margin:  # mm: never apart from its table
                page.add_page()
            _say(page, f"Columns {part.places[1]:,} to {part.places[-1]:,}, part {number}")
        _draw(page, listed, part, [heads, *rows])
    if len(listed.rows) > ROWS:
        _say(page, f"The first {ROWS} of {len(listed.rows):,} rows; CSV and JSON have all.")


def hash_face(words: str) -> FontFace | None:
    """How a SHA-256 is written; None for anything else."""
    return FontFace(family=MONO, size_pt=_SIZE) if is_hash(words) else None


def clipped(page: Page, words: str, width: float) -> str:
    """As much of `words` as a cell of `width` mm shows on one page."""
    if len(words) * _SIGN <= width * _LINES:
        return words
    room = width - 2 * _PADDING
    found = page.multi_cell(room, _LINE, words, dry_run=True, output=MethodReturnValue.LINES)
    lines = cast("list[str]", found)
    return words if len(lines) <= _LINES else f"{' '.join(lines[: _LINES - 1])} … (cut here)"


def _kept(listed: Table) -> list[list[tuple[str, bool]]]:
    return Table(listed.columns, listed.rows[:ROWS]).shown


def _parts(page: Page, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[_Part]:
    """The columns in groups that fit the page, the first of them in each."""
    columns = list(zip(heads, *rows, strict=True))
    least = [_least(page, words) for words in columns]
    best = [max(_best(page, words), low) for words, low in zip(columns, least, strict=True)]
    places = [0]
    for place in range(1, len(columns)):
        if len(places) > 1 and sum(least[one] for one in [*places, place]) > page.epw:
            yield _Part(places, _shared(page.epw, places, least, best))
            places = [0]
        places.append(place)
    yield _Part(places, _shared(page.epw, places, least, best))


def _least(page: Page, words: Sequence[str]) -> float:
    """The width in mm below which a word of the column would be parted."""
    longest = max((word for each in words for word in each.split()), key=len, default="")
    return min(_across(page, longest), _NARROW)


def _best(page: Page, words: Sequence[str]) -> float:
    """The width in mm at which nothing of the column wraps, within bounds."""
    return min(_across(page, max(words, key=len)), _WIDE)


def _across(page: Page, words: str) -> float:
    page.set_font(SANS, "B", _SIZE)
    wide = float(page.get_string_width(words)) + 2 * _PADDING + 1
    page.set_font(SANS, "", _SIZE)
    return wide


def _shared(
    room: float, places: Sequence[int], least: Sequence[float], best: Sequence[float]
) -> list[float]:
    """What each column needs, and of what is left a share by how much more it could use."""
    wanted = [best[one] - least[one] + 1 for one in places]
    left = max(room - sum(least[one] for one in places), 0)
    shares = [left * want / sum(wanted) for want in wanted]
    return [least[one] + share for one, share in zip(places, shares, strict=True)]


def _draw(page: Page, listed: Table, part: _Part, rows: Sequence[Sequence[str]]) -> None:
    numbers = [listed.columns[place].is_number for place in part.places]
    page.set_font(SANS, "", _SIZE)
    with page.table(
        borders_layout=TableBordersLayout.HORIZONTAL_LINES,
        headings_style=FontFace(emphasis="BOLD", fill_color=_GREY),
        line_height=_LINE,
        text_align=tuple("RIGHT" if one else "LEFT" for one in numbers),
        col_widths=tuple(part.widths),
        repeat_headings=TableHeadingsDisplay.ON_TOP_OF_EVERY_PAGE,
        padding=_PADDING,
    ) as drawn:
        for row in rows:
            cells = drawn.row()
            for place, width in zip(part.places, part.widths, strict=True):
                cells.cell(clipped(page, row[place], width), style=hash_face(row[place]))


def _say(page: Page, words: str) -> None:
    page.set_font(SANS, "", _SIZE)
    page.multi_cell(0, _LINE, words, new_x="LMARGIN", new_y="NEXT", align="L")
    page.ln(1)
