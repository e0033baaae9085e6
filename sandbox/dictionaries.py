"""Dictionaries: editable ones go up and down as a ZIP, read-only ones only up."""

import csv
import io
import json
import sqlite3
import zipfile
from pathlib import Path
from typing import Any

from werkzeug.wrappers import Response

from migrator.formats.dictionaries import Dictionary, read_dictionaries
from migrator.formats.errors import StatedError
from migrator.formats.jackson import pretty_list
from migrator.formats.open_structs import to_plain
from migrator.formats.zip_writer import ZipWriter
from sandbox.answers import Refused, json_answer, new_id
from sandbox.calls import Call, page
from sandbox.limits import language_code
from sandbox.state import State, writing
from sandbox.type_systems import must_have_types
from sandbox.uploads import received
from sandbox.workspaces import touch, workspace

SHAPE = "id, name, read_only, entries, entity_type"
POS_CODES = (
    *enumerate(["Pronoun", "Verb", "Noun", "Adjective", "Adverb", "Adposition", "Interjection"], 1),
    *enumerate(["Conjunction", "Determiner", "Quantifier"], 8),
    (0, "Unknown"),
)


def listing(call: Call, w: str) -> Response:
    """GET /workspaces/{w}/dictionaries."""
    workspace(call, w)
    return page(call, _listed(call.db, w))


def _listed(db: sqlite3.Connection, workspace_id: str) -> list[dict[str, Any]]:
    found = db.execute(
        f"SELECT {SHAPE} FROM dictionaries WHERE workspace = ? ORDER BY pk",  # noqa: S608
        (workspace_id,),
    )
    return [{**dict(row), "read_only": bool(row["read_only"])} for row in found]


def download(call: Call, w: str) -> Response:
    """GET /workspaces/{w}/dictionaries/export: the editable ones, in the schema.json form."""
    row = workspace(call, w)
    found = call.db.execute(
        "SELECT * FROM dictionaries WHERE workspace = ? AND NOT read_only ORDER BY pk", (w,)
    ).fetchall()
    file = io.BytesIO()
    with ZipWriter(file) as packed:
        schema = pretty_list(json.loads(each["schema"]) for each in found)
        packed.add_sized("schema.json", b"".join(schema))
        for each in found:
            packed.add_sized(f"{each['id']}.csv", each["csv"])
    name = f"{row['name']}_dictionary_{call.state.now_ms()}.zip".replace(" ", "+")
    answer = Response(file.getvalue(), content_type="application/zip")
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def upload(call: Call, w: str) -> Response:
    """POST /workspaces/{w}/dictionaries/import: all of the ZIP or nothing."""
    row = workspace(call, w)
    limits = call.state.limits
    most = limits.dictionaries * limits.dictionary_bytes
    with received(call, most) as file:
        must_have_types(call, w)
        if not zipfile.is_zipfile(file.path):
            raise Refused(400, "The file is not a ZIP file with dictionaries.")
        dictionaries = _readable(file.path)
    _check(call, row, dictionaries)
    with writing(call.db):
        for dictionary in dictionaries:
            insert(call.state, call.db, w, dictionary, read_only=False)
        touch(call, w)
    return json_answer({"items": _listed(call.db, w)})


def _readable(path: Path) -> list[Dictionary]:
    try:
        return list(read_dictionaries(path))
    except StatedError as error:
        raise Refused(400, error.happened) from error


def _check(call: Call, row: sqlite3.Row, dictionaries: list[Dictionary]) -> None:
    limits, present = call.state.limits, _listed(call.db, row["id"])
    if len(present) + len(dictionaries) > limits.dictionaries:
        raise Refused(422, f"A workspace holds at most {limits.dictionaries} dictionaries.")
    names = [each["name"] for each in present]
    for dictionary in dictionaries:
        if dictionary.language and language_code(dictionary.language) != row["language"]:
            raise Refused(422, f"The dictionary {dictionary.name} has another language.")
        if len(dictionary.entries) > limits.dictionary_entries:
            raise Refused(422, f"The dictionary {dictionary.name} has too many entries.")
        if len(csv_bytes(dictionary)) > limits.dictionary_bytes:
            raise Refused(413, f"The dictionary {dictionary.name} is too large.")
        if dictionary.name in names:
            raise Refused(409, f"A dictionary named {dictionary.name} exists.")
        names.append(dictionary.name)
        _check_surfaces(call, dictionary)


