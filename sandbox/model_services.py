"""NLU (section 4 of IBM's interfaces), Discovery (5) and the Resource Controller (6)."""

import json
import sqlite3
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from werkzeug.wrappers import Response

from sandbox.access import bearer_token, check_service
from sandbox.answers import Refused, json_answer, new_id, rows
from sandbox.calls import Call, number
from sandbox.limits import MEGABYTE
from sandbox.trained_models import status_of
from sandbox.uploads import received

NLU = "natural-language-understanding"
DISCOVERY = "discovery"
KNOWLEDGE_STUDIO_RESOURCE = "983ea9a2-0fec-4021-8b70-8da5373394e5"
ENRICHMENT_BYTES = 500 * MEGABYTE
ENRICHMENT_TYPES = ("watson_knowledge_studio_model", "uima_annotator", "rule_based")


def _check_version(call: Call) -> None:
    if not call.request.args.get("version"):
        raise Refused(400, "Missing required query parameter: version.")


def _check_nlu(call: Call, guid: str) -> None:
    """Version, credential and the rate that an instance allows outside of analysing."""
    _check_version(call)
    check_service(call, guid, NLU)
    most, now = call.state.options.nlu_per_second, call.state.now()
    recent = [each for each in call.state.nlu_calls.get(guid, []) if each > now - 1]
    if most and len(recent) >= most:
        raise Refused(429, "Too many requests.", headers={"Retry-After": "1"})
    call.state.nlu_calls[guid] = [*recent, now]


def nlu_models(call: Call, guid: str) -> Response:
    """GET /v1/models: every deployed model, whether or not its workspace is still there."""
    _check_nlu(call, guid)
    _let_go(call)
    found = call.db.execute(
        "SELECT * FROM deployments WHERE service_instance = ? AND service = ? ORDER BY created",
        (guid, NLU),
    )
    return json_answer({"models": [_nlu_model(call, row) for row in found]})


def _nlu_model(call: Call, row: sqlite3.Row) -> dict[str, Any]:
    created = datetime.fromtimestamp(row["created"], UTC)
    return {
        "model_id": row["model_id"],
        "workspace_id": row["workspace"],
        "version": row["version"],
        "version_description": row["description"],
        "model_version": row["version"],
        "name": row["name"],
        "description": row["description"],
        "language": row["language"],
        "status": status_of(call.state, row),
        "created": created.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def nlu_delete(call: Call, guid: str, model_id: str) -> Response:
    """DELETE /v1/models/{model_id}: the tool no longer lists it either."""
    _check_nlu(call, guid)
    _let_go(call)
    there = call.db.execute(
        "SELECT 1 FROM deployments WHERE model_id = ? AND service_instance = ?", (model_id, guid)
    ).fetchone()
    if there is None:
        raise Refused(404, f"model not found: {model_id}")
    until = call.state.now() + call.state.options.undeploy_seconds
    call.db.execute("INSERT OR IGNORE INTO leaving VALUES (?, ?)", (model_id, until))
    _let_go(call)
    return json_answer({"deleted": model_id})


def _let_go(call: Call) -> None:
    """Forget the models whose time is over."""
    over = "SELECT model_id FROM leaving WHERE until <= ?"
    call.db.execute(f"DELETE FROM deployments WHERE model_id IN ({over})", (call.state.now(),))  # noqa: S608 - a constant
    call.db.execute("DELETE FROM leaving WHERE until <= ?", (call.state.now(),))


def projects(call: Call, guid: str) -> Response:
    """GET /v2/projects."""
    _check_version(call)
    check_service(call, guid, DISCOVERY)
    found = call.db.execute(
        "SELECT id AS project_id, name, type FROM discovery_projects WHERE service = ?", (guid,)
    )
    return json_answer({"projects": rows(found)})


def collections(call: Call, guid: str, p: str) -> Response:
    """GET /v2/projects/{p}/collections."""
    _project(call, guid, p)
    found = call.db.execute(
        "SELECT id AS collection_id, name FROM discovery_collections WHERE project = ?", (p,)
    )
    return json_answer({"collections": rows(found)})


def _project(call: Call, guid: str, project: str) -> None:
    _check_version(call)
    check_service(call, guid, DISCOVERY)
    found = call.db.execute(
        "SELECT 1 FROM discovery_projects WHERE id = ? AND service = ?", (project, guid)
    ).fetchone()
    if found is None:
        raise Refused(404, f"Project not found: {project}")


def _enrichments(call: Call, project: str) -> list[dict[str, Any]]:
    found = call.db.execute(
        "SELECT id AS enrichment_id, name, description, type, options FROM discovery_enrichments"
        " WHERE project = ? ORDER BY rowid",
        (project,),
    )
    return [{**dict(row), "options": json.loads(row["options"])} for row in found]


def enrichments(call: Call, guid: str, p: str) -> Response:
    """GET /v2/projects/{p}/enrichments."""
    _project(call, guid, p)
    return json_answer({"enrichments": _enrichments(call, p)})


def enrichment(call: Call, guid: str, p: str, e: str) -> Response:
    """GET /v2/projects/{p}/enrichments/{e}."""
    _project(call, guid, p)
    for each in _enrichments(call, p):
        if each["enrichment_id"] == e:
            return json_answer(each)
    raise Refused(404, f"Enrichment not found: {e}")


def create_enrichment(call: Call, guid: str, p: str) -> Response:
    """POST /v2/projects/{p}/enrichments: multipart `enrichment` (JSON) and `file`."""
    _project(call, guid, p)
    with received(call, ENRICHMENT_BYTES) as file:
        if not file.name:
            raise Refused(400, "The file needs a filename.")
        size = file.size
        given = _enrichment_fields(file.fields.get("enrichment", ""))
    new = new_id()
    call.db.execute(
        "INSERT INTO discovery_enrichments VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            new,
            p,
            given["name"],
            given.get("description", ""),
            given["type"],
            json.dumps(given.get("options", {})),
            size,
        ),
    )
    created = next(each for each in _enrichments(call, p) if each["enrichment_id"] == new)
    return json_answer(created, 201)


