"""Each single edit of a type system or a dictionary is found and nothing else is."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from migrator.formats.compare import compare
from migrator.formats.dictionaries import Dictionary, read_dictionaries, write_dictionaries
from migrator.formats.dictionary_csv import Entry
from sandbox.generator import GeneratedExport, generate
from tests.formats.plain_exports import Plain


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> GeneratedExport:
    return generate(
        tmp_path_factory.mktemp("generated"), seed=31, documents=56, tokens_per_document=40
    )


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
