"""Every anomaly is found where it is, by its code, and nothing else is."""

from collections.abc import Callable
from pathlib import Path

import pytest

from migrator.formats.findings import CATALOGUE
from migrator.formats.inspect import inspect
from tests.formats.plain_exports import Plain, PlainCorpus
from tests.formats.small_exports import (
    document_id,
    mention,
    sentences_of,
    small_corpus,
    small_types,
    write_corpus_zip,
    write_types,
)

Edit = Callable[[PlainCorpus, Plain], None]


def _set_text(corpus: PlainCorpus, text: str, number: int = 0) -> Plain:
    """Give a document another text everywhere, without annotations."""
    truth = corpus.ground_truths[document_id(number)]
    truth |= {"text": text, "sentences": sentences_of(text), "mentions": []}
    truth |= {"relations": [], "corefs": []}
    corpus.documents[number]["text"] = text
    return truth


def _edit_mention(**changes: object) -> Edit:
    """Change the second mention of the first document; its relation goes away with it."""

    def edit(_corpus: PlainCorpus, truth: Plain) -> None:
        truth["mentions"][1] |= changes
        truth["relations"] = []

    return edit


def _property(name: str, value: str) -> Edit:
    def edit(_corpus: PlainCorpus, truth: Plain) -> None:
        truth["mentions"][1]["properties"][name] = value

    return edit


def _add_mention(label: str, begin: int, end: int) -> Edit:
    def edit(_corpus: PlainCorpus, truth: Plain) -> None:
        truth["mentions"].append(mention("cm9", label, begin, end))

    return edit


def _append(part: str, item: Plain) -> Edit:
    def edit(_corpus: PlainCorpus, truth: Plain) -> None:
        truth[part].append(item)

    return edit


def _text(text: str) -> Edit:
    def edit(corpus: PlainCorpus, _truth: Plain) -> None:
        _set_text(corpus, text)

    return edit


def _set_field(number: int, **changes: object) -> Edit:
    def edit(corpus: PlainCorpus, _truth: Plain) -> None:
        corpus.sets[number] |= changes

    return edit


def _empty_text(corpus: PlainCorpus, _truth: Plain) -> None:
    _set_text(corpus, "")["sentences"] = []


def _no_ground_truth(corpus: PlainCorpus, truth: Plain) -> None:
    del corpus.ground_truths[truth["id"]]


def _no_document(corpus: PlainCorpus, truth: Plain) -> None:
    del corpus.documents[0]
    for one in corpus.sets:
        one["documents"] = [name for name in one["documents"] if name != truth["id"]]
        one["count"] = len(one["documents"])


def _document_twice(corpus: PlainCorpus, _truth: Plain) -> None:
    corpus.documents.append(dict(corpus.documents[0]))


def _set_twice(corpus: PlainCorpus, _truth: Plain) -> None:
    corpus.sets[2]["id"] = corpus.sets[1]["id"]


def _same_name(corpus: PlainCorpus, _truth: Plain) -> None:
    corpus.documents[1]["name"] = corpus.documents[0]["name"]


def _copy_text(corpus: PlainCorpus, number: int) -> Plain:
    """Give document `number` the text and annotations of the first."""
    first, other = corpus.ground_truths[document_id(0)], corpus.ground_truths[document_id(number)]
    for name in ("text", "sentences", "mentions", "relations", "corefs"):
        other[name] = first[name]
    corpus.documents[number]["text"] = corpus.documents[0]["text"]
    return other


def _same_text(corpus: PlainCorpus, _truth: Plain) -> None:
    _copy_text(corpus, 7)


def _same_text_differently(corpus: PlainCorpus, _truth: Plain) -> None:
    _copy_text(corpus, 7)["relations"] = []


def _same_text_tested(corpus: PlainCorpus, _truth: Plain) -> None:
    _copy_text(corpus, 9)


def _other_text(corpus: PlainCorpus, _truth: Plain) -> None:
    corpus.documents[0]["text"] += " "


def _token_text(_corpus: PlainCorpus, truth: Plain) -> None:
    truth["sentences"][0]["tokens"][0]["text"] = "the"


def _tokens_swapped(_corpus: PlainCorpus, truth: Plain) -> None:
    tokens = truth["sentences"][0]["tokens"]
    tokens[0], tokens[1] = tokens[1], tokens[0]


def _sentences_swapped(_corpus: PlainCorpus, truth: Plain) -> None:
    truth["sentences"].reverse()


def _unspoken(_corpus: PlainCorpus, truth: Plain) -> None:
    del truth["sentences"][1]
    truth["mentions"] = truth["mentions"][:2]
    truth["mentions"][0]["inCoref"] = False
    truth["corefs"] = []


