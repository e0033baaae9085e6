"""CSV files told apart: a dictionary, documents in two columns, or something else."""

from migrator.formats.dictionary_csv import is_header, read_rows
from migrator.formats.errors import FormatError
from migrator.formats.kinds import Kind
from migrator.formats.near import Verdict, stranger

_ROWS = 50  # enough to tell the shape
_OTHER_SEPARATORS = ("lemma;poscode", "lemma\tposcode", '"lemma";"poscode"', '"lemma"\t"poscode"')


def recognize_csv(text: str, *, is_whole: bool) -> Verdict:
    """What a text file is, by its first rows; `is_whole` is False where `text` was cut."""
    if "\0" in text or "\ufffd" in text:
        return stranger("This file is neither text nor a ZIP that can be read.", "binary")
    if text.lstrip("\ufeff").lower().startswith(_OTHER_SEPARATORS):
        return stranger(
            "This is a dictionary whose columns are not separated by commas.",
            "dictionary",
            "Save it again as CSV with commas.",
        )
    rows = _first_rows(text, is_whole=is_whole)
    if rows and is_header(rows[0]):
        return Verdict(Kind.DICTIONARY, "A dictionary as CSV.")
    if rows and all(_is_entry(row) for row in rows):
        return Verdict(Kind.DICTIONARY, "A dictionary as CSV, without the header row.")
    if rows and all(_is_document(row) for row in rows):
        return Verdict(Kind.DOCUMENTS, "Documents without annotations, as CSV of name and text.")
    return stranger("This is a text, but neither a type system nor a dictionary.", "text")


def _first_rows(text: str, *, is_whole: bool) -> list[list[str]]:
    rows = []
    try:
        for row in read_rows(text):
            rows.append(row)
            if len(rows) > _ROWS:
                return rows[:-1]
    except FormatError:
        return []
    return rows if is_whole or len(rows) == 1 else rows[:-1]


def _is_entry(row: list[str]) -> bool:
    return len(row) > 2 and row[1].strip().isdigit()


def _is_document(row: list[str]) -> bool:
    return len(row) == 2 or (len(row) == 3 and not row[2].strip())
