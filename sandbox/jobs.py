"""Jobs: their state follows from the clock, so that nothing has to sleep until they are due."""

import json
import sqlite3
from typing import Any

from werkzeug.wrappers import Response

from sandbox.answers import Refused, json_answer, new_id
from sandbox.calls import Call
from sandbox.state import State
from sandbox.workspaces import workspace


def add_job(
    call: Call, workspace_id: str, kind: str, subject: str, *, starts: float, job: str = ""
) -> str:
    """Record a job that begins at `starts` and takes as long as jobs take here.

    `subject` is what it works on: a file, a kind of model. An import comes with its id, which
    names its file; it is not done before the import worker is done with it either.
    """
    worked = not job
    job = job or new_id()
    call.db.execute(
        "INSERT INTO jobs (id, workspace, instance, kind, subject, queued, starts, due, worked)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            job,
            workspace_id,
            call.the_instance()["name"],
            kind,
            subject,
            call.state.now(),
            starts,
            starts + call.state.options.job_seconds,
            worked,
        ),
    )
    return job


def read(call: Call, w: str, job: str) -> Response:
    """GET /workspaces/{w}/jobs/{job}."""
    workspace(call, w)
    row = call.db.execute("SELECT * FROM jobs WHERE id = ? AND workspace = ?", (job, w)).fetchone()
    if row is None:
        raise Refused(404, "There is no such job.")
    return json_answer(shape(call.state, row))


def shape(state: State, row: sqlite3.Row) -> dict[str, Any]:
    """A job as the tool tells of it."""
    now = state.now()
    job = {"id": row["id"], "kind": row["kind"], "state": "running", "error": None, "result": None}
    if row["error"]:
        return {**job, "state": "failed", "progress": row["progress"], "error": row["error"]}
    if now < row["starts"] or (not row["worked"] and row["progress"] == 0):
        return {**job, "state": "queued", "progress": 0}
    if row["worked"] and now >= row["due"]:
        return {**job, "state": "done", "progress": 100, "result": json.loads(row["result"])}
    elapsed = (now - row["starts"]) / max(row["due"] - row["starts"], 0.001)
    by_clock = int(min(max(elapsed, 0.0), 1.0) * 99)
    return {**job, "progress": by_clock if row["worked"] else min(by_clock, row["progress"])}
