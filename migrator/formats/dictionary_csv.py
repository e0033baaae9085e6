"""Dictionary CSV: `lemma, poscode, surface…` in ragged rows, by the service or by hand.

The service writes UTF-8, CRLF, everything quoted. People write bare CR, no quotes, a comma after
the header, blanks before the poscode, a BOM, other encodings.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from typing import TextIO

import msgspec

from migrator.formats.errors import FormatError
from migrator.formats.text_decoding import decode_text

HEADER = ("lemma", "poscode", "surface")
MAX_FIELD = 16_000_000  # characters; the largest CSV that the service takes has 16 MB
_BLANK_BEFORE_QUOTE = re.compile(r'(?:^|[,\r\n])[^"\r\n,]*"[^"]*",[ \t]+"')
csv.field_size_limit(MAX_FIELD)  # the default of 131,072 is less than one long document


class Entry(msgspec.Struct, eq=True):
    """One row, as it stands in the file; only blanks around the poscode are gone."""

    lemma: str
    poscode: str
    surfaces: list[str]


class DictionaryTable(msgspec.Struct):
    """A decoded CSV. `has_header` is False where the first row is already an entry."""

    text: str
    encoding: str
    has_header: bool

    def entries(self) -> Iterator[Entry]:
        """The rows one by one, blank lines left out. FormatError when a row cannot be read."""
        rows = read_rows(self.text)
        if self.has_header:
            next(rows, None)
        for row in rows:
            yield _entry(row)


def read_table(payload: bytes) -> DictionaryTable:
    """Decode a dictionary CSV. What is no dictionary is not refused here but in `recognize`."""
    decoded = decode_text(payload)
    first = next(read_rows(decoded.text), [])
    return DictionaryTable(decoded.text, decoded.encoding, is_header(first))


def read_rows(source: str | TextIO) -> Iterator[list[str]]:
    """The non-empty rows of any CSV, a text or a file at its start that translates no line ends.

    FormatError where its quotes do not close.
    """
    file = io.StringIO(source, newline="") if isinstance(source, str) else source
    spaced = _BLANK_BEFORE_QUOTE.search(file.read(4096)) is not None
    file.seek(0)
    reader = csv.reader(file, skipinitialspace=spaced, strict=False)
    try:
        yield from (row for row in reader if row)
    except csv.Error as exc:
        raise FormatError(
            f"The CSV cannot be read after line {reader.line_num}.",
            meaning="Its rows or quotes are broken, so nothing of it was used.",
            remedy="Save it again as CSV in UTF-8, or download it again from Knowledge Studio.",
        ) from exc


def is_header(row: list[str]) -> bool:
    """Whether `row` is `lemma,poscode,surface`, in any case, with or without a trailing comma."""
    names = tuple(cell.strip().lower() for cell in row)
    return names[:2] == HEADER[:2] and set(names[2:]) <= {"surface", "surfaces", ""}


def write_rows(entries: Iterable[Entry], file: TextIO) -> None:
    """Header and entries as the service writes them; `file` must not translate line ends."""
    writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(HEADER)
    for entry in entries:
        writer.writerow((entry.lemma, entry.poscode, *entry.surfaces))


def _entry(row: list[str]) -> Entry:
    lemma, poscode, *surfaces = row if len(row) > 1 else (*row, "")
    return Entry(lemma, poscode.strip(" \t\u00a0"), surfaces)
