"""Document sets and the annotation sets drawn from them."""

import json
import random
import sqlite3
from collections.abc import Sequence
from typing import Any

from werkzeug.wrappers import Response

from sandbox.answers import Refused, json_answer, new_id
from sandbox.calls import Call, page
from sandbox.state import State, writing
from sandbox.workspaces import touch, workspace

ALL = "id-all"


def listing(call: Call, w: str) -> Response:
    """GET /workspaces/{w}/documentsets."""
    workspace(call, w)
    return page(call, listed(call.state, call.db, w))


def listed(state: State, db: sqlite3.Connection, workspace_id: str) -> list[dict[str, Any]]:
    """The sets as the tool lists them, the set of all documents first."""
    found = db.execute(
        "SELECT s.*, count(d.pk) AS documents, coalesce(max(g.annotated), 0) AS annotated"
        " FROM document_sets s"
        " LEFT JOIN set_documents m ON m.document_set = s.pk"
        " LEFT JOIN documents d ON d.pk = m.document"
        " LEFT JOIN ground_truths g ON g.document = d.pk"
        " WHERE s.workspace = ? GROUP BY s.pk ORDER BY s.pk",
        (workspace_id,),
    ).fetchall()
    everything = {"id": ALL, "name": "All", "type": "ALL", "annotator": None}
    total = _total(state, db, workspace_id)
    truths = {"in_ground_truth": any(row["annotated"] for row in found), "preannotated": False}
    return [{**everything, "count": total, **truths}, *(_shape(row) for row in found)]


def _total(state: State, db: sqlite3.Connection, workspace_id: str) -> int:
    total: int = db.execute(
        "SELECT count(*) FROM documents d JOIN imports i ON i.id = d.import_id"
        " WHERE d.workspace = ? AND i.visible_at <= ?",
        (workspace_id, state.now()),
    ).fetchone()[0]
    return total


def _shape(row: sqlite3.Row) -> dict[str, Any]:
    return {
        "id": row["id"],
        "name": row["name"],
        "type": row["type"],
        "count": row["documents"],
        "annotator": row["annotator"],
        "in_ground_truth": bool(row["annotated"]),
        "preannotated": bool(row["preannotated"]),
    }


def find_set(call: Call, w: str, set_id: str) -> sqlite3.Row:
    """The row of a set by its id; 404 for another id."""
    found: sqlite3.Row | None = call.db.execute(
        "SELECT * FROM document_sets WHERE workspace = ? AND id = ?", (w, set_id)
    ).fetchone()
    if found is None:
        raise Refused(404, f"There is no document set {set_id}.")
    return found


def members(db: sqlite3.Connection, set_pk: int) -> list[int]:
    """The keys of the documents in a set, in its order."""
    found = db.execute(
        "SELECT document FROM set_documents WHERE document_set = ? ORDER BY position", (set_pk,)
    )
    return [row["document"] for row in found]


def insert_set(
    db: sqlite3.Connection, workspace_id: str, item: dict[str, Any], documents: Sequence[int]
) -> int:
    """Store a set given as an item of sets.json with the keys of its documents; returns its key."""
    kept = {name: value for name, value in item.items() if name not in ("documents", "count")}
    row = db.execute(
        "INSERT INTO document_sets (workspace, id, original_id, name, type, item, annotator)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            workspace_id,
            item["id"],
            item["id"],
            item["name"],
            item["type"],
            json.dumps(kept),
            item.get("annotator"),
        ),
    )
    assert row.lastrowid is not None
    append(db, row.lastrowid, documents)
    return row.lastrowid


def append(db: sqlite3.Connection, set_pk: int, documents: Sequence[int]) -> None:
    """Put more documents at the end of a set."""
    begin: int = db.execute(
        "SELECT coalesce(max(position) + 1, 0) FROM set_documents WHERE document_set = ?", (set_pk,)
    ).fetchone()[0]
    db.executemany(
        "INSERT INTO set_documents VALUES (?, ?, ?)",
        [(set_pk, begin + number, document) for number, document in enumerate(documents)],
    )


def create_annotation_sets(call: Call, w: str) -> Response:
    """POST /workspaces/{w}/annotationsets: `overlap` percent go to each, the rest is dealt out."""
    workspace(call, w)
    body = call.body()
    wanted, overlap = body.get("sets"), body.get("overlap", 0)
    if not isinstance(wanted, list) or not wanted or not isinstance(overlap, int | float):
        raise Refused(400, "The fields sets and overlap are missing or of another kind.")
    if not 0 <= overlap <= 100:
        raise Refused(422, "The overlap is a percentage.")
    base = call.text(body, "base_set")
    documents = _documents_of(call, w, base)
    names = [_checked_name(call, w, each) for each in wanted]
    if len(set(names)) != len(names):
        raise Refused(409, "Two annotation sets have one name.")
    shares = _dealt(documents, len(wanted), float(overlap), seed=base)
    with writing(call.db):
        items = [_item(call, each) for each in wanted]
        for item, share in zip(items, shares, strict=True):
            insert_set(call.db, w, item, share)
        touch(call, w)
    created = {item["id"] for item in items}
    answer = [each for each in listed(call.state, call.db, w) if each["id"] in created]
    return json_answer(answer, 201)


def _documents_of(call: Call, w: str, base: str) -> list[int]:
    if base != ALL:
        return members(call.db, find_set(call, w, base)["pk"])
    found = call.db.execute(
        "SELECT d.pk FROM documents d JOIN imports i ON i.id = d.import_id"
        " WHERE d.workspace = ? AND i.visible_at <= ? ORDER BY d.id",
        (w, call.state.now()),
    )
    return [row["pk"] for row in found]


def _checked_name(call: Call, w: str, wanted: Any) -> str:
    if not isinstance(wanted, dict):
        raise Refused(400, "Each annotation set is an object with name and annotator.")
    name, annotator = call.text(wanted, "name"), call.text(wanted, "annotator")
    limits = call.state.limits
    if not name or len(name) > limits.set_name:
        raise Refused(422, f"The name of a set has 1 to {limits.set_name} characters.")
    present = call.db.execute("SELECT name FROM document_sets WHERE workspace = ?", (w,)).fetchall()
    if name in [row["name"] for row in present]:
        raise Refused(409, f"A set named {name} exists.")
    if len(present) >= limits.document_sets:
        raise Refused(422, f"A workspace holds at most {limits.document_sets} sets.")
    known = call.db.execute(
        "SELECT 1 FROM users WHERE instance = ? AND user_id = ?",
        (call.the_instance()["name"], annotator),
    ).fetchone()
    if known is None:
        raise Refused(422, f"There is no user {annotator}.")
    return name


def _item(call: Call, wanted: dict[str, Any]) -> dict[str, Any]:
    now = call.state.now_ms()
    item = {"id": new_id(), "name": wanted["name"], "createdDate": now, "type": "ASSIGNMENT"}
    return {**item, "annotator": wanted["annotator"], "modifiedDate": now}


def _dealt(documents: list[int], sets: int, overlap: float, *, seed: str) -> list[list[int]]:
    """The documents of each set; nobody can say which ones, but the same call deals the same."""
    mixed = random.Random(seed).sample(documents, len(documents))  # noqa: S311
    common = round(len(mixed) * overlap / 100)
    return [mixed[:common] + mixed[common + number :: sets] for number in range(sets)]
