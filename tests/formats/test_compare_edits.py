"""Each single edit is found, with its kind, and nothing else is."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from migrator.formats.compare import Comparison, Difference, compare
from migrator.formats.compare_links import LOST_WITH_MENTION
from migrator.formats.compare_mentions import CROSSES
from migrator.formats.compare_text import SPLIT_ANEW, SPLIT_ESCAPE, compare_text
from migrator.formats.ground_truth import Annotations, read_annotations
from sandbox.generator import GeneratedExport, generate
from tests.formats.plain_exports import Plain, PlainCorpus, read_plain, with_new_ids

SETTINGS = settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> GeneratedExport:
    """Small, and odd: every kind of anomaly and repeated documents."""
    return generate(
        tmp_path_factory.mktemp("generated"), seed=31, documents=56, tokens_per_document=40
    )


@pytest.fixture(scope="module")
def corpus(export: GeneratedExport) -> PlainCorpus:
    return read_plain(export.corpus)


def outcome(export: GeneratedExport, edited: PlainCorpus, folder: Path) -> Comparison:
    return compare([export.corpus], [edited.write(folder / "edited.zip")])


def annotated(corpus: PlainCorpus, place: int, part: str = "mentions") -> Plain:
    """A ground truth with something in `part`, chosen by `place`."""
    fitting = [one for _, one in sorted(corpus.ground_truths.items()) if one[part]]
    return fitting[place % len(fitting)]


def lone_mention(truth: Plain, place: int) -> Plain:
    """A mention that shares its span with no other, chosen by `place`."""
    spans = [(one["begin"], one["end"]) for one in truth["mentions"]]
    lone = [one for one in truth["mentions"] if spans.count((one["begin"], one["end"])) == 1]
    found: Plain = lone[place % len(lone)]
    return found


# Which document, what in it, and whether all ids are issued anew besides.
Place = tuple[int, int, bool]
places = st.tuples(st.integers(0, 10_000), st.integers(0, 10_000), st.booleans())


@SETTINGS
@given(places, st.sampled_from([-1, 1]))
def test_a_mention_moved_by_one(
    export: GeneratedExport, corpus: PlainCorpus, tmp_path: Path, place: Place, step: int
) -> None:
    document, place_in_it, reissued = place
    edited = corpus.copy()
    mention = lone_mention(annotated(edited, document), place_in_it)
    mention["begin"] += step if mention["begin"] else 1
    mention["end"] += step
    edited = with_new_ids(edited) if reissued else edited
    found = outcome(export, edited, tmp_path)
    assert found.totals == {"changed_mention": 1}
    assert "place" in found.examples[0].detail


CHANGES: dict[str, tuple[str, str]] = {
    "SIRE_MENTION_ROLE": ("Destination", "role"),
    "SIRE_ENTITY_SUBTYPE": ("Electrical", "subtype"),
    "SIRE_MENTION_CLASS": ("NEG", "class"),
    "SIRE_MENTION_TYPE": ("PRO", "mention type"),
}


@SETTINGS
@given(places, st.sampled_from(sorted(CHANGES)))
def test_a_property_of_a_mention_changed(
    export: GeneratedExport, corpus: PlainCorpus, tmp_path: Path, place: Place, name: str
) -> None:
    document, place_in_it, reissued = place
    edited = corpus.copy()
    properties = lone_mention(annotated(edited, document), place_in_it)["properties"]
    value, told = CHANGES[name]
    properties[name] = "GEN" if properties[name] == value else value
    edited = with_new_ids(edited) if reissued else edited
    found = outcome(export, edited, tmp_path)
    assert found.totals == {"changed_mention": 1}
    assert found.examples[0].detail.endswith(f": {told}")


@SETTINGS
@given(places)
def test_a_relation_dropped(
    export: GeneratedExport, corpus: PlainCorpus, tmp_path: Path, place: Place
) -> None:
    document, place_in_it, reissued = place
    edited = corpus.copy()
    relations = annotated(edited, document, "relations")["relations"]
    del relations[place_in_it % len(relations)]
    edited = with_new_ids(edited) if reissued else edited
    found = outcome(export, edited, tmp_path)
    assert found.totals == {"missing_relation": 1}
    assert found.examples[0].reason == ""


@SETTINGS
@given(places)
def test_texts_of_two_documents_swapped(
    export: GeneratedExport, corpus: PlainCorpus, tmp_path: Path, place: Place
) -> None:
    one, other, _ = place
    edited = corpus.copy()
    documents = edited.documents
    first, second = documents[one % len(documents)], documents[other % len(documents)]
    same = first["text"].strip() == second["text"].strip()
    truths = [edited.ground_truths[document["id"]] for document in (first, second)]
    for left, right in ((first, second), tuple(truths)):
        left["text"], right["text"] = right["text"], left["text"]
    found = outcome(export, edited, tmp_path)
    assert same or found.totals == {"changed_text": 2}


@SETTINGS
@given(places)
def test_a_mention_dropped_with_what_hangs_on_it(
    export: GeneratedExport, corpus: PlainCorpus, tmp_path: Path, place: Place
) -> None:
    document, place_in_it, _ = place
    edited = corpus.copy()
    truth = annotated(edited, document)
    gone = lone_mention(truth, place_in_it)
    truth["mentions"].remove(gone)
    relations = [one for one in truth["relations"] if gone["id"] not in one["args"]]
    lost = len(truth["relations"]) - len(relations)
    truth["relations"] = relations
    chains = [one for one in truth["corefs"] if gone["id"] in one["mentions"]]
    for chain in chains:
        chain["mentions"].remove(gone["id"])
    found = outcome(export, edited, tmp_path)
    expected = {"missing_mention": 1, "missing_relation": lost, "changed_coreference": len(chains)}
    assert found.totals == {kind: count for kind, count in expected.items() if count}
    for difference in found.examples:
        if difference.part == "relations":
            assert difference.reason == LOST_WITH_MENTION


Edit = Callable[[Plain], None]


def drop_chain(truth: Plain) -> None:
    del truth["corefs"][0]


def add_chain(truth: Plain) -> None:
    free = [one["id"] for one in truth["mentions"] if one["id"] not in str(truth["corefs"])]
    truth["corefs"].append({"id": "new", "properties": {}, "mentions": free[:2]})


def add_mention(truth: Plain) -> None:
    truth["mentions"].append(truth["mentions"][0] | {"id": "new", "begin": 0, "end": 3})


def change_relation_type(truth: Plain) -> None:
    truth["relations"][0]["type"] = "other"


def turn_relation(truth: Plain) -> None:
    truth["relations"][0]["args"].reverse()


def add_relation(truth: Plain) -> None:
    truth["relations"].append(truth["relations"][0] | {"id": "new", "type": "other"})


def relation_property(truth: Plain) -> None:
    truth["relations"][0]["properties"] = {"tense": "PAST"}


def change_token(truth: Plain) -> None:
    truth["sentences"][1]["tokens"][0]["text"] += "x"


def drop_token(truth: Plain) -> None:
    del truth["sentences"][1]["tokens"][0]


def change_sentence(truth: Plain) -> None:
    truth["sentences"][1]["begin"] += 1


def change_language(truth: Plain) -> None:
    truth["language"] = "DE"


EDITS: dict[Edit, str] = {
    drop_chain: "missing_coreference",
    add_chain: "extra_coreference",
    add_mention: "extra_mention",
    change_relation_type: "changed_relation",
    turn_relation: "changed_relation",
    add_relation: "extra_relation",
    relation_property: "changed_relation",
    change_token: "changed_tokens",
    drop_token: "changed_tokens",
    change_sentence: "changed_sentences",
    change_language: "changed_language",
}


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("reissued", [False, True])
def test_an_edit_of_one_ground_truth(
    export: GeneratedExport, corpus: PlainCorpus, tmp_path: Path, edit: Edit, reissued: bool
) -> None:
    edited = corpus.copy()
    edit(annotated(edited, 4, "corefs"))
    edited = with_new_ids(edited) if reissued else edited
    assert outcome(export, edited, tmp_path).totals == {EDITS[edit]: 1}


def test_a_mention_that_crosses_a_sentence_is_lost_for_that_reason(
    export: GeneratedExport, corpus: PlainCorpus, tmp_path: Path
) -> None:
    edited = corpus.copy()
    truth = annotated(edited, 4, "corefs")
    gone = next(one for one in truth["mentions"] if one["end"] - one["begin"] > 6)
    truth["mentions"].remove(gone)
    truth["relations"] = [one for one in truth["relations"] if gone["id"] not in one["args"]]
    sentence = next(one for one in truth["sentences"] if one["end"] > gone["begin"])
    place = truth["sentences"].index(sentence)
    cut = gone["begin"] + 3
    halves = [sentence | {"end": cut, "tokens": []}, sentence | {"begin": cut}]
    truth["sentences"][place : place + 1] = halves
    found = outcome(export, edited, tmp_path)
    reasons = {difference.kind: difference.reason for difference in found.examples}
    assert reasons["missing_mention"] == CROSSES
    assert reasons["changed_sentences"] == SPLIT_ANEW


def test_an_escape_that_is_taken_apart_is_told_as_such() -> None:
    def tokens(*spans: tuple[int, int]) -> Annotations:
        text = "one &amp; two"
        pieces = [{"begin": b, "end": e, "text": text[b:e]} for b, e in spans]
        sentence = {"begin": 0, "end": len(text), "text": text, "tokens": pieces}
        return read_annotations(json.dumps({"text": text, "sentences": [sentence]}).encode())

    whole = tokens((0, 3), (4, 9), (10, 13))
    apart = tokens((0, 3), (4, 5), (5, 8), (8, 9), (10, 13))
    (found,) = compare_text(whole, apart, "d")
    assert found.reason == SPLIT_ESCAPE
    assert found.left == "3 tokens; number 2 is “&amp;”, characters 4–9"
    assert found.right == "5 tokens; number 2 is “&”, characters 4–5"
    (other,) = compare_text(whole, tokens((0, 3), (4, 9), (10, 12)), "d")
    assert other.reason == SPLIT_ANEW


def test_the_sink_gets_everything_and_the_examples_are_the_first_200(
    export: GeneratedExport, corpus: PlainCorpus, tmp_path: Path
) -> None:
    edited = corpus.copy()
    for truth in edited.ground_truths.values():
        truth["mentions"], truth["relations"], truth["corefs"] = [], [], []
    everything: list[Difference] = []
    path = edited.write(tmp_path / "edited.zip")
    found = compare([export.corpus], [path], sink=everything.append)
    assert sum(found.totals.values()) == len(everything) > 200
    assert found.examples == everything[:200]
