"""The service's published limits, in the units IBM states them in."""

from dataclasses import dataclass

MEGABYTE = 1_000_000  # decimal, as the limits are meant


@dataclass(frozen=True)
class Limits:
    """What a workspace and an instance may hold; tests make them smaller, never larger."""

    type_system_bytes: int = 20 * MEGABYTE
    upload_bytes: int = 200 * MEGABYTE
    documents: int = 10_000  # for each workspace
    document_characters: int = 40_000
    document_sets: int = 1_000  # annotation sets included
    set_name: int = 256  # characters
    dictionaries: int = 64
    dictionary_entries: int = 15_000
    dictionary_bytes: int = MEGABYTE  # CSV of an editable dictionary
    read_only_dictionary_bytes: int = 16 * MEGABYTE
    surface: int = 256  # characters
    tasks: int = 256
    versions: int = 10  # of each model
    training_documents: int = 10
    training_running: int = 3
    training_waiting: int = 10
    page: int = 100  # items in one answer


LANGUAGES = ("ar", "de", "en", "es", "fr", "it", "ja", "ko", "nl", "pt-br", "zh", "zh-tw")
TOKENIZERS = ("ml", "dictionary")
ROLES = ("Human annotator", "Project manager", "Admin")  # from least to most


def language_code(text: str) -> str:
    """IBM's code for a language as an export may spell it: `EN` and `pt_BR` are `en`, `pt-br`."""
    return text.strip().replace("_", "-").lower()
