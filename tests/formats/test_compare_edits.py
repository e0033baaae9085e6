"""Each single edit is found, with its kind, and nothing else is."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from migrator.formats.compare import Comparison, Difference, compare
from migrator.formats.compare_links import LOST_WITH_MENTION
from migrator.formats.compare_mentions import CROSSES
from migrator.formats.compare_text import SPLIT_ANEW
from migrator.formats.dictionaries import Dictionary, read_dictionaries, write_dictionaries
from migrator.formats.dictionary_csv import Entry
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


@pytest.mark.parametrize("reissued", [False, True])
def test_a_document_dropped(
    export: GeneratedExport, corpus: PlainCorpus, tmp_path: Path, reissued: bool
) -> None:
    edited = corpus.copy()
    gone = edited.documents.pop(7)["id"]
    del edited.ground_truths[gone]
    for one in edited.sets:
        one["documents"] = [member for member in one["documents"] if member != gone]
    edited = with_new_ids(edited) if reissued else edited
    found = outcome(export, edited, tmp_path)
    assert found.totals == {"missing_document": 1}
    assert gone in found.examples[0].subject


def test_a_document_renamed(export: GeneratedExport, corpus: PlainCorpus, tmp_path: Path) -> None:
    edited = corpus.copy()
    edited.documents[2]["name"] = "other.txt"
    assert outcome(export, edited, tmp_path).totals == {"changed_name": 1}
    reissued = with_new_ids(edited)
    assert outcome(export, reissued, tmp_path).totals == {"changed_name": 1}


def test_a_text_changed_in_the_list_only(
    export: GeneratedExport, corpus: PlainCorpus, tmp_path: Path
) -> None:
    edited = corpus.copy()
    edited.documents[2]["text"] += "!"
    assert outcome(export, edited, tmp_path).totals == {"changed_text": 1}


def test_a_ground_truth_lost_or_unreadable(
    export: GeneratedExport, corpus: PlainCorpus, tmp_path: Path
) -> None:
    edited = corpus.copy()
    gone = edited.documents[2]["id"]
    truth = edited.ground_truths.pop(gone)
    assert outcome(export, edited, tmp_path).totals == {"missing_ground_truth": 1}
    edited.ground_truths[gone] = truth | {"sentences": "obscured"}
    assert outcome(export, edited, tmp_path).totals == {"changed_ground_truth": 1}


def members(corpus: PlainCorpus, kind: str) -> Plain:
    found: Plain = next(one for one in corpus.sets if one["type"] == kind)
    return found


def drop_member(corpus: PlainCorpus) -> None:
    members(corpus, "TRAINING")["documents"].pop()


def other_annotator(corpus: PlainCorpus) -> None:
    members(corpus, "ASSIGNMENT")["annotator"] = "annotator-9@example.com"


def rename_set(corpus: PlainCorpus) -> None:
    members(corpus, "SOURCE")["name"] = "Renamed"


def drop_set(corpus: PlainCorpus) -> None:
    corpus.sets.remove(members(corpus, "BLIND"))


def add_set(corpus: PlainCorpus) -> None:
    corpus.sets.append(members(corpus, "SOURCE") | {"id": "new", "name": "New"})


SET_EDITS: dict[Callable[[PlainCorpus], None], str] = {
    drop_member: "changed_document_set",
    other_annotator: "changed_document_set",
    rename_set: "changed_document_set",
    drop_set: "missing_document_set",
    add_set: "extra_document_set",
}


@pytest.mark.parametrize("edit", SET_EDITS)
@pytest.mark.parametrize("reissued", [False, True])
def test_an_edit_of_one_document_set(
    export: GeneratedExport,
    corpus: PlainCorpus,
    tmp_path: Path,
    edit: Callable[[PlainCorpus], None],
    reissued: bool,
) -> None:
    edited = corpus.copy()
    edit(edited)
    edited = with_new_ids(edited) if reissued else edited
    assert outcome(export, edited, tmp_path).totals == {SET_EDITS[edit]: 1}


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


TypeEdit = Callable[[Plain], None]


def type_colour(types: Plain) -> None:
    types["entityTypes"][0]["sireProp"]["color"] = "red"


def subtype_added(types: Plain) -> None:
    types["entityTypes"][0]["sireProp"]["subtypes"].append("Bank")


def role_dropped(types: Plain) -> None:
    del types["entityTypes"][0]["sireProp"]["roles"][0]


def type_renamed(types: Plain) -> None:
    types["entityTypes"][0]["label"] = "Company"


def type_renamed_with_a_new_id(types: Plain) -> None:
    types["entityTypes"][0]["label"] = "Company"
    old = types["entityTypes"][0]["id"]
    types.update(json.loads(json.dumps(types).replace(old, "new-id")))


def unknown_attribute(types: Plain) -> None:
    types["entityTypes"][1]["newAttribute"] = {"a": [1, 2]}


def relation_dropped(types: Plain) -> None:
    del types["relationshipTypes"][0]


def relation_added(types: Plain) -> None:
    types["relationshipTypes"].append(types["relationshipTypes"][0] | {"id": "n", "label": "n"})


def relation_renamed(types: Plain) -> None:
    types["relationshipTypes"][0]["label"] = "damagedBy"


def relation_end_changed(types: Plain) -> None:
    types["relationshipTypes"][0]["tgtEntType"] = types["entityTypes"][9]["id"]


def relation_inactive(types: Plain) -> None:
    types["relationshipTypes"][0]["sireProp"]["active"] = False


def class_dropped(types: Plain) -> None:
    del types["sireInfo"]["entityProp"]["clazz"][0]


TYPE_EDITS: dict[TypeEdit, str] = {
    type_colour: "changed_entity_type",
    subtype_added: "changed_entity_type",
    role_dropped: "changed_entity_type",
    type_renamed: "changed_entity_type",
    type_renamed_with_a_new_id: "changed_entity_type",
    unknown_attribute: "changed_entity_type",
    relation_dropped: "missing_relation_type",
    relation_added: "extra_relation_type",
    relation_renamed: "changed_relation_type",
    relation_end_changed: "changed_relation_type",
    relation_inactive: "changed_relation_type",
    class_dropped: "changed_type_system",
}


@pytest.mark.parametrize("edit", TYPE_EDITS)
def test_an_edit_of_the_type_system(
    export: GeneratedExport, tmp_path: Path, edit: TypeEdit
) -> None:
    types: Any = json.loads(export.types.read_text())
    edit(types)
    other = tmp_path / "types.json"
    other.write_text(json.dumps(types))
    assert compare([export.types], [other]).totals == {TYPE_EDITS[edit]: 1}


def test_a_type_dropped_with_its_relations(export: GeneratedExport, tmp_path: Path) -> None:
    types: Any = json.loads(export.types.read_text())
    gone = next(one for one in types["entityTypes"] if one["label"] == "Contract")
    types["entityTypes"].remove(gone)
    types["relationshipTypes"] = [
        one for one in types["relationshipTypes"] if one["tgtEntType"] != gone["id"]
    ]
    other = tmp_path / "types.json"
    other.write_text(json.dumps(types))
    found = compare([export.types], [other])
    assert found.totals == {"missing_entity_type": 1, "missing_relation_type": 1}


def lemma_changed(one: Dictionary) -> None:
    one.entries[0].lemma += "x"


def poscode_changed(one: Dictionary) -> None:
    one.entries[0].poscode = "2"


def surface_dropped(one: Dictionary) -> None:
    one.entries[0].surfaces.pop()


def entry_dropped(one: Dictionary) -> None:
    del one.entries[3]


def entry_added(one: Dictionary) -> None:
    one.entries.append(Entry("new", "3", ["new"]))


def language_changed(one: Dictionary) -> None:
    one.language = "DE"


def dictionary_renamed(one: Dictionary) -> None:
    one.name = "Renamed"


DICTIONARY_EDITS: dict[Callable[[Dictionary], None], str] = {
    lemma_changed: "changed_entry",
    poscode_changed: "changed_entry",
    surface_dropped: "changed_entry",
    entry_dropped: "missing_entry",
    entry_added: "extra_entry",
    language_changed: "changed_dictionary",
    dictionary_renamed: "changed_dictionary",
}


@pytest.mark.parametrize("edit", DICTIONARY_EDITS)
@pytest.mark.parametrize("reissued", [False, True])
def test_an_edit_of_one_dictionary(
    export: GeneratedExport, tmp_path: Path, edit: Callable[[Dictionary], None], reissued: bool
) -> None:
    dictionaries = read_dictionaries(export.dictionaries)
    edit(dictionaries[1])
    if reissued and edit is not dictionary_renamed:
        for number, one in enumerate(dictionaries):
            one.id = f"new-{number}"
    other = tmp_path / "dictionaries.zip"
    with other.open("wb") as file:
        write_dictionaries(dictionaries, file)
    assert compare([export.dictionaries], [other]).totals == {DICTIONARY_EDITS[edit]: 1}


def test_a_dictionary_and_a_type_system_that_one_side_lacks(export: GeneratedExport) -> None:
    found = compare(export[:2], [export.types])
    assert found.totals == {"missing_dictionary": 3}
    found = compare([export.dictionaries], export[:2])
    assert found.totals == {"extra_type_system": 1}


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
