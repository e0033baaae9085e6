"""What only the bundle as a whole shows: languages, workspaces, mappings."""

from collections.abc import Iterable

from migrator.formats.inspecting.bundle_parts import MAX_DICTIONARIES, BundleParts
from migrator.formats.inspecting.tally import Tally
from migrator.formats.inspection import InspectedFile

# By IBM's page on language support; zh is simplified, zh-tw traditional Chinese.
LANGUAGES = frozenset(
    ("ar", "de", "en", "es", "fr", "it", "ja", "ko", "nl", "pt-br", "zh", "zh-tw")
)


def check_bundle(parts: BundleParts, files: Iterable[InspectedFile], tally: Tally) -> None:
    """Hold the parts against one another."""
    _check_workspaces(files, tally)
    _check_languages(parts, tally)
    _check_mappings(parts, tally)
    if len(parts.dictionaries) > MAX_DICTIONARIES:
        count = len(parts.dictionaries)
        tally.add("limit_dictionaries", detail=f"{count} of 64", count=count)


def language_code(written: str) -> str:
    """`EN`, `pt_BR` and `zh-TW` as IBM's list writes them."""
    return written.strip().lower().replace("_", "-")


def _check_workspaces(files: Iterable[InspectedFile], tally: Tally) -> None:
    named = [file for file in files if file.workspace_id]
    for file in named[1:]:
        if file.workspace_id != named[0].workspace_id:
            detail = f"{file.path.name} names {file.workspace_id}, not {named[0].workspace_id}"
            tally.add("workspace_ids_differ", detail=detail)


def _check_languages(parts: BundleParts, tally: Tally) -> None:
    languages = parts.sums.languages
    for written, count in languages.items():
        if language_code(written) not in LANGUAGES:
            tally.add("unsupported_language", detail=written, count=count)
    for written, count in languages.most_common()[1:]:
        tally.add("mixed_languages", detail=f"{written} ({count:,} documents)")
    codes = {language_code(written) for written in languages}
    for dictionary in parts.dictionaries.values():
        language = dictionary["language"]
        if codes and language and language_code(language) not in codes:
            tally.add("dictionary_language_differs", detail=f"{dictionary['name']}: {language}")


def _check_mappings(parts: BundleParts, tally: Tally) -> None:
    known = {name for one in parts.type_systems for name in (*one.labels, *one.labels.values())}
    for dictionary in parts.dictionaries.values():
        entity_type = dictionary["entity_type_id"]
        if known and entity_type and entity_type not in known:
            tally.add("dictionary_type_undefined", detail=f"{dictionary['name']}: {entity_type}")
