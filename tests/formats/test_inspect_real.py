"""Real exports: the counts of their README and the anomalies that are known of them."""

from pathlib import Path

import pytest

from migrator.formats.inspect import Inspection, inspect
from migrator.formats.kinds import Kind

COUNTS: dict[str, dict[str, int]] = {
    "sms-2018": {"documents": 120, "mentions": 632, "relations": 167, "entity_types": 14},
    "food": {"documents": 150, "mentions": 1_128, "relations": 213, "coreferences": 219},
    "proc-36a": {
        "documents": 10,
        "mentions": 2_039,
        "relations": 740,
        "entity_types": 44,
        "relation_types": 199,
        "dictionaries": 1,
        "entries": 12,
    },
    "telco-voc": {"documents": 350, "mentions": 2_195, "dictionaries": 7},
    "pandemic": {"documents": 13, "mentions": 52},
    "travel": {"documents": 22, "dictionaries": 1},
}
FOUND: dict[str, dict[str, int]] = {
    "sms-2018": {"duplicate_name": 40, "duplicate_text": 40, "text_in_training_and_test": 22},
    "food": {"chain_of_one": 18, "chain_mixed_types": 5, "document_in_several_annotation_sets": 40},
    "proc-36a": {"text_no_break_space": 2, "text_control_character": 2, "mention_off_tokens": 7},
    "telco-voc": {
        "mention_off_tokens": 304,
        "mentions_nested": 18,
        "text_html_entity": 144,
        "document_without_mentions": 25,
    },
    "pandemic": {"duplicate_text": 1},
    "travel": {"duplicate_name": 12, "text_in_several_annotation_sets": 5},
}


@pytest.fixture(scope="module")
def inspected(shared_data: Path) -> dict[str, Inspection]:
    return {name: inspect([shared_data / name]) for name in COUNTS}


@pytest.mark.parametrize("folder", COUNTS)
def test_a_real_export_counts_what_its_readme_says(
    folder: str, inspected: dict[str, Inspection]
) -> None:
    counts = inspected[folder].counts
    assert {name: counts[name] for name in COUNTS[folder]} == COUNTS[folder]


@pytest.mark.parametrize("folder", FOUND)
def test_a_real_export_shows_the_anomalies_known_of_it_and_no_error(
    folder: str, inspected: dict[str, Inspection]
) -> None:
    found = {one.code: one.count for one in inspected[folder].findings}
    assert {code: found.get(code) for code in FOUND[folder]} == FOUND[folder]
    assert not inspected[folder].has_errors


def test_the_details_of_a_real_export_add_up(inspected: dict[str, Inspection]) -> None:
    for inspection in inspected.values():
        counts, details = inspection.counts, inspection.details
        assert sum(details["entity_types"].values()) == counts["mentions"]
        assert sum(details["relation_types"].values()) == counts["relations"]
        assert sum(details["languages"].values()) == counts["documents"]
        assert len(details["document_sets"]) == counts["document_sets"]
        everything = [one for one in details["document_sets"].values() if one["type"] == "ALL"]
        assert [one["mentions"] for one in everything] == [counts["mentions"]]


@pytest.mark.parametrize(
    ("corpus", "types", "undefined"),
    [("food", "travel", 1_128), ("travel", "food", 43), ("proc-36a", "telco-voc", 2_039)],
)
def test_a_corpus_with_a_foreign_type_system_gives_undefined_types(
    corpus: str, types: str, undefined: int, shared_data: Path
) -> None:
    paths = [*(shared_data / corpus).glob("corpus*"), *(shared_data / types).glob("*.json")]
    inspection = inspect(paths)
    found = {one.code: one for one in inspection.findings}
    assert found["undefined_mention_type"].count == undefined
    assert found["undefined_mention_type"].level == "error"
    assert found["workspace_ids_differ"].level == "note" if corpus != "proc-36a" else True
    assert inspection.has_errors


def test_every_file_of_a_folder_is_listed_with_its_kind(inspected: dict[str, Inspection]) -> None:
    kinds = [file.kind for file in inspected["proc-36a"].files]
    assert sorted(kinds) == [Kind.CORPUS, Kind.DICTIONARY, Kind.TYPE_SYSTEM]
