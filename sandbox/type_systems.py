"""The type system of a workspace: download, upload, single entity types, rule classes."""

import json
import re
import sqlite3
from typing import Any

import msgspec
from werkzeug.wrappers import Response

from sandbox.answers import Refused, json_answer, new_id, rows
from sandbox.calls import Call
from sandbox.state import writing
from sandbox.uploads import received
from sandbox.workspaces import touch, workspace

LABEL = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
NULLS = (
    "typeType",
    "typeClass",
    "typeVersion",
    "typeDesc",
    "typeSuperType",
    "typeSuperTypeId",
    "typeCreateDate",
    "typeUpdateDate",
    "typeProvenance",
    "alchemyAPITypes",
    "nluAPITypes",
)


def stored_types(db: sqlite3.Connection, workspace_id: str) -> dict[str, Any]:
    """The type system as JSON; `entityTypes` is empty where none was uploaded."""
    found = db.execute(
        "SELECT body FROM type_systems WHERE workspace = ?", (workspace_id,)
    ).fetchone()
    types: dict[str, Any] = json.loads(found["body"]) if found else empty_types(workspace_id)
    return types


def must_have_types(call: Call, workspace_id: str) -> dict[str, Any]:
    """The type system of the workspace; 409 while there is none."""
    types = stored_types(call.db, workspace_id)
    if not types["entityTypes"]:
        raise Refused(409, "The workspace has no type system yet: upload it first.")
    return types


def store_types(db: sqlite3.Connection, workspace_id: str, body: bytes) -> None:
    """Keep the type system as these bytes."""
    db.execute("INSERT OR REPLACE INTO type_systems VALUES (?, ?)", (workspace_id, body))


def download(call: Call, w: str) -> Response:
    """GET /workspaces/{w}/typestore/export: one line of JSON as a file."""
    workspace(call, w)
    found = call.db.execute("SELECT body FROM type_systems WHERE workspace = ?", (w,)).fetchone()
    body = found["body"] if found else msgspec.json.encode(empty_types(w))
    answer = Response(body, content_type="application/octet-stream")
    answer.headers["Content-Disposition"] = f'attachment; filename="types-{w}.json"'
    return answer


def upload(call: Call, w: str) -> Response:
    """POST /workspaces/{w}/typestore/import: into an empty type system only."""
    workspace(call, w)
    with received(call, call.state.limits.type_system_bytes) as file:
        types = _readable(file.path.read_bytes())
    if stored_types(call.db, w)["entityTypes"]:
        raise Refused(409, "The workspace has a type system already.")
    types["pid"], types["modified_date"] = w, call.state.now_ms()
    with writing(call.db):
        store_types(call.db, w, msgspec.json.encode(types))
        touch(call, w)
    counts = {
        "entity_types": len(types["entityTypes"]),
        "relation_types": len(types["relationshipTypes"]),
    }
    return json_answer(counts)


def _readable(content: bytes) -> dict[str, Any]:
    try:
        types = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Refused(400, "The file is not a type system: it is no JSON.") from error
    lists = ("entityTypes", "relationshipTypes")
    if not isinstance(types, dict) or not all(isinstance(types.get(n), list) for n in lists):
        raise Refused(400, "The file is not a type system: entityTypes is missing.")
    entities = [item for item in types["entityTypes"] if isinstance(item, dict)]
    labels = [item.get("label") for item in entities]
    if len(entities) != len(types["entityTypes"]) or len(set(labels)) != len(labels):
        raise Refused(400, "The type system names an entity type twice or without a label.")
    ids = {item.get("id") for item in entities}
    for relation in types["relationshipTypes"]:
        ends = ("srcEntType", "tgtEntType")
        if not isinstance(relation, dict) or not ids.issuperset(relation.get(e) for e in ends):
            raise Refused(400, "A relation type refers to an entity type that is not there.")
    return types


def create_entity_type(call: Call, w: str) -> Response:
    """POST /workspaces/{w}/typestore/entitytypes: one entity type; hyphens are refused here."""
    workspace(call, w)
    body = call.body()
    label = call.text(body, "label")
    if not LABEL.fullmatch(label):
        raise Refused(422, f"The label {label} is not allowed: letters, digits and _ only.")
    with writing(call.db):
        types = stored_types(call.db, w)
        if any(item["label"] == label for item in types["entityTypes"]):
            raise Refused(409, f"The label {label} is taken.")
        created = _entity_type(label, call.state.now_ms())
        given = _roles(body)
        own = [created["id"]] if call.request.args.get("create_default_role") == "true" else []
        created["sireProp"]["roles"] = [*given, *own]
        types["entityTypes"].append(created)
        store_types(call.db, w, msgspec.json.encode(types))
        touch(call, w)
    return json_answer(created, 201)


def _roles(body: dict[str, Any]) -> list[Any]:
    stated = body.get("sireProp")
    roles = stated.get("roles") if isinstance(stated, dict) else None
    return roles if isinstance(roles, list) else []


def rule_classes(call: Call, w: str) -> Response:
    """GET /workspaces/{w}/rules/class: a bare list."""
    workspace(call, w)
    found = call.db.execute("SELECT name FROM rule_classes WHERE workspace = ? ORDER BY name", (w,))
    return json_answer(rows(found))


def _sire_property(**fields: Any) -> dict[str, Any]:
    empty = dict.fromkeys(("mentionType", "subtypes", "roles", "clazz", "color", "hotkey"))
    return {**empty, "backGroundColor": None, "active": True, "roleOnly": False, **fields}


def _entity_type(label: str, now: int) -> dict[str, Any]:
    times = {"creationDate": now, "source": None, "modifiedDate": 0}
    base = {"id": new_id(), "label": label, "sireProp": _sire_property()}
    return {**base, **times, **dict.fromkeys(NULLS)}


def _choices(*names: str) -> list[dict[str, str]]:
    return [
        {"color": "black", "hotkey": str(number), "backGroundColor": "white", "name": name}
        for number, name in enumerate(names, 1)
    ]


def empty_types(workspace_id: str) -> dict[str, Any]:
    """The type system of a workspace into which nothing was uploaded."""
    catch_all = _entity_type("*", 0) | {"id": "CATCH_ALL_ENTITY_ID"}
    entity = _sire_property(
        mentionType=_choices("NAM", "NOM", "PRO", "NONE"), clazz=_choices("SPC", "NEG", "GEN")
    )
    return {
        "entityTypes": [],
        "relationshipTypes": [],
        "sireInfo": {"entityProp": entity, "relationProp": None},
        "functionalEntityTypes": [catch_all],
        "pid": workspace_id,
        "modified_date": 0,
        "kgimported": False,
    }
