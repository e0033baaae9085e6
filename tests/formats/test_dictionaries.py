"""Dictionaries in every form that the service or a person writes."""

import io
import json
import zipfile
from pathlib import Path

import pytest

from migrator.formats.dictionaries import (
    Dictionary,
    read_dictionaries,
    write_dictionaries,
    write_dictionary_csv,
)
from migrator.formats.dictionary_csv import Entry
from migrator.formats.errors import FormatError
from migrator.formats.inspect import inspect
from migrator.formats.kinds import Kind
from migrator.formats.recognize import recognize
from tests.formats.small_exports import (
    WORKSPACE,
    small_dictionary,
    small_types,
    write_corpus_zip,
    write_dictionaries_zip,
    write_types,
)
from tests.formats.zips import entries_of, zipped

TWO = [Entry("bumper", "3", ["bumper", "bumpers"]), Entry("to dent", "2", ["dent", "dented"])]
SERVICE = (
    '"lemma","poscode","surface"\r\n'
    '"bumper","3","bumper","bumpers"\r\n'
    '"to dent","2","dent","dented"\r\n'
)


def entries(tmp_path: Path, payload: bytes) -> list[Entry]:
    path = tmp_path / "Parts+of+a+car_1600000000000.csv"
    path.write_bytes(payload)
    assert recognize(path).kind == Kind.DICTIONARY
    (dictionary,) = read_dictionaries(path)
    assert dictionary.name == "Parts of a car"
    return dictionary.entries


VARIANTS = {
    "as the service writes it": SERVICE.encode(),
    "bare carriage returns": SERVICE.replace("\r\n", "\r").encode(),
    "line feeds": SERVICE.replace("\r\n", "\n").encode(),
    "a trailing comma in the header": SERVICE.replace('surface"', 'surface",', 1).encode(),
    "no quotes": SERVICE.replace('"', "").encode(),
    "blanks before the poscode": SERVICE.replace('"', "").replace(",3", ", 3").encode(),
    "blanks between the cells": SERVICE.replace('","', '", "').encode(),
    "no header": SERVICE.partition("\r\n")[2].encode(),
    "header in capitals": SERVICE.replace("lemma", "LEMMA").encode(),
    "blank lines": SERVICE.replace("\r\n", "\r\n\r\n").encode(),
    "a byte order mark": SERVICE.encode("utf-8-sig"),
    "UTF-16": SERVICE.encode("utf-16"),
}


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_variant_of_the_csv_reads_the_same(variant: str, tmp_path: Path) -> None:
    assert entries(tmp_path, VARIANTS[variant]) == TWO


def test_ragged_rows_are_kept(tmp_path: Path) -> None:
    ragged = b'"lemma","poscode","surface"\r\n"a","3"\r\n"b"\r\n"c","3","' + b'","'.join(
        b"s%d" % number for number in range(18)
    )
    found = entries(tmp_path, ragged + b'"\r\n')
    assert [len(entry.surfaces) for entry in found] == [0, 0, 18]


def test_an_empty_dictionary_is_its_header(tmp_path: Path) -> None:
    assert entries(tmp_path, b'"lemma","poscode","surface"\r\n') == []


def test_real_dictionaries_come_back_byte_for_byte(shared_data: Path) -> None:
    paths = list(shared_data.glob("*/*_dictionary_*.zip"))
    assert len(paths) == 2
    for path in paths:
        again = io.BytesIO()
        write_dictionaries(read_dictionaries(path), again)
        with zipfile.ZipFile(path) as before, zipfile.ZipFile(again) as after:
            assert {name: before.read(name) for name in before.namelist()} == {
                name: after.read(name) for name in after.namelist()
            }
            assert {one.flag_bits for one in after.infolist()} == {0x800}


def test_a_real_csv_comes_back_byte_for_byte(shared_data: Path) -> None:
    (path,) = shared_data.glob("proc-36a/*.csv")
    (dictionary,) = read_dictionaries(path)
    again = io.BytesIO()
    write_dictionary_csv(dictionary, again)
    assert again.getvalue() == path.read_bytes()


def test_a_zip_of_named_csvs_is_read(tmp_path: Path) -> None:
    members = [("Car+parts_1600000000000.csv", SERVICE.encode()), ("Tools_1600000000000.csv", b"")]
    path = zipped(tmp_path / "any.zip", [members[0], (members[1][0], SERVICE.encode())])
    assert recognize(path).kind == Kind.DICTIONARIES
    assert [(one.name, one.entries) for one in read_dictionaries(path)] == [
        ("Car parts", TWO),
        ("Tools", TWO),
    ]