def _in_progress(corpus: PlainCorpus, _truth: Plain) -> None:
    corpus.documents[0]["status"] = "IN_PROGRESS"


def _no_sentences(_corpus: PlainCorpus, truth: Plain) -> None:
    truth["sentences"] = []


def _foreign_sentences(_corpus: PlainCorpus, truth: Plain) -> None:
    truth["sentences"][0]["text"] = "Quite another text."


def _no_text(corpus: PlainCorpus, truth: Plain) -> None:
    truth["text"] = "\x01\x02\x03\x04" * 20
    corpus.documents[0]["text"] = truth["text"]


def _several_annotators(corpus: PlainCorpus, _truth: Plain) -> None:
    again = corpus.sets[2] | {"id": "a2", "name": "second", "documents": [document_id(0)]}
    corpus.sets.append(again | {"count": 1})


def _trained_and_tested(corpus: PlainCorpus, _truth: Plain) -> None:
    corpus.sets[4]["documents"].append(document_id(0))
    corpus.sets[4]["count"] += 1


def _other_language(_corpus: PlainCorpus, truth: Plain) -> None:
    truth["language"] = "DE"


def _mixed_chain(_corpus: PlainCorpus, truth: Plain) -> None:
    truth["corefs"][0]["mentions"].append("s0-m1")


RELATION = {"id": "s0-r9", "properties": {}, "type": "hasDamage", "args": ["s0-m0", "s0-m1"]}
LONG = "word " * 8_000 + "word"

