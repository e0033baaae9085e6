"""Workspaces, their members, and the users of an instance."""

import sqlite3
from typing import Any

from werkzeug.wrappers import Response

from sandbox.answers import Refused, json_answer, new_id, rows
from sandbox.calls import Call, page
from sandbox.limits import LANGUAGES, ROLES, TOKENIZERS, language_code
from sandbox.state import writing

COLUMNS = "id, name, description, language, tokenizer, owner, kind, created, modified"
OF_WORKSPACE = (
    "type_systems",
    "rule_classes",
    "members",
    "dictionaries",
    "imports",
    "document_sets",
    "documents",
    "jobs",
    "tasks",
    "versions",
)


def health(call: Call) -> Response:
    """GET /monitor/wks."""
    return json_answer({"status": "OK"})


def listing(call: Call) -> Response:
    """GET /workspaces."""
    found = call.db.execute(
        f"SELECT {COLUMNS} FROM workspaces WHERE instance = ? ORDER BY created, name",  # noqa: S608
        (call.the_instance()["name"],),
    )
    return page(call, [_shape(call, row) for row in found])


def read(call: Call, w: str) -> Response:
    """GET /workspaces/{w}."""
    return json_answer(_shape(call, workspace(call, w)))


def workspace(call: Call, workspace_id: str) -> sqlite3.Row:
    """The row of a workspace of the called instance; 404 for another id."""
    found: sqlite3.Row | None = call.db.execute(
        "SELECT * FROM workspaces WHERE id = ? AND instance = ?",
        (workspace_id, call.the_instance()["name"]),
    ).fetchone()
    if found is None:
        raise Refused(404, "There is no such workspace.")
    return found


def _shape(call: Call, row: sqlite3.Row) -> dict[str, Any]:
    count = call.db.execute(
        "SELECT count(*) FROM documents d JOIN imports i ON i.id = d.import_id"
        " WHERE d.workspace = ? AND i.visible_at <= ?",
        (row["id"], call.state.now()),
    ).fetchone()[0]
    shape = {name: row[name] for name in COLUMNS.split(", ")}
    return {**shape, "documents": count, "plan": call.the_instance()["plan"]}


def create(call: Call) -> Response:
    """POST /workspaces."""
    body = call.body()
    name = call.text(body, "name").strip()
    language = language_code(call.text(body, "language"))
    tokenizer = call.text(body, "tokenizer", "ml")
    if not name:
        raise Refused(400, "A workspace needs a name.")
    if language not in LANGUAGES:
        raise Refused(422, f"The language {language} is not supported.")
    if tokenizer not in TOKENIZERS:
        raise Refused(422, f"The tokenizer {tokenizer} is unknown.")
    description = call.text(body, "description", "")
    created = insert(call, name, description, language, tokenizer)
    return json_answer(_shape(call, workspace(call, created)), 201)


def insert(call: Call, name: str, description: str, language: str, tokenizer: str) -> str:
    """Store a new workspace of the caller and return its id; 409 when the name is taken."""
    now, new = call.state.now_ms(), new_id()
    try:
        call.db.execute(
            "INSERT INTO workspaces (id, instance, name, description, language, tokenizer, owner,"
            " kind, created, modified) VALUES (?, ?, ?, ?, ?, ?, ?, 'standard', ?, ?)",
            (
                new,
                call.the_instance()["name"],
                name,
                description,
                language,
                tokenizer,
                call.user_id,
                now,
                now,
            ),
        )
    except sqlite3.IntegrityError as error:
        raise Refused(409, f"A workspace named {name} exists.") from error
    return new


def touch(call: Call, workspace_id: str) -> None:
    """The workspace changed: a new modification time, and composed downloads are out of date."""
    call.db.execute(
        "UPDATE workspaces SET modified = ?, revision = revision + 1 WHERE id = ?",
        (call.state.now_ms(), workspace_id),
    )


