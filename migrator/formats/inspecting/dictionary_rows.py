"""Dictionaries by themselves: their rows, their promises, the service's limits."""

from migrator.formats.dictionaries import Dictionary
from migrator.formats.dictionary_csv import Entry
from migrator.formats.inspecting.tally import Tally

MAX_ENTRIES = 15_000
MAX_CSV_SIZE = 1_000_000  # bytes, of an editable dictionary
MAX_SURFACE = 256  # characters
# By IBM's page on dictionaries: European languages, Chinese, Japanese, Korean.
_EUROPEAN = frozenset(map(str, range(11)))
_CHINESE = frozenset(map(str, range(31, 36)))
_JAPANESE = frozenset(map(str, (19, 23, 24, *range(140, 147))))
_KOREAN = frozenset(map(str, (10010, *range(10300, 10351))))
_EVERY = _EUROPEAN | _CHINESE | _JAPANESE | _KOREAN
_BY_LANGUAGE = {"zh": _CHINESE, "ja": _JAPANESE, "ko": _KOREAN}


def check_dictionary(dictionary: Dictionary, tally: Tally) -> None:
    """Check one dictionary; examples name it and the number of the entry."""
    name = dictionary.name or dictionary.id
    poscodes = _poscodes(dictionary)
    lemmas: set[str] = set()
    for number, entry in enumerate(dictionary.entries, start=1):
        _check_entry(entry, f"{name}, entry {number}", poscodes, tally)
        if entry.lemma and entry.lemma in lemmas:
            tally.add("entry_duplicate_lemma", detail=f"{name}, entry {number}")
        lemmas.add(entry.lemma)
    _check_promises(dictionary, name, tally)
    _check_limits(dictionary, name, tally)


def _poscodes(dictionary: Dictionary) -> frozenset[str]:
    """What the dictionary itself lists, else those of its language, else all."""
    if dictionary.pos_codes:
        return frozenset(poscode.id for poscode in dictionary.pos_codes)
    language = dictionary.language.lower()[:2]
    return _BY_LANGUAGE.get(language, _EUROPEAN) if language else _EVERY


def _check_entry(entry: Entry, where: str, poscodes: frozenset[str], tally: Tally) -> None:
    lemma, surfaces = entry.lemma, entry.surfaces
    if not lemma.strip():
        tally.add("entry_lemma_empty", detail=where)
    elif lemma != lemma.strip():
        tally.add("entry_padded_lemma", detail=where)
    if lemma.strip() and lemma not in surfaces:
        tally.add("entry_lemma_not_surface", detail=where)
    if len(set(surfaces)) != len(surfaces):
        tally.add("entry_repeated_surface", detail=where)
    if entry.poscode not in poscodes:
        tally.add("entry_unknown_poscode", detail=where)
    for surface in surfaces:
        if len(surface) > MAX_SURFACE:
            tally.add("limit_surface", detail=where)


def _check_promises(dictionary: Dictionary, name: str, tally: Tally) -> None:
    declared, found = dictionary.declared, len(dictionary.entries)
    if dictionary.schema is not None and dictionary.csv_size == 0:
        tally.add("dictionary_without_csv", detail=name)
    elif declared is not None and declared != found:
        tally.add("dictionary_count_differs", detail=f"{name}: {found:,} of {declared:,}")
    if dictionary.encoding != "utf-8":
        tally.add("csv_encoding", detail=f"{name}: {dictionary.encoding}")
    if not dictionary.has_header and dictionary.csv_size:
        tally.add("csv_header_missing", detail=name)


def _check_limits(dictionary: Dictionary, name: str, tally: Tally) -> None:
    count = len(dictionary.entries)
    if count > MAX_ENTRIES:
        tally.add("limit_entries", detail=f"{name}: {count:,} of 15,000", count=count)
    if dictionary.csv_size > MAX_CSV_SIZE:
        tally.add("limit_dictionary_size", detail=f"{name}: {dictionary.csv_size:,} bytes")
