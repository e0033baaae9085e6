"""Models: training, versions, deployments, export."""

import io
import json
import sqlite3
import zipfile
from collections.abc import Iterator
from typing import Any

from werkzeug.wrappers import Response

from sandbox.answers import Refused, json_answer, new_id
from sandbox.calls import Call, page
from sandbox.document_sets import find_set, members
from sandbox.jobs import add_job
from sandbox.state import State, writing
from sandbox.workspaces import workspace

KINDS = ("ml", "rule")
SERVICES = ("natural-language-understanding", "discovery")


def listing(call: Call, w: str) -> Response:
    """GET /workspaces/{w}/models."""
    workspace(call, w)
    return page(call, list(_listed(call, w)))


def _listed(call: Call, w: str) -> Iterator[dict[str, Any]]:
    for kind in KINDS:
        trained = _trained(call, w, kind)
        versions = _versions(call, w, kind)
        if trained is None and not versions:
            continue
        yield {
            "kind": kind,
            "trained_at": int(trained["due"] * 1000) if trained else None,
            "score": json.loads(trained["result"]).get("score") if trained else None,
            "versions": versions,
        }


def _trained(call: Call, w: str, kind: str) -> sqlite3.Row | None:
    """The last finished training of this kind of model."""
    found: sqlite3.Row | None = call.db.execute(
        "SELECT * FROM jobs WHERE workspace = ? AND kind = 'train' AND subject = ? AND due <= ?"
        " ORDER BY due DESC",
        (w, kind, call.state.now()),
    ).fetchone()
    return found


def _versions(call: Call, w: str, kind: str) -> list[dict[str, Any]]:
    found = call.db.execute(
        "SELECT version, description, created FROM versions WHERE workspace = ? AND kind = ?"
        " ORDER BY rowid",
        (w, kind),
    ).fetchall()
    return [
        {**dict(row), "deployments": _deployments(call, w, kind, row["version"])} for row in found
    ]


def _deployments(call: Call, w: str, kind: str, version: str) -> list[dict[str, Any]]:
    found = call.db.execute(
        "SELECT * FROM deployments WHERE workspace = ? AND kind = ? AND version = ?"
        " ORDER BY created",
        (w, kind, version),
    )
    return [
        {
            "service": row["service"],
            "instance": row["service_instance"],
            "model_id": row["model_id"],
            "status": status_of(call.state, row),
        }
        for row in found
    ]


def status_of(state: State, deployment: sqlite3.Row) -> str:
    """A deployment is available a moment after it was asked for."""
    return "available" if state.now() >= deployment["available"] else "publishing"


def train(call: Call, w: str, k: str) -> Response:
    """POST /workspaces/{w}/models/{k}/train: over the named sets, over all documents if empty."""
    workspace(call, w)
    _check_kind(k)
    sets = call.body().get("sets", [])
    if not isinstance(sets, list):
        raise Refused(400, "The field sets must be a list of ids.")
    limits = call.state.limits
    if _annotated(call, w, sets) < limits.training_documents:
        raise Refused(422, f"Training takes {limits.training_documents} annotated documents.")
    with writing(call.db):
        starts = _training_starts(call)
        job = add_job(call, w, "train", k, starts=starts)
        score = 0.5 + int(w[:4], 16) % 40 / 100  # the same workspace scores the same
        call.db.execute(
            "UPDATE jobs SET result = ? WHERE id = ?", (json.dumps({"score": score}), job)
        )
    return json_answer({"job": job}, 202)


def _check_kind(kind: str) -> None:
    if kind not in KINDS:
        raise Refused(404, f"There is no kind of model {kind}.")


def _annotated(call: Call, w: str, sets: list[str]) -> int:
    """How many annotated documents there are in the sets, or in all when none is named."""
    found = call.db.execute(
        "SELECT d.pk FROM documents d JOIN ground_truths g ON g.document = d.pk"
        " JOIN imports i ON i.id = d.import_id"
        " WHERE d.workspace = ? AND g.annotated AND i.visible_at <= ?",
        (w, call.state.now()),
    )
    annotated = {row["pk"] for row in found}
    if sets:
        chosen = (members(call.db, find_set(call, w, each)["pk"]) for each in sets)
        annotated &= {document for each in chosen for document in each}
    return len(annotated)


