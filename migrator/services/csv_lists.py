"""Lists as CSV files: written so that a spreadsheet does no harm, read as spreadsheets write."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from migrator.errors import ServiceError
from migrator.formats.text_decoding import decode_text

LARGEST = 5_000_000  # bytes
MOST_LINES = 10_000
_NAMED = 20  # problems that a refusal lists
# What a spreadsheet takes for a formula (OWASP, "CSV injection"), behind any number of apostrophes:
# one apostrophe more makes it text, and reading takes exactly that one away again.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
_GUARDED = re.compile(r"''*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?\s*')
_UTF8_BOM = "\ufeff"  # without it, spreadsheets take UTF-8 for the local encoding


@dataclass(frozen=True)
class Line:
    """One line of a list: its number in the file, and its cells by the header's words."""

    number: int
    cells: dict[str, str]


class BadLines(ServiceError):
    """Lines cannot be taken; `lines` are (number, what is wrong), 0 for the file itself."""

    def __init__(self, lines: Sequence[tuple[int, str]]) -> None:
        said = " ".join(
            f"Line {number}: {words}" if number else words for number, words in lines[:_NAMED]
        )
        more = len(lines) - _NAMED
        super().__init__(
            f"{said} And {more:,} more." if more > 0 else said,
            meaning="Nothing of the file was stored.",
            remedy="Correct the lines named and bring the file again.",
        )
        self.lines = list(lines)


def write_list(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """The list as CSV text with a byte order mark, in which nothing is a formula."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return _UTF8_BOM + file.getvalue()


def read_list(path: Path, known: Sequence[Sequence[str]]) -> list[Line]:
    """The lines of a CSV file. `known` are the columns, each a list of the words that name it.

    Comma, semicolon and tab separate; a byte order mark, UTF-16, Windows-1252, a `sep=` line, any
    line ends, blank lines and empty columns at the end are taken. Raises BadLines for a header
    that is none, and for lines with more cells than it.
    """
    _refuse_size(path)
    rows = _rows(decode_text(path.read_bytes()).text.lstrip(_UTF8_BOM))
    number, header = next(rows, (1, []))
    columns = _columns(header, known)
    lines: list[Line] = []
    bad: list[tuple[int, str]] = []
    for number, row in rows:
        cells = [_as_typed(cell) for cell in row]
        while len(cells) > len(columns) and not cells[-1].strip():
            cells.pop()
        if len(cells) > len(columns):
            bad.append((number, f"has {len(cells)} cells; the header names {len(columns)}."))
        elif any(cell.strip() for cell in cells):
            lines.append(Line(number, _named(columns, cells)))
    if len(lines) > MOST_LINES:
        bad.insert(0, (0, f"The file has {len(lines):,} lines; {MOST_LINES:,} are allowed."))
    if bad:
        raise BadLines(bad)
    return lines


def _named(columns: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    return {name: cell for name, cell in zip(columns, cells, strict=False) if name}


def harmless(cell: Any) -> Any:
    """The cell, with an apostrophe before it where a spreadsheet would run it; "" for None."""
    text = "" if cell is None else cell
    return f"'{text}" if isinstance(text, str) and _FORMULA.match(text) else text


def _as_typed(cell: str) -> str:
    return cell[1:] if _GUARDED.match(cell) else cell


def _refuse_size(path: Path) -> None:
    size = path.stat().st_size
    if size > LARGEST:
        raise BadLines([(0, f"The file has {size / 1e6:,.1f} MB; a list has at most 5 MB.")])
    with path.open("rb") as file:
        if file.read(4) in {b"PK\x03\x04", b"\xd0\xcf\x11\xe0"}:
            raise BadLines([(0, "This is a workbook, no CSV file: save it as CSV (UTF-8) first.")])


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Numbered rows that are not blank."""
    if "\0" in text:
        raise BadLines([(0, "The file is no text.")])
    first, _, rest = text.partition("\n")
    stated = _SEPARATOR_LINE.fullmatch(first.rstrip("\r"))
    skipped = 1 if stated else 0
    body = rest if stated else text
    separator = stated[1] if stated else _separator(body)
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=separator, strict=True)
    begin = 1
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                yield begin + skipped, row
            begin = reader.line_num + 1
    except csv.Error as problem:
        raise BadLines(
            [(begin + skipped, "cannot be read: its quotes are not closed as they should be.")]
        ) from problem


def _separator(text: str) -> str:
    """The sign that separates the header's words."""
    header = re.sub(r'"[^"]*"', "", re.split(r"[\r\n]", text.lstrip("\r\n"), maxsplit=1)[0])
    return max(",;\t", key=lambda sign: (header.count(sign), sign == ","))


def _columns(header: Sequence[str], known: Sequence[Sequence[str]]) -> list[str]:
    """The first word of each column in the file's order; "" for an empty heading."""
    words = {_plain(word): names[0] for names in known for word in names}
    columns = [words.get(_plain(heading), "") for heading in header]
    strange = [
        h.strip()[:40] for h, name in zip(header, columns, strict=True) if h.strip() and not name
    ]
    named = [name for name in columns if name]
    twice = {name for name in named if named.count(name) > 1}
    if strange or twice or not named:
        raise BadLines([(1, _about_header(strange, twice, known))])
    while columns and not columns[-1]:
        columns.pop()
    return columns


def _about_header(
    strange: Sequence[str], twice: Iterable[str], known: Sequence[Sequence[str]]
) -> str:
    expected = ", ".join(names[-1] for names in known)
    if strange:
        return f"no column is called {', '.join(strange)}. The columns are: {expected}."
    if twice:
        return f"the column {', '.join(sorted(twice))} stands there twice."
    return f"names no column. The first line names the columns: {expected}."


def _plain(word: str) -> str:
    return re.sub(r"[\W_]+", " ", word).strip().casefold()