def delete(call: Call, w: str) -> Response:
    """DELETE /workspaces/{w}: everything in it goes; models that were deployed stay deployed."""
    workspace(call, w)
    with writing(call.db):
        for statement in (
            "DELETE FROM ground_truths WHERE document IN"
            " (SELECT pk FROM documents WHERE workspace = ?)",
            "DELETE FROM drafts WHERE document IN (SELECT pk FROM documents WHERE workspace = ?)",
            "DELETE FROM set_documents WHERE document_set IN"
            " (SELECT pk FROM document_sets WHERE workspace = ?)",
            "DELETE FROM task_sets WHERE task IN (SELECT id FROM tasks WHERE workspace = ?)",
            *(f"DELETE FROM {table} WHERE workspace = ?" for table in OF_WORKSPACE),  # noqa: S608
            "DELETE FROM workspaces WHERE id = ?",
        ):
            call.db.execute(statement, (w,))
    for composed in call.state.downloads.glob(f"{w}-*"):
        composed.unlink(missing_ok=True)
    return Response(status=204)


def users(call: Call) -> Response:
    """GET /users."""
    found = call.db.execute(
        "SELECT user_id, name, role, state, last_login FROM users WHERE instance = ?"
        " ORDER BY rowid",
        (call.the_instance()["name"],),
    )
    return page(call, rows(found))


def add_user(call: Call) -> Response:
    """POST /users: 201 for a new user, 200 for a raised role, 409 for a lowered one."""
    body, instance = call.body(), call.the_instance()
    user_id, role = call.text(body, "user_id"), call.text(body, "role")
    if role not in ROLES:
        raise Refused(422, f"The role {role} is unknown.")
    known = call.db.execute("SELECT * FROM users WHERE instance = ?", (instance["name"],))
    roles = {row["user_id"]: row["role"] for row in known}
    if user_id in roles:
        return _raise_role(call, user_id, roles[user_id], role)
    if roles and instance["plan"] == "lite":
        raise Refused(409, "A Lite plan has one user.")
    # The first user of an instance is its administrator, whatever was asked for.
    user = {"user_id": user_id, "name": user_id.split("@")[0], "role": role if roles else "Admin"}
    call.db.execute(
        "INSERT INTO users (instance, user_id, name, role, state, last_login)"
        " VALUES (?, ?, ?, ?, 'ACTIVE', NULL)",
        (instance["name"], user_id, user["name"], user["role"]),
    )
    return json_answer({**user, "state": "ACTIVE", "last_login": None}, 201)


def _raise_role(call: Call, user_id: str, present: str, wanted: str) -> Response:
    if ROLES.index(wanted) < ROLES.index(present):
        raise Refused(409, f"The role of a user cannot be lowered from {present} to {wanted}.")
    name = call.the_instance()["name"]
    call.db.execute(
        "UPDATE users SET role = ? WHERE instance = ? AND user_id = ?", (wanted, name, user_id)
    )
    found = call.db.execute(
        "SELECT user_id, name, role, state, last_login FROM users"
        " WHERE instance = ? AND user_id = ?",
        (name, user_id),
    )
    return json_answer(rows(found)[0])


def members(call: Call, w: str) -> Response:
    """GET /workspaces/{w}/members: a bare list."""
    workspace(call, w)
    found = call.db.execute(
        "SELECT u.user_id, u.name, u.role FROM members m JOIN users u ON u.user_id = m.user_id"
        " AND u.instance = ? WHERE m.workspace = ? ORDER BY u.user_id",
        (call.the_instance()["name"], w),
    )
    return json_answer(rows(found))


def set_members(call: Call, w: str) -> Response:
    """PUT /workspaces/{w}/members: the project managers of the workspace, all of them."""
    workspace(call, w)
    wanted = call.body().get("project_managers")
    if not isinstance(wanted, list) or not all(isinstance(name, str) for name in wanted):
        raise Refused(400, "The field project_managers must be a list of user ids.")
    for user_id in wanted:
        _must_manage(call, user_id)
    with writing(call.db):
        call.db.execute("DELETE FROM members WHERE workspace = ?", (w,))
        call.db.executemany(
            "INSERT INTO members VALUES (?, ?)", [(w, name) for name in set(wanted)]
        )
        touch(call, w)
    return members(call, w)


def _must_manage(call: Call, user_id: str) -> None:
    found = call.db.execute(
        "SELECT role FROM users WHERE instance = ? AND user_id = ?",
        (call.the_instance()["name"], user_id),
    ).fetchone()
    if found is None:
        raise Refused(422, f"There is no user {user_id}.")
    if found["role"] == "Human annotator":
        raise Refused(422, f"The user {user_id} is a human annotator and cannot manage a project.")
