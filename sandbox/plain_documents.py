"""Documents that are not annotated yet: a two-column CSV (name, text) or one text file."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from migrator.formats.errors import FormatError


def csv_documents(path: Path, _name: str) -> Iterator[tuple[str, str]]:
    """(name, text) of each row; there is no header. FormatError for rows of another width."""
    rows = csv.reader(io.StringIO(_text(path), newline=""))
    for row in rows:
        if not row:
            continue
        if len(row) != 2:
            raise FormatError("A row of the CSV file does not have two columns, name and text.")
        yield row[0], row[1]


def text_documents(path: Path, name: str) -> Iterator[tuple[str, str]]:
    """The file as one document named after it."""
    yield name, _text(path)


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FormatError("The file is not UTF-8 text.") from error