CASES: dict[str, tuple[Edit, dict[str, int]]] = {
    "undefined mention type": (
        _edit_mention(type="Damgae"),
        {"undefined_mention_type": 1},
    ),
    "undefined relation type": (
        _append("relations", RELATION | {"type": "hasDamages"}),
        {"undefined_relation_type": 1},
    ),
    "undefined relation signature": (
        _append("relations", RELATION | {"args": ["s0-m1", "s0-m0"]}),
        {"undefined_relation_signature": 1},
    ),
    "a relation by role instead of type": (
        lambda _corpus, truth: (
            truth["mentions"][2]["properties"].update({"SIRE_MENTION_ROLE": "Damage"}),
            truth["relations"].append(RELATION | {"args": ["s0-m0", "s1-m0"]}),
        )[0],
        {},
    ),
    "unknown role": (_property("SIRE_MENTION_ROLE", "Place"), {"unknown_role": 1}),
    "unknown subtype": (_property("SIRE_ENTITY_SUBTYPE", "front"), {"unknown_subtype": 1}),
    "unknown mention type": (_property("SIRE_MENTION_TYPE", "OTHER"), {"unknown_mention_type": 1}),
    "beyond the text": (_edit_mention(begin=60, end=900), {"offset_out_of_range": 1}),
    "before the text": (_edit_mention(begin=-3, end=2), {"offset_out_of_range": 1}),
    "end before begin": (_edit_mention(begin=9, end=4), {"offset_out_of_range": 1}),
    "empty span": (_edit_mention(begin=4, end=4), {"empty_span": 1}),
    "outside of sentences": (
        _edit_mention(begin=31, end=32),
        {"mention_outside_sentence": 1, "mention_edge_space": 1, "mention_newline": 1},
    ),
    "across sentences": (
        _edit_mention(begin=27, end=38),
        {"mention_across_sentences": 1, "mention_newline": 1, "mentions_nested": 1},
    ),
    "mention id twice": (
        lambda _corpus, truth: truth["mentions"].append(mention("s0-m1", "Place", 53, 57)),
        {"duplicate_mention_id": 1, "undefined_relation_signature": 1},
    ),
    "relation id twice": (
        _append("relations", RELATION | {"id": "s0-r0"}),
        {"duplicate_relation_id": 1},
    ),
    "chain id twice": (
        _append("corefs", {"id": "c0", "mentions": ["s0-m0", "s1-m0"]}),
        {"duplicate_chain_id": 1},
    ),
    "three arguments": (
        _append("relations", RELATION | {"args": ["s0-m0", "s0-m1", "s1-m0"]}),
        {"relation_without_two_arguments": 1},
    ),
    "argument of nothing": (
        _append("relations", RELATION | {"args": ["s0-m0", "s9-m9"]}),
        {"relation_argument_missing": 1},
    ),
    "member of nothing": (
        _append("corefs", {"id": "c1", "mentions": ["s0-m0", "s9-m9"]}),
        {"chain_member_missing": 1},
    ),
    "marked without a chain": (_edit_mention(inCoref=True), {"coref_flag_without_chain": 1}),
    "chain of one": (_append("corefs", {"id": "c1", "mentions": ["s0-m1"]}), {"chain_of_one": 1}),
    "mixed chain": (_mixed_chain, {"chain_mixed_types": 1}),
    "partly overlapping": (
        _add_mention("Place", 0, 8),
        {"mentions_overlap": 1, "mention_off_tokens": 1},
    ),
    "nested": (_add_mention("Place", 0, 10), {"mentions_nested": 1}),
    "same span": (_add_mention("Place", 4, 10), {"mentions_same_span": 1}),
    "same span, same type": (_add_mention("Part", 4, 10), {"mentions_same_span_and_type": 1}),
    "off tokens": (_edit_mention(begin=27, end=29), {"mention_off_tokens": 1}),
    "edge space": (
        _edit_mention(begin=25, end=30),
        {"mention_edge_space": 1, "mention_off_tokens": 1},
    ),
    "empty text": (_empty_text, {"empty_text": 2, "document_without_mentions": 1}),
    "no mentions": (_text("Nothing to mark here."), {"document_without_mentions": 1}),
    "no ground truth": (_no_ground_truth, {"document_without_ground_truth": 1}),
    "no document": (_no_document, {"ground_truth_without_document": 1}),
    "document twice": (_document_twice, {"duplicate_document_id": 1}),
    "set twice": (_set_twice, {"duplicate_set_id": 1}),
    "same name": (_same_name, {"duplicate_name": 1}),
    "same text": (_same_text, {"duplicate_text": 1}),
    "same text, other annotations": (
        _same_text_differently,
        {"duplicate_text": 1, "duplicate_text_differently": 1},
    ),
    "same text, trained and tested": (
        _same_text_tested,
        {"duplicate_text": 1, "text_in_training_and_test": 1},
    ),
    "other text": (_other_text, {"text_differs": 1}),
    "token that differs": (_token_text, {"token_text_differs": 1}),
    "tokens in another order": (_tokens_swapped, {"tokens_out_of_order": 1}),
    "sentences in another order": (
        _sentences_swapped,
        {"sentences_out_of_order": 1, "text_between_sentences": 1},
    ),
    "text between sentences": (_unspoken, {"text_between_sentences": 1}),
    "in progress": (_in_progress, {"document_in_progress": 1}),
    "sentences gone": (_no_sentences, {"obscured_document": 1}),
    "sentences of another text": (_foreign_sentences, {"obscured_document": 1}),
    "text that is none": (_no_text, {"obscured_document": 1}),
    "set with a stranger": (
        _set_field(4, documents=["nobody-1"], count=1),
        {"set_missing_document": 1},
    ),
    "wrong count": (_set_field(4, count=99), {"set_count_wrong": 1}),
    "empty set": (_set_field(4, documents=[], count=0), {"empty_set": 1}),
    "long set name": (_set_field(4, name="n" * 257), {"limit_set_name": 1}),
    "several annotators": (
        _several_annotators,
        {"document_in_several_annotation_sets": 1, "text_in_several_annotation_sets": 1},
    ),
    "trained and tested": (
        _trained_and_tested,
        {"document_in_training_and_test": 1, "text_in_training_and_test": 1},
    ),
    "another language": (_other_language, {"mixed_languages": 1}),
    "carriage return": (
        _text("One\r\nTwo"),
        {"text_carriage_return": 1, "document_without_mentions": 1},
    ),
    "no-break space": (
        _text("a\u00a0b"),
        {"text_no_break_space": 1, "document_without_mentions": 1},
    ),
    "byte order mark": (
        _text("\ufeffone two"),
        {"text_byte_order_mark": 1, "document_without_mentions": 1},
    ),
    "control character": (
        _text("one two three four five\x07 six seven"),
        {"text_control_character": 1, "document_without_mentions": 1},
    ),
    "HTML entity": (
        _text("one &amp; two"),
        {"text_html_entity": 1, "document_without_mentions": 1},
    ),
    "too long": (_text(LONG + "w" * 20), {"limit_characters": 1, "document_without_mentions": 1}),
}


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
    truth = _set_text(corpus, "\U0001f697 The bumper has a dent.")
    truth["mentions"] = [mention("s0-m0", "Part", 7, 13)]  # in UTF-16 units, the emoji counts two
    truth["sentences"] = _in_utf16(truth["text"], truth["sentences"])

    inspection = inspect([write_corpus_zip(tmp_path, corpus), write_types(tmp_path)])

    assert {finding.code: finding.count for finding in inspection.findings} == {"utf16_offsets": 1}


def test_offsets_in_code_points_stay_as_they_are(tmp_path: Path) -> None:
    corpus = small_corpus()
    truth = _set_text(corpus, "\U0001f697 The bumper has a dent.")
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