def _training_starts(call: Call) -> float:
    """When a slot is free: three trainings of an instance run at once; 429 when ten wait."""
    now, limits = call.state.now(), call.state.limits
    found = call.db.execute(
        "SELECT starts, due FROM jobs WHERE instance = ? AND kind = 'train' AND due > ?"
        " ORDER BY due",
        (call.the_instance()["name"], now),
    ).fetchall()
    if sum(row["starts"] > now for row in found) >= limits.training_waiting:
        raise Refused(429, "The training queue is full.", headers={"Retry-After": "60"})
    if len(found) < limits.training_running:
        return now
    last: float = found[-limits.training_running]["due"]
    return last


def snapshot(call: Call, w: str, k: str) -> Response:
    """POST /workspaces/{w}/models/{k}/versions."""
    workspace(call, w)
    _check_kind(k)
    description = call.text(call.body(), "description", "")
    if _trained(call, w, k) is None:
        raise Refused(409, "The model was never trained.")
    present = _versions(call, w, k)
    if len(present) >= call.state.limits.versions:
        raise Refused(409, f"A model has at most {call.state.limits.versions} versions.")
    version = f"1.{len(present)}"
    call.db.execute(
        "INSERT INTO versions VALUES (?, ?, ?, ?, ?)",
        (w, k, version, description, call.state.now_ms()),
    )
    return json_answer({"version": version}, 201)


def deploy(call: Call, w: str, k: str, v: str) -> Response:
    """POST …/versions/{v}/deployments: each deployment gets a new model id."""
    row = workspace(call, w)
    version = _version(call, w, k, v)
    body = call.body()
    service, guid = call.text(body, "service"), call.text(body, "instance")
    if service not in SERVICES:
        raise Refused(422, f"Models are not deployed to {service}.")
    found = call.db.execute(
        "SELECT 1 FROM services WHERE guid = ? AND kind = ? AND account = ?",
        (guid, service, call.the_instance()["account"]),
    ).fetchone()
    if found is None:
        raise Refused(422, f"The account has no such instance of {service}.")
    model_id, now = f"10:{new_id()}", call.state.now()
    call.db.execute(
        "INSERT INTO deployments VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            model_id,
            w,
            row["instance"],
            k,
            v,
            service,
            guid,
            row["name"],
            version["description"],
            row["language"],
            now,
            now + call.state.options.job_seconds,
        ),
    )
    return json_answer({"model_id": model_id, "status": "publishing"}, 202)


def _version(call: Call, w: str, kind: str, version: str) -> dict[str, Any]:
    for each in _versions(call, w, kind):
        if each["version"] == version:
            return each
    raise Refused(404, f"There is no version {version}.")


def undeploy(call: Call, w: str, k: str, v: str, model_id: str) -> Response:
    """DELETE …/deployments/{model_id}."""
    workspace(call, w)
    deployed = _version(call, w, k, v)["deployments"]
    if model_id not in [each["model_id"] for each in deployed]:
        raise Refused(404, f"The model {model_id} is not deployed from this version.")
    call.db.execute("DELETE FROM deployments WHERE model_id = ?", (model_id,))
    return Response(status=204)


def export(call: Call, w: str, k: str, v: str) -> Response:
    """GET …/versions/{v}/export: a ZIP (machine learning) or PEAR (rules); not on Lite."""
    workspace(call, w)
    _version(call, w, k, v)
    if call.the_instance()["plan"] == "lite":
        raise Refused(403, "The Lite plan does not export models.")
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("sandbox.txt", "A stand-in for a model: nothing was trained.\n")
    ending = "zip" if k == "ml" else "pear"
    answer = Response(file.getvalue(), content_type="application/octet-stream")
    answer.headers.set("Content-Disposition", "attachment", filename=f"model-{w}-{v}.{ending}")
    return answer