def _enrichment_fields(text: str) -> dict[str, Any]:
    try:
        given = json.loads(text)
    except ValueError:
        given = None
    if not isinstance(given, dict) or not isinstance(given.get("name"), str):
        raise Refused(400, "The part enrichment is no JSON object with a name.")
    if given.get("type") not in ENRICHMENT_TYPES:
        raise Refused(400, f"The type of an enrichment is one of {', '.join(ENRICHMENT_TYPES)}.")
    return given


def delete_enrichment(call: Call, guid: str, p: str, e: str) -> Response:
    """DELETE /v2/projects/{p}/enrichments/{e}."""
    _project(call, guid, p)
    gone = call.db.execute("DELETE FROM discovery_enrichments WHERE id = ? AND project = ?", (e, p))
    if not gone.rowcount:
        raise Refused(404, f"Enrichment not found: {e}")
    return Response(status=204)


def resource_instances(call: Call) -> Response:
    """GET /v2/resource_instances: the account's instances, `next_url` relative."""
    try:
        token = bearer_token(call)
    except Refused as refused:
        raise Refused(
            401,
            refused.error,
            error_code="RC-IamTokenError",
            message=refused.error,
            status_code=401,
        ) from refused
    resources = _resources(call.db, token["account"])
    limit = min(number(call, "limit", 10) or 10, 100)
    start = number(call, "start", 0)
    part = resources[start : start + limit]
    following = None
    if start + limit < len(resources):
        query = urlencode({"type": "service_instance", "limit": limit, "start": start + limit})
        following = f"/v2/resource_instances?{query}"
    return json_answer({"rows_count": len(part), "next_url": following, "resources": part})


def _resources(db: sqlite3.Connection, account: str) -> list[dict[str, Any]]:
    tools = db.execute(
        "SELECT guid, name, region, 'knowledge-studio' AS service, ? AS resource_id"
        " FROM instances WHERE account = ? AND kind = 'cloud'",
        (KNOWLEDGE_STUDIO_RESOURCE, account),
    )
    others = db.execute(
        "SELECT s.guid, s.name, i.region, s.kind AS service, s.kind AS resource_id"
        " FROM services s JOIN instances i ON i.name = s.instance WHERE s.account = ?",
        (account,),
    )
    return [_resource(row, account) for row in (*tools, *others)]


def _resource(row: sqlite3.Row, account: str) -> dict[str, Any]:
    region, service, guid = row["region"], row["service"], row["guid"]
    crn = f"crn:v1:bluemix:public:{service}:{region}:a/{account}:{guid}::"
    return {
        "guid": guid,
        "id": crn,
        "crn": crn,
        "name": row["name"],
        "region_id": region,
        "resource_id": row["resource_id"],
        "state": "active",
        "type": "service_instance",
    }
