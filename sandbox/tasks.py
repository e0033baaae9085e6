"""Annotation tasks: who annotates which sets until when."""

from typing import Any

from werkzeug.wrappers import Response

from sandbox.answers import Refused, json_answer, new_id
from sandbox.calls import Call, page
from sandbox.document_sets import find_set
from sandbox.state import writing
from sandbox.workspaces import touch, workspace


def listing(call: Call, w: str) -> Response:
    """GET /workspaces/{w}/tasks."""
    workspace(call, w)
    return page(call, _listed(call, w))


def _listed(call: Call, w: str) -> list[dict[str, Any]]:
    found = call.db.execute(
        "SELECT id, name, due, state FROM tasks WHERE workspace = ? ORDER BY rowid", (w,)
    ).fetchall()
    return [{**dict(row), "sets": _sets(call, w, row["id"])} for row in found]


def _sets(call: Call, w: str, task: str) -> list[dict[str, Any]]:
    found = call.db.execute(
        "SELECT s.id, s.name, s.annotator, count(m.document) AS documents, t.annotated, t.state"
        " FROM task_sets t JOIN document_sets s ON s.id = t.set_id AND s.workspace = ?"
        " LEFT JOIN set_documents m ON m.document_set = s.pk"
        " WHERE t.task = ? GROUP BY s.pk ORDER BY s.pk",
        (w, task),
    )
    return [dict(row) for row in found]


def create(call: Call, w: str) -> Response:
    """POST /workspaces/{w}/tasks."""
    workspace(call, w)
    body = call.body()
    name, due, sets = call.text(body, "name"), body.get("due"), body.get("sets")
    if not name or not isinstance(due, int | None) or not isinstance(sets, list):
        raise Refused(400, "The fields name, due and sets are missing or of another kind.")
    for set_id in sets:
        if find_set(call, w, set_id)["type"] != "ASSIGNMENT":
            raise Refused(422, "A task takes annotation sets only.")
    present = _listed(call, w)
    if name in [task["name"] for task in present]:
        raise Refused(409, f"A task named {name} exists.")
    if len(present) >= call.state.limits.tasks:
        raise Refused(409, f"A workspace has at most {call.state.limits.tasks} active tasks.")
    new = new_id()
    with writing(call.db):
        call.db.execute("INSERT INTO tasks VALUES (?, ?, ?, ?, 'CREATED')", (new, w, name, due))
        call.db.executemany(
            "INSERT INTO task_sets VALUES (?, ?, 0, 'NOT_STARTED')", [(new, each) for each in sets]
        )
        touch(call, w)
    return json_answer(next(task for task in _listed(call, w) if task["id"] == new), 201)
