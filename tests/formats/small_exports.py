"""A small, clean workspace written by hand: nothing in it gives a finding."""

import json
import re
from pathlib import Path
from typing import Any

from migrator.formats.dictionaries import Dictionary, PosCode, write_dictionaries
from migrator.formats.dictionary_csv import Entry
from tests.formats.plain_exports import Plain, PlainCorpus

WORKSPACE = "5b1c9c70-0000-11e9-8000-000000000001"
SOURCE = "5b1c9c70-0000-11e9-8000-0000000000aa"
DOCUMENTS = 12
_WORD = re.compile(r"\w+|[^\w\s]")


def document_id(number: int) -> str:
    return f"{SOURCE}-{number}"


def small_corpus() -> PlainCorpus:
    """Twelve documents of two sentences, each with two mentions, a relation and a chain."""
    numbers = range(DOCUMENTS)
    ground_truths = {document_id(number): _ground_truth(number) for number in numbers}
    documents = [
        {
            "id": key,
            "name": value["name"],
            "createdDate": 0,
            "text": value["text"],
            "status": "SUBMITTED",
            "modifiedDate": 1600000000000,
        }
        for key, value in ground_truths.items()
    ]
    names = list(ground_truths)
    sets = [
        _set("id-all", "All", "ALL", names),
        _set(SOURCE, "claims", "SOURCE", names),
        _set("a1", "first", "ASSIGNMENT", names[:6]) | {"annotator": "one@example.com"},
        _set("t1", "Training", "TRAINING", names[:8]),
        _set("t2", "Test", "TEST", names[8:10]),
        _set("t3", "Blind", "BLIND", names[10:]),
    ]
    return PlainCorpus(documents, sets, ground_truths)


def small_types() -> Plain:
    """Three entity types, one with a second role and subtypes, and two relation types."""
    return {
        "entityTypes": [
            _entity_type("e1", "Part", ["e1", "e2"], ["front", "rear"]),
            _entity_type("e2", "Damage", ["e2"], None),
            _entity_type("e3", "Place", ["e3"], None),
        ],
        "relationshipTypes": [
            _relation_type("r1", "hasDamage", "e1", "e2"),
            _relation_type("r2", "locatedIn", "e1", "e3"),
        ],
        "sireInfo": {"entityProp": {"mentionType": [{"name": "NAM"}]}, "relationProp": None},
        "functionalEntityTypes": [{"id": "CATCH_ALL_ENTITY_ID", "label": "*", "sireProp": {}}],
        "pid": WORKSPACE,
        "modified_date": 1600000000000,
        "kgimported": False,
    }


def small_dictionary(**changes: Any) -> Dictionary:
    fields: dict[str, Any] = {
        "id": "d1",
        "name": "Parts of a car",
        "language": "EN",
        "workspace_id": WORKSPACE,
        "pos_codes": [PosCode(id="3", name="Noun"), PosCode(id="0", name="Unknown")],
        "entries": [
            Entry("bumper", "3", ["bumper", "bumpers"]),
            Entry("mirror", "3", ["mirror", "side mirror"]),
        ],
    }
    return Dictionary(**(fields | changes))


def write_types(folder: Path, types: Plain | None = None) -> Path:
    path = folder / f"types-{WORKSPACE}.json"
    path.write_text(json.dumps(types or small_types()), encoding="utf-8")
    return path


def write_corpus_zip(folder: Path, corpus: PlainCorpus | None = None) -> Path:
    return (corpus or small_corpus()).write(folder / f"corpus-{WORKSPACE}.zip")


def write_dictionaries_zip(folder: Path, *dictionaries: Dictionary) -> Path:
    path = folder / "Claims_dictionary_1600000000000.zip"
    with path.open("wb") as file:
        write_dictionaries(dictionaries or (small_dictionary(),), file)
    return path


def mention(name: str, label: str, begin: int, end: int, **properties: str) -> Plain:
    own = {"SIRE_MENTION_ROLE": label, "SIRE_ENTITY_SUBTYPE": "NONE", "SIRE_MENTION_TYPE": "NONE"}
    return {
        "id": name,
        "properties": own | {"SIRE_MENTION_CLASS": "SPC"} | properties,
        "type": label,
        "begin": begin,
        "end": end,
        "inCoref": False,
    }


def sentences_of(text: str) -> list[Plain]:
    """A sentence for each line, tokens by words and marks."""
    sentences = []
    at = 0
    for number, line in enumerate(text.split("\n")):
        words = enumerate(_WORD.finditer(line))
        tokens = [
            _token(f"s{number}-t{n}", at + found.start(), found.group()) for n, found in words
        ]
        sentences.append(
            {"id": f"s{number}", "begin": at, "end": at + len(line), "text": line, "tokens": tokens}
        )
        at += len(line) + 1
    return sentences


def _token(name: str, begin: int, text: str) -> Plain:
    end = begin + len(text)
    return {"id": name, "begin": begin, "end": end, "text": text, "whiteSpace": False}


def _ground_truth(number: int) -> Plain:
    text = f"The bumper number {number} has a dent.\nIt was seen near the gate."
    mentions = [
        mention("s0-m0", "Part", text.index("bumper"), text.index("bumper") + 6),
        mention("s0-m1", "Damage", text.index("dent"), text.index("dent") + 4),
        mention("s1-m0", "Part", text.index("It"), text.index("It") + 2),
    ]
    mentions[0]["inCoref"] = mentions[2]["inCoref"] = True
    return {
        "id": document_id(number),
        "name": f"claim {number}.txt",
        "createdDate": 0,
        "version": 3,
        "text": text,
        "docLength": 0,
        "language": "EN",
        "status": "SUBMITTED",
        "modifiedDate": 1600000000000,
        "documentSet": [],
        "preannotation": [],
        "sentences": sentences_of(text),
        "mentions": mentions,
        "relations": [
            {"id": "s0-r0", "properties": {}, "type": "hasDamage", "args": ["s0-m0", "s0-m1"]}
        ],
        "corefs": [{"id": "c0", "properties": {}, "mentions": ["s0-m0", "s1-m0"]}],
        "typeResolved": True,
        "userResolved": False,
    }


def _set(name: str, title: str, kind: str, documents: list[str]) -> Plain:
    return {
        "id": name,
        "name": title,
        "createdDate": 0,
        "documents": list(documents),
        "type": kind,
        "modifiedDate": 0,
        "count": len(documents),
    }


def _entity_type(name: str, label: str, roles: list[str], subtypes: list[str] | None) -> Plain:
    own = {"mentionType": None, "subtypes": subtypes, "roles": roles, "active": True}
    return {"id": name, "label": label, "sireProp": own, "creationDate": 1600000000000}


def _relation_type(name: str, label: str, source: str, target: str) -> Plain:
    own = {"tense": None, "modality": None, "active": True}
    return {
        "id": name,
        "srcEntType": source,
        "tgtEntType": target,
        "label": label,
        "sireProp": own,
        "creationDate": 1600000000000,
    }
