"""The sandbox's own endpoints under /_sandbox: faults, state read back, sessions, options.

They exist on no real service and no client may depend on them.
"""

import json
from dataclasses import asdict, fields
from typing import Any

from werkzeug.wrappers import Response

from sandbox.access import open_session
from sandbox.answers import Refused, json_answer, rows
from sandbox.calls import Call
from sandbox.document_sets import listed
from sandbox.faults import KINDS, parse_fault
from sandbox.jobs import shape
from sandbox.state import Options

COUNTED = ("documents", "document_sets", "dictionaries", "tasks", "versions", "jobs")


def faults(call: Call) -> Response:
    """GET /_sandbox/faults: the rules in force and the kinds there are."""
    return json_answer({"faults": call.faults.listing(), "kinds": KINDS})


def add_fault(call: Call) -> Response:
    """POST /_sandbox/faults: one rule; see `faults.Fault` for its fields."""
    call.faults.add(parse_fault(call.body()))
    return json_answer({"faults": call.faults.listing()}, 201)


def clear_faults(call: Call) -> Response:
    """DELETE /_sandbox/faults: none from now on; held requests go on."""
    call.faults.clear()
    return Response(status=204)


def requests(call: Call) -> Response:
    """GET /_sandbox/requests: what was called, oldest first; `path` narrows it to a part."""
    part = call.request.args.get("path", "")
    return json_answer({"requests": [each for each in call.state.requests if part in each["path"]]})


def clear_requests(call: Call) -> Response:
    """DELETE /_sandbox/requests."""
    call.state.requests.clear()
    return Response(status=204)


def state(call: Call) -> Response:
    """GET /_sandbox/state: instances with their workspaces and how much is in each."""
    found = call.db.execute("SELECT name, kind, path, guid, plan FROM instances ORDER BY name")
    instances = [
        {
            **dict(row),
            "address": call.base + row["path"],
            "workspaces": _workspaces(call, row["name"]),
        }
        for row in found.fetchall()
    ]
    deployments = rows(call.db.execute("SELECT * FROM deployments ORDER BY created"))
    return json_answer({"instances": instances, "deployments": deployments})


def _workspaces(call: Call, instance: str) -> list[dict[str, Any]]:
    found = call.db.execute(
        "SELECT * FROM workspaces WHERE instance = ? ORDER BY name", (instance,)
    )
    return [{**dict(row), "counts": _counts(call, row["id"])} for row in found.fetchall()]


def _counts(call: Call, workspace_id: str) -> dict[str, int]:
    count = {
        table: call.db.execute(
            f"SELECT count(*) FROM {table} WHERE workspace = ?",  # noqa: S608
            (workspace_id,),
        ).fetchone()[0]
        for table in COUNTED
    }
    count["annotated"] = call.db.execute(
        "SELECT count(*) FROM documents d JOIN ground_truths g ON g.document = d.pk"
        " WHERE d.workspace = ? AND g.annotated",
        (workspace_id,),
    ).fetchone()[0]
    return count


def workspace_state(call: Call, w: str) -> Response:
    """GET /_sandbox/state/{w}: what one workspace holds, also what no download tells."""
    documents = call.db.execute(
        "SELECT d.id, d.item, g.annotated, g.size, f.mentions AS draft FROM documents d"
        " LEFT JOIN ground_truths g ON g.document = d.pk"
        " LEFT JOIN drafts f ON f.document = d.pk WHERE d.workspace = ? ORDER BY d.id",
        (w,),
    )
    jobs = call.db.execute("SELECT * FROM jobs WHERE workspace = ? ORDER BY queued, rowid", (w,))
    named = "SELECT id, name, read_only, entries, entity_type FROM dictionaries WHERE workspace = ?"
    return json_answer(
        {
            "documents": [_document(row) for row in documents],
            "document_sets": listed(call.state, call.db, w),
            "dictionaries": rows(call.db.execute(named, (w,))),
            "tasks": rows(call.db.execute("SELECT * FROM tasks WHERE workspace = ?", (w,))),
            "jobs": [shape(call.state, row) for row in jobs],
        }
    )


def _document(row: Any) -> dict[str, Any]:
    item = json.loads(row["item"])
    draft = json.loads(row["draft"]) if row["draft"] else None
    shown = {"id": row["id"], "name": item["name"], "status": item.get("status")}
    return {**shown, "annotated": bool(row["annotated"]), "size": row["size"], "draft": draft}


def expire_sessions(call: Call) -> Response:
    """POST /_sandbox/expire-sessions: sessions and tokens, of `{"instance"}` or of all."""
    name = _optional(call).get("instance", "")
    lost = call.db.execute(
        "UPDATE sessions SET lost = 1 WHERE ? IN ('', instance) AND NOT lost", (name,)
    ).rowcount
    tokens = call.db.execute(
        "UPDATE tokens SET expires = 0 WHERE expires > 0 AND (? = '' OR account IN"
        " (SELECT account FROM instances WHERE name = ?))",
        (name, name),
    ).rowcount
    return json_answer({"sessions": lost, "tokens": tokens})


def new_session(call: Call) -> Response:
    """POST /_sandbox/sessions `{"instance"}`: the cookies of a browser that signed in again."""
    name = _optional(call).get("instance", "")
    found = call.db.execute(
        "SELECT user_id FROM users WHERE instance = ? ORDER BY rowid", (name,)
    ).fetchone()
    if found is None:
        raise Refused(404, f"There is no instance {name}.")
    session = open_session(call.db, name, found["user_id"])
    return json_answer({"kind": "session", **session}, 201)


def _optional(call: Call) -> dict[str, Any]:
    return call.body() if call.request.content_length else {}


def options(call: Call) -> Response:
    """GET /_sandbox/options."""
    return json_answer(asdict(call.state.options))


def set_options(call: Call) -> Response:
    """PUT /_sandbox/options: the named ones change, for everybody and until the next start."""
    known = {each.name: type(getattr(Options(), each.name)) for each in fields(Options)}
    given = call.body()
    for name, value in given.items():
        if name not in known or not isinstance(value, int | float):
            raise Refused(400, f"There is no option {name} with such a value.")
    for name, value in given.items():
        setattr(call.state.options, name, known[name](value))
    return options(call)
