"""Every anomaly is found where it is, by its code, and nothing else is."""

from pathlib import Path

import pytest

from migrator.formats.findings import CATALOGUE
from migrator.formats.inspect import inspect
from tests.formats.annotation_cases import ANNOTATION_CASES
from tests.formats.corpus_cases import CORPUS_CASES, set_text
from tests.formats.plain_exports import Plain
from tests.formats.small_exports import (
    document_id,
    mention,
    small_corpus,
    small_types,
    write_corpus_zip,
    write_types,
)

CASES = ANNOTATION_CASES | CORPUS_CASES


def test_a_clean_workspace_gives_no_finding(tmp_path: Path) -> None:
    inspection = inspect([write_corpus_zip(tmp_path), write_types(tmp_path)])

    assert inspection.findings == []
    assert inspection.is_recognized
    assert not inspection.has_errors


@pytest.mark.parametrize("case", CASES)
def test_an_anomaly_is_found_by_its_code_and_nothing_else_is(case: str, tmp_path: Path) -> None:
    edit, expected = CASES[case]
    corpus = small_corpus()
    edit(corpus, corpus.ground_truths[document_id(0)])

    inspection = inspect([write_corpus_zip(tmp_path, corpus), write_types(tmp_path)])

    assert {finding.code: finding.count for finding in inspection.findings} == expected
    for finding in inspection.findings:
        assert finding.level == CATALOGUE[finding.code].level


def test_a_corpus_without_its_types_is_not_checked_against_any(tmp_path: Path) -> None:
    corpus = small_corpus()
    corpus.ground_truths[document_id(0)]["mentions"][1]["type"] = "Unheard"

    assert inspect([write_corpus_zip(tmp_path, corpus)]).findings == []


def test_an_undefined_type_names_its_nearest_labels(tmp_path: Path) -> None:
    corpus = small_corpus()
    corpus.ground_truths[document_id(0)]["mentions"][1]["type"] = "DAMAGES"

    inspection = inspect([write_corpus_zip(tmp_path, corpus), write_types(tmp_path)])

    found = next(one for one in inspection.findings if one.code == "undefined_mention_type")
    assert found.examples == ["DAMAGES (1 times; nearest here: Damage)"]
    assert "sibling workspace" in CATALOGUE[found.code].remedy


def test_offsets_in_utf16_units_are_converted_before_every_check(tmp_path: Path) -> None:
    corpus = small_corpus()
    truth = set_text(corpus, "\U0001f697 The bumper has a dent.")
    truth["mentions"] = [mention("s0-m0", "Part", 7, 13)]  # in UTF-16 units, the emoji counts two
    truth["sentences"] = _in_utf16(truth["text"], truth["sentences"])

    inspection = inspect([write_corpus_zip(tmp_path, corpus), write_types(tmp_path)])

    assert {finding.code: finding.count for finding in inspection.findings} == {"utf16_offsets": 1}


def test_offsets_in_code_points_stay_as_they_are(tmp_path: Path) -> None:
    corpus = small_corpus()
    truth = set_text(corpus, "\U0001f697 The bumper has a dent.")
    truth["mentions"] = [mention("s0-m0", "Part", 6, 12)]

    assert inspect([write_corpus_zip(tmp_path, corpus), write_types(tmp_path)]).findings == []


def _in_utf16(text: str, sentences: list[Plain]) -> list[Plain]:
    def unit(place: int) -> int:
        return len(text[:place].encode("utf-16-le")) // 2

    return [
        sentence
        | {"begin": unit(sentence["begin"]), "end": unit(sentence["end"])}
        | {
            "tokens": [
                token | {"begin": unit(token["begin"]), "end": unit(token["end"])}
                for token in sentence["tokens"]
            ]
        }
        for sentence in sentences
    ]


def test_every_occurrence_reaches_the_sink_while_examples_are_few(tmp_path: Path) -> None:
    corpus = small_corpus()
    for truth in corpus.ground_truths.values():
        truth["mentions"][1]["properties"]["SIRE_MENTION_TYPE"] = "OTHER"
    occurrences: list[str] = []

    inspection = inspect(
        [write_corpus_zip(tmp_path, corpus)], sink=lambda one: occurrences.append(one.document)
    )

    assert occurrences == list(corpus.ground_truths)
    assert [len(finding.examples) for finding in inspection.findings] == [10]
    assert inspection.findings[0].documents == 12


def test_types_of_another_shape_still_leave_the_documents_readable(tmp_path: Path) -> None:
    types = small_types()
    types["relationshipTypes"] = []

    inspection = inspect([write_corpus_zip(tmp_path), write_types(tmp_path, types)])

    assert {one.code: one.count for one in inspection.findings} == {"undefined_relation_type": 12}
    assert inspection.has_errors
