"""A type system is read with every field, written back equal, and checked by itself."""

import io
import json
import time
from pathlib import Path
from typing import Any

import pytest

from migrator.formats.errors import FormatError
from migrator.formats.inspect import inspect
from migrator.formats.type_system import read_type_system, write_type_system
from tests.formats.plain_exports import Plain
from tests.formats.small_exports import small_types, write_types


def written(payload: bytes) -> bytes:
    file = io.BytesIO()
    write_type_system(read_type_system(payload), file)
    return file.getvalue()


def test_real_type_systems_come_back_byte_for_byte(shared_data: Path) -> None:
    paths = list(shared_data.glob("*/*.json"))
    assert len(paths) == 6
    for path in paths:
        assert written(path.read_bytes()) == path.read_bytes()


def test_unknown_fields_are_kept_at_every_level() -> None:
    types = small_types() | {"future": [1, {"a": None}]}
    types["entityTypes"][0] |= {"nluAPITypes": ["X"], "asyncId": 7, "properties": {}}
    types["entityTypes"][0]["sireProp"]["new"] = True
    types["relationshipTypes"][0]["tail"] = "kept"
    assert json.loads(written(json.dumps(types).encode())) == types


def test_the_type_system_of_2016_is_read() -> None:
    types = small_types()
    del types["pid"], types["modified_date"]
    read = read_type_system(json.dumps(types).encode())
    assert read.workspace_id == ""
    assert json.loads(written(json.dumps(types).encode())) == types


def test_a_byte_order_mark_and_lone_surrogates_are_accepted() -> None:
    types = small_types()
    types["entityTypes"][0]["label"] = "Part\ud800"
    payload = b"\xef\xbb\xbf" + json.dumps(types).encode()
    assert json.loads(written(payload)) == types


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"[]",
        b"null",
        b"{}",
        b'{"entityTypes": 1, "relationshipTypes": []}',
        b'{"entityTypes": [1], "relationshipTypes": []}',
        b'{"entityTypes": [{"id": 1, "label": "a"}], "relationshipTypes": []}',
        b'{"entityTypes": [NaN], "relationshipTypes": []}',
        b'{"entityTypes": [], "relationshipTypes": [], "modified_date": 1e999}',
        b'{"entityTypes": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"entityTypes": [], "relationshipTypes": [], "x": ' + b"9" * 5_000 + b"}",
        b"\xff\xfe{\0}\0",
        b"<!DOCTYPE html>",
    ],
)
def test_what_is_no_type_system_is_refused_in_words(payload: bytes) -> None:
    with pytest.raises(FormatError) as refused:
        read_type_system(payload)
    assert refused.value.happened.endswith(".")


def test_twenty_thousand_relation_types_are_inspected_in_two_seconds(tmp_path: Path) -> None:
    types = small_types()
    types["entityTypes"] = [
        types["entityTypes"][1] | {"id": f"e{number}", "label": f"Type_{number}"}
        for number in range(200)
    ]
    for number, one in enumerate(types["entityTypes"]):
        one["sireProp"] = {"roles": [f"e{number}"]}
    padding = "x" * 700
    types["relationshipTypes"] = [
        types["relationshipTypes"][0]
        | {"id": f"r{number}", "srcEntType": f"e{number % 200}", "tgtEntType": f"e{number // 200}"}
        | {"typeDesc": padding}
        for number in range(20_000)
    ]
    path = write_types(tmp_path, types)
    assert path.stat().st_size > 15_000_000
    started = time.process_time()
    inspection = inspect([path])
    assert inspection.counts["relation_types"] == 20_000
    assert time.process_time() - started < 2


def _label(types: Plain, label: str) -> None:
    types["entityTypes"][1]["label"] = label


CASES: dict[str, tuple[Any, str]] = {
    "label twice": (lambda types: _label(types, "Part"), "type_duplicate_label"),
    "id twice": (lambda types: types["relationshipTypes"][0].update(id="e1"), "type_duplicate_id"),
    "role of nothing": (
        lambda types: types["entityTypes"][1]["sireProp"]["roles"].append("e9"),
        "role_undefined",
    ),
    "own role missing": (
        lambda types: types["entityTypes"][0]["sireProp"].update(roles=["e2"]),
        "own_role_missing",
    ),
    "relation to nothing": (
        lambda types: types["relationshipTypes"][0].update(tgtEntType="e9"),
        "relation_type_end_undefined",
    ),
    "relation twice": (
        lambda types: types["relationshipTypes"].append(
            types["relationshipTypes"][0] | {"id": "r9"}
        ),
        "relation_type_duplicate",
    ),
    "hyphen in a label": (lambda types: _label(types, "Two-Part"), "type_label_irregular"),
    "label too long": (lambda types: _label(types, "L" * 65), "type_label_irregular"),
    "relation label too long": (
        lambda types: types["relationshipTypes"][0].update(label="l" * 129),
        "limit_relation_label",
    ),
    "too large": (lambda types: types.update(padding="x" * 20_000_000), "limit_type_system_size"),
}


@pytest.mark.parametrize("case", CASES)
def test_an_anomaly_of_a_type_system_is_found(case: str, tmp_path: Path) -> None:
    edit, code = CASES[case]
    types = small_types()
    edit(types)
    assert [one.code for one in inspect([write_types(tmp_path, types)]).findings] == [code]


def test_more_types_than_advised_are_noted_with_found_and_allowed(tmp_path: Path) -> None:
    types = small_types()
    types["entityTypes"] += [
        {"id": f"x{number}", "label": f"X{number}", "sireProp": {"roles": [f"x{number}"]}}
        for number in range(50)
    ]
    (finding,) = inspect([write_types(tmp_path, types)]).findings
    assert (finding.code, finding.count) == ("limit_entity_types", 53)
    assert finding.examples == ["53 of 50"]