def test_the_schema_of_2016_names_the_entity_type_and_keeps_what_is_unknown(tmp_path: Path) -> None:
    schema = [
        {
            "id": "d1",
            "name": "Parts",
            "workspace": WORKSPACE,
            "properties": {"language": "en", "name": "Parts", "entityTypeId": "e1"},
            "posCodes": [{"id": "3", "name": "Noun", "later": 1}],
            "numItems": 2,
            "future": {"a": [1]},
        }
    ]
    members = [("schema.json", json.dumps(schema).encode()), ("d1.csv", SERVICE.encode())]
    path = zipped(tmp_path / "a.zip", members)
    assert recognize(path).workspace_id == WORKSPACE
    (dictionary,) = read_dictionaries(path)
    assert (dictionary.entity_type_id, dictionary.declared) == ("e1", 2)
    again = io.BytesIO()
    write_dictionaries([dictionary], again)
    with zipfile.ZipFile(again) as opened:
        written = json.loads(opened.read("schema.json"))
    assert written == schema


def test_an_empty_workspace_gives_an_empty_list(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with path.open("wb") as file:
        write_dictionaries([], file)
    assert recognize(path).kind == Kind.DICTIONARIES
    assert read_dictionaries(path) == []
    assert inspect([path]).findings == []


ROWS: dict[str, tuple[Entry, str]] = {
    "no lemma": (Entry("", "3", []), "entry_lemma_empty"),
    "padded lemma": (Entry("wheel ", "3", ["wheel "]), "entry_padded_lemma"),
    "lemma twice": (Entry("bumper", "3", ["bumper"]), "entry_duplicate_lemma"),
    "lemma not a surface": (Entry("wheel", "3", ["wheels"]), "entry_lemma_not_surface"),
    "surface twice": (Entry("wheel", "3", ["wheel", "wheel"]), "entry_repeated_surface"),
    "unknown poscode": (Entry("wheel", "77", ["wheel"]), "entry_unknown_poscode"),
    "long surface": (Entry("wheel", "3", ["wheel", "w" * 257]), "limit_surface"),
}


@pytest.mark.parametrize("case", ROWS)
def test_an_anomaly_of_a_row_is_found(case: str, tmp_path: Path) -> None:
    row, code = ROWS[case]
    dictionary = small_dictionary()
    dictionary.entries.append(row)
    findings = inspect([write_dictionaries_zip(tmp_path, dictionary)]).findings
    assert [(one.code, one.count) for one in findings] == [(code, 1)]


def _large(name: str, count: int) -> Dictionary:
    rows = [Entry(f"a word {number}", "3", [f"a word {number}"]) for number in range(count)]
    return small_dictionary(id=name, name=name, entries=rows)


def test_the_limits_of_dictionaries_are_found(tmp_path: Path) -> None:
    many = [_large(f"d{number}", 1) for number in range(65)]
    findings = inspect([write_dictionaries_zip(tmp_path, *many)]).findings
    assert [(one.code, one.count) for one in findings] == [("limit_dictionaries", 65)]
    large = inspect([write_dictionaries_zip(tmp_path, _large("d", 32_000))])
    assert {one.code for one in large.findings} == {"limit_entries", "limit_dictionary_size"}
    assert large.counts["entries"] == 32_000


def test_what_the_schema_promises_is_held_against_the_csvs(tmp_path: Path) -> None:
    whole = entries_of(write_dictionaries_zip(tmp_path))
    schema, (name, rows) = whole
    cases = {
        "dictionary_count_differs": [schema, (name, rows + b'"x","3","x"\r\n')],
        "dictionary_without_csv": [schema],
        "csv_without_dictionary": [*whole, ("other.csv", rows)],
        "csv_header_missing": [schema, (name, rows.partition(b"\n")[2])],
        "csv_encoding": [schema, (name, rows.replace(b"side", b"s\xefde"))],
    }
    for code, members in cases.items():
        path = zipped(tmp_path / "again.zip", members)
        assert [one.code for one in inspect([path]).findings] == [code]


def test_dictionaries_are_held_against_the_bundle(tmp_path: Path) -> None:
    foreign = small_dictionary(language="DE", entity_type_id="e9")
    paths = [write_dictionaries_zip(tmp_path, foreign), write_corpus_zip(tmp_path)]
    found = {one.code for one in inspect([*paths, write_types(tmp_path, small_types())]).findings}
    assert found == {"dictionary_language_differs", "dictionary_type_undefined"}


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        (b"lemma;poscode;surface\nbumper;3;bumper\n", "not separated by commas"),
        (b"\x00\x01\x02\x03", "neither text nor a ZIP"),
        (b"just a line\nand another\n", "neither a type system nor a dictionary"),
    ],
)
def test_a_text_that_is_no_dictionary_is_named(payload: bytes, words: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(payload)
    recognized = recognize(path)
    assert recognized.kind == Kind.UNKNOWN
    assert words in recognized.sentence


def test_a_schema_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", [("schema.json", b'[{"id": "d1", "na')])
    with pytest.raises(FormatError, match="schema"):
        recognize(path)
