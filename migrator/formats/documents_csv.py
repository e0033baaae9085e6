"""Documents not yet annotated: CSV of name and text, without a header, as people upload it."""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from migrator.formats.dictionary_csv import read_rows
from migrator.formats.errors import FormatError
from migrator.formats.text_decoding import decode_text

MAX_FILE = 256_000_000  # bytes read at most; the service takes 200 MB in one upload


class LooseDocument(msgspec.Struct, frozen=True):
    """A row: name and text as they stand in the file."""

    name: str
    text: str


def read_documents_csv(path: Path) -> Iterator[LooseDocument]:
    """The documents one by one; FormatError when the rows cannot be read or the file is huge."""
    if path.stat().st_size > MAX_FILE:
        raise FormatError(
            "The CSV is larger than the 200 MB that Knowledge Studio takes in one upload.",
            meaning="It was not read.",
            remedy="Split it into several files.",
        )
    for row in read_rows(decode_text(path.read_bytes()).text):
        yield LooseDocument(row[0], row[1] if len(row) > 1 else "")