def _check_surfaces(call: Call, dictionary: Dictionary) -> None:
    most = call.state.limits.surface
    for entry in dictionary.entries:
        if any(len(surface) > most for surface in entry.surfaces):
            raise Refused(422, f"A surface form in {dictionary.name} is over {most} characters.")


def insert(
    state: State, db: sqlite3.Connection, w: str, dictionary: Dictionary, *, read_only: bool
) -> str:
    """Store one dictionary under a new id; its link to an entity type is not carried over."""
    new, body = new_id(), csv_bytes(dictionary)
    schema = {
        "id": new,
        "name": dictionary.name,
        "createdDate": state.now_ms(),
        "workspace": w,
        "properties": {"language": (dictionary.language or "EN").upper()},
        "posCodes": [to_plain(each) for each in dictionary.pos_codes] or _pos_codes(),
        "numItems": len(dictionary.entries),
    }
    db.execute(
        "INSERT INTO dictionaries (workspace, id, name, read_only, entries, schema, csv)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (w, new, dictionary.name, read_only, schema["numItems"], json.dumps(schema), body),
    )
    return new


def _pos_codes() -> list[dict[str, Any]]:
    return [{"id": str(code), "name": name, "createdDate": 0} for code, name in POS_CODES]


def csv_bytes(dictionary: Dictionary) -> bytes:
    """The CSV that the service writes: quoted, CRLF, as many columns as an entry has surfaces."""
    text = io.StringIO()
    rows = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    rows.writerow(("lemma", "poscode", "surface"))
    for entry in dictionary.entries:
        rows.writerow((entry.lemma, entry.poscode, *entry.surfaces))
    return text.getvalue().encode()


def upload_read_only(call: Call, w: str) -> Response:
    """POST /workspaces/{w}/dictionaries/readonly: one CSV, which no download ever holds."""
    row = workspace(call, w)
    with received(call, call.state.limits.read_only_dictionary_bytes) as file:
        name = file.fields.get("name", "").strip()
        if not name:
            raise Refused(400, "A read-only dictionary needs a name.")
        found = _readable(file.path)
    if len(found) != 1:
        raise Refused(400, "The file is not one dictionary.")
    found[0].name = name
    present = [each["name"] for each in _listed(call.db, w)]
    if name in present:
        raise Refused(409, f"A dictionary named {name} exists.")
    if len(present) >= call.state.limits.dictionaries:
        raise Refused(422, "The workspace has as many dictionaries as it may have.")
    with writing(call.db):
        new = insert(call.state, call.db, row["id"], found[0], read_only=True)
        touch(call, w)
    return json_answer(_one(call, w, new), 201)


def map_to_type(call: Call, w: str, d: str) -> Response:
    """PUT /workspaces/{w}/dictionaries/{d}: the entity type it stands for, null for none."""
    workspace(call, w)
    _one(call, w, d)
    body = call.body()
    if "entity_type" not in body:
        raise Refused(400, "The field entity_type is missing.")
    label = body["entity_type"]
    labels = {each["label"] for each in must_have_types(call, w)["entityTypes"]}
    if label is not None and label not in labels:
        raise Refused(422, f"There is no entity type {label}.")
    call.db.execute(
        "UPDATE dictionaries SET entity_type = ? WHERE workspace = ? AND id = ?", (label, w, d)
    )
    return json_answer(_one(call, w, d))


def _one(call: Call, w: str, d: str) -> dict[str, Any]:
    for each in _listed(call.db, w):
        if each["id"] == d:
            return each
    raise Refused(404, "There is no such dictionary.")
