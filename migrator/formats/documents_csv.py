"""Documents not yet annotated: CSV of name and text, without a header, as people upload it."""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from migrator.formats.dictionary_csv import read_rows
from migrator.formats.errors import FormatError
from migrator.formats.text_decoding import encoding_of

MAX_FILE = 256_000_000  # bytes read at most; the service takes 200 MB in one upload


class LooseDocument(msgspec.Struct, frozen=True):
    """A row: name and text as they stand in the file."""

    name: str
    text: str


def read_documents_csv(path: Path) -> Iterator[LooseDocument]:
    """The documents one by one, read as they are asked for.

    FormatError when the rows cannot be read or the file is huge.
    """
    if path.stat().st_size > MAX_FILE:
        raise FormatError(
            "The CSV is larger than the 200 MB that Knowledge Studio takes in one upload.",
            meaning="It was not read.",
            remedy="Split it into several files.",
        )
    with path.open(encoding=encoding_of(path), errors="replace", newline="") as file:
        for row in read_rows(file):
            yield LooseDocument(row[0], row[1] if len(row) > 1 else "")
