"""From what people type to typed cells, with a sentence for what cannot be taken."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any

from migrator.services.worksheets.columns import Column, Sheet, Sort

LARGEST_NUMBER = 10**12
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?")
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
# Blanks, points, commas and apostrophes between groups of three digits, as spreadsheets write.
_GROUPED = re.compile(r"\d{1,3}(?:[ \u00a0\u202f.,'’]\d{3})+")
_ALLOWED_CONTROLS = "\t\n\r"


class BadCell(ValueError):
    """A value cannot be taken; the words follow the column's label."""


def read_cells(sheet: Sheet, given: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """Typed cells of the columns in `given`, and what is wrong, by column; "" stands for empty."""
    cells: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for key, text in given.items():
        try:
            cells[key] = read_cell(sheet.by_key[key], text)
        except BadCell as problem:
            wrong[key] = str(problem)
    return cells, wrong


def read_cell(column: Column, text: str) -> str | int:
    """The value of one cell; "" where it is empty. Raises BadCell."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not text:
        return ""
    if len(text) > column.longest:
        raise BadCell(f"has {len(text):,} characters; {column.longest:,} are allowed.")
    if any(unicodedata.category(c) == "Cc" and c not in _ALLOWED_CONTROLS for c in text):
        raise BadCell("has control characters in it.")
    if column.sort == Sort.NUMBER:
        return _number(text)
    if column.sort == Sort.DATE:
        return _date(text).isoformat()
    if column.sort == Sort.CHOICE:
        return _choice(column, text)
    return text if column.sort == Sort.NOTE else " ".join(text.split())


def shown(column: Column, value: Any) -> str:
    """A cell for a reader: the word of a choice or state, a number with separators."""
    if isinstance(value, int):
        return f"{value:,}"
    if column.sort == Sort.STATE:
        return state_word(str(value))
    return dict(column.choices).get(str(value), str(value))


def state_word(state: str) -> str:
    """A state in words: "In progress" for IN_PROGRESS; what people type stays as it is."""
    is_code = state.isupper() or ("_" in state and " " not in state)
    return state.replace("_", " ").capitalize() if is_code else state


def _number(text: str) -> int:
    plain = re.sub(r"\D", "", text) if _GROUPED.fullmatch(text) else text.removesuffix(".0")
    if not plain.isascii() or not plain.isdecimal():
        raise BadCell(f"is no whole number: {text[:40]}")
    if int(plain[:20]) > LARGEST_NUMBER:
        raise BadCell("is too large a number.")
    return int(plain)


def _date(text: str) -> date:
    """ISO, 24.12.2026, or with slashes where only one order is possible."""
    try:
        if found := _ISO.fullmatch(text):
            return date(*(int(part) for part in found.groups()))
        if found := _DOTTED.fullmatch(text):
            day, month, year = (int(part) for part in found.groups())
            return date(year, month, day)
        if found := _SLASHED.fullmatch(text):
            return _slashed(*(int(part) for part in found.groups()))
    except ValueError as problem:
        if isinstance(problem, BadCell):
            raise
    raise BadCell(f"is no date: {text[:40]}. Write it as 2026-12-24.")


def _slashed(first: int, second: int, year: int) -> date:
    if first > 12:
        return date(year, second, first)
    if second > 12 or first == second:
        return date(year, first, second)
    raise BadCell(f"can be read in two ways: {first}/{second}/{year}. Write it as 2026-12-24.")


def _choice(column: Column, text: str) -> str:
    wanted = text.casefold()
    for value, word in column.choices:
        if wanted in {value.casefold(), word.casefold()}:
            return value
    words = ", ".join(word for _, word in column.choices)
    raise BadCell(f"is none of the choices ({words}): {text[:40]}")
