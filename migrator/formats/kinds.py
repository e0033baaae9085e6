"""What a file can be."""

from enum import StrEnum


class Kind(StrEnum):
    """The kinds of file that the product tells apart, by content."""

    CORPUS = "corpus"
    TYPE_SYSTEM = "type_system"
    DICTIONARIES = "dictionaries"
    DICTIONARY = "dictionary"
    DOCUMENTS = "documents"
    ARCHIVE = "archive"
    UNKNOWN = "unknown"
