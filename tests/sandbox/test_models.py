"""Training, versions, deployments, and the services that deployed models live in."""

import json
from typing import Any
from urllib.parse import quote

import requests

from sandbox.limits import Limits
from tests.sandbox.fixtures import TIMEOUT, RunningSandbox

VERSION = {"version": "2022-08-10"}


def _nlu(sandbox: RunningSandbox, name: str = "source") -> list[dict[str, Any]]:
    instance = sandbox.instance(name)
    assert instance.nlu_credential is not None
    answer = requests.get(
        f"{instance.nlu_url}/v1/models",
        params=VERSION,
        auth=("apikey", instance.nlu_credential["apikey"]),
        timeout=TIMEOUT,
    )
    found: list[dict[str, Any]] = answer.json()["models"]
    return found


def _claims(sandbox: RunningSandbox) -> str:
    return f"/workspaces/{sandbox.workspaces()['Claims']['id']}"


def _deploy(sandbox: RunningSandbox, service: str = "natural-language-understanding") -> Any:
    url = sandbox.source.nlu_url if service.startswith("natural") else sandbox.source.discovery_url
    return sandbox.call(
        "POST",
        f"{_claims(sandbox)}/models/ml/versions/1.1/deployments",
        json={"service": service, "instance": url.rpartition("/")[2]},
    )


def test_training_needs_ten_annotated_documents(sandbox: RunningSandbox) -> None:
    new = sandbox.create_workspace()
    refused = sandbox.call("POST", f"/workspaces/{new}/models/ml/train", "target", json={})
    assert refused.status_code == 422
    claims = sandbox.workspaces()["Claims"]["id"]
    job = sandbox.call("POST", f"/workspaces/{claims}/models/ml/train", json={"sets": []})
    assert job.status_code == 202
    done = sandbox.finished(claims, job.json()["job"], "source")
    assert 0 < done["result"]["score"] <= 1
    model = sandbox.call("GET", f"/workspaces/{claims}/models").json()["items"][0]
    assert model["score"] == done["result"]["score"]


def test_three_trainings_run_ten_wait_and_one_more_is_429(sandbox: RunningSandbox) -> None:
    sandbox.options(job_seconds=600)
    path = f"{_claims(sandbox)}/models/ml/train"
    answers = [sandbox.call("POST", path, json={"sets": []}) for _ in range(14)]
    assert [each.status_code for each in answers] == [202] * 13 + [429]
    assert answers[-1].headers["Retry-After"]
    jobs = (f"{_claims(sandbox)}/jobs/{each.json()['job']}" for each in answers[:13])
    states = [sandbox.call("GET", job).json()["state"] for job in jobs]
    assert states == ["running"] * 3 + ["queued"] * 10


def test_versions_count_up_to_ten(sandbox: RunningSandbox) -> None:
    path = f"{_claims(sandbox)}/models/ml/versions"
    answers = [sandbox.call("POST", path, json={"description": "One more"}) for _ in range(9)]
    assert [each.status_code for each in answers] == [201] * 8 + [409]
    assert answers[0].json() == {"version": "1.2"}


def test_an_untrained_model_has_no_versions(sandbox: RunningSandbox) -> None:
    path = f"{_claims(sandbox)}/models/rule/versions"
    assert sandbox.call("POST", path, json={}).status_code == 409
    other = f"{_claims(sandbox)}/models/other/versions"
    assert sandbox.call("POST", other, json={}).status_code == 404


def test_a_deployment_is_publishing_and_then_available_and_listed_by_nlu_at_once(
    sandbox: RunningSandbox,
) -> None:
    sandbox.options(job_seconds=600)
    made = _deploy(sandbox).json()
    assert made["status"] == "publishing"
    listed = {each["model_id"]: each for each in _nlu(sandbox)}
    assert listed[made["model_id"]]["status"] == "publishing"
    assert listed[made["model_id"]]["workspace_id"] == _claims(sandbox).rpartition("/")[2]
    later = sandbox.server.state.now() + 601
    sandbox.server.state.now = lambda: later
    listed = {each["model_id"]: each for each in _nlu(sandbox)}
    assert listed[made["model_id"]]["status"] == "available"


def test_each_deployment_gets_a_new_model_id(sandbox: RunningSandbox) -> None:
    ids = {_deploy(sandbox).json()["model_id"] for _ in range(3)}
    assert len(ids) == 3
    assert all(each.startswith("10:") for each in ids)


def test_deploying_to_what_is_not_there_is_422(sandbox: RunningSandbox) -> None:
    path = f"{_claims(sandbox)}/models/ml/versions/1.0/deployments"
    for body in (
        {"service": "natural-language-understanding", "instance": "unknown"},
        {"service": "translation", "instance": "unknown"},
    ):
        assert sandbox.call("POST", path, json=body).status_code == 422


def test_undeploying_by_the_tool_or_by_nlu_removes_it_from_both(sandbox: RunningSandbox) -> None:
    first, second = (_deploy(sandbox).json()["model_id"] for _ in range(2))
    path = f"{_claims(sandbox)}/models/ml/versions/1.1/deployments/{quote(first)}"
    assert sandbox.call("DELETE", path).status_code == 204
    assert sandbox.call("DELETE", path).status_code == 404
    source = sandbox.source
    gone = requests.delete(
        f"{source.nlu_url}/v1/models/{quote(second, safe='')}",
        params=VERSION,
        headers=source.headers(),
        timeout=TIMEOUT,
    )
    assert gone.json() == {"deleted": second}
    assert not {first, second} & {each["model_id"] for each in _nlu(sandbox)}
    models = sandbox.call("GET", f"{_claims(sandbox)}/models").text
    assert first not in models
    assert second not in models


def test_nlu_lists_an_orphan_whose_workspace_is_gone(sandbox: RunningSandbox) -> None:
    known = {each["id"] for each in sandbox.workspaces().values()}
    assert [each["name"] for each in _nlu(sandbox) if each["workspace_id"] not in known]


def test_nlu_wants_a_version_and_its_own_key(sandbox: RunningSandbox) -> None:
    source, target = sandbox.source, sandbox.target
    assert source.nlu_credential is not None
    assert target.nlu_credential is not None
    url = f"{source.nlu_url}/v1/models"
    own = ("apikey", source.nlu_credential["apikey"])
    assert requests.get(url, auth=own, timeout=TIMEOUT).status_code == 400
    foreign = ("apikey", target.nlu_credential["apikey"])
    assert requests.get(url, params=VERSION, auth=foreign, timeout=TIMEOUT).status_code == 401
    unknown = requests.delete(f"{url}/10:unknown", params=VERSION, auth=own, timeout=TIMEOUT)
    assert unknown.status_code == 404


def test_a_model_exports_as_zip_except_on_lite(sandbox: RunningSandbox) -> None:
    path = f"{_claims(sandbox)}/models/ml/versions/1.0/export"
    assert sandbox.call("GET", path).content.startswith(b"PK")
    with sandbox.server.state.connect() as db:
        db.execute("UPDATE instances SET plan = 'lite'")
    assert sandbox.call("GET", path).status_code == 403
    body = {"user_id": "second@example.com", "role": "Admin"}
    assert sandbox.call("POST", "/users", "target", json=body).status_code == 409


def test_an_enrichment_is_made_from_a_model_and_deleted(sandbox: RunningSandbox) -> None:
    source = sandbox.source
    headers, query = source.headers(), {"version": "2023-03-31"}
    url = f"{source.discovery_url}/v2/projects"
    found = requests.get(url, params=query, headers=headers, timeout=TIMEOUT).json()["projects"]
    url = f"{url}/{found[0]['project_id']}"
    held = requests.get(f"{url}/collections", params=query, headers=headers, timeout=TIMEOUT)
    assert held.json()["collections"]
    wanted = {"name": "Claims", "type": "watson_knowledge_studio_model", "options": {}}
    made = requests.post(
        f"{url}/enrichments",
        params=query,
        headers=headers,
        data={"enrichment": json.dumps(wanted)},
        files={"file": ("model.zip", b"PK")},
        timeout=TIMEOUT,
    )
    assert made.status_code == 201
    one = f"{url}/enrichments/{made.json()['enrichment_id']}"
    read = requests.get(one, params=query, headers=headers, timeout=TIMEOUT).json()
    assert read["name"] == "Claims"
    gone = requests.delete(one, params=query, headers=headers, timeout=TIMEOUT)
    assert gone.status_code == 204
    left = requests.get(f"{url}/enrichments", params=query, headers=headers, timeout=TIMEOUT)
    assert left.json() == {"enrichments": []}


def test_the_resource_controller_lists_all_pages(sandbox: RunningSandbox) -> None:
    source = sandbox.source
    url: str | None = "/v2/resource_instances?type=service_instance&limit=2"
    names: list[str] = []
    while url is not None:
        address = source.resource_controller_url + url
        answer = requests.get(address, headers=source.headers(), timeout=TIMEOUT).json()
        assert answer["rows_count"] == len(answer["resources"]) <= 2
        names += [each["crn"].split(":")[4] for each in answer["resources"]]
        url = answer["next_url"]
    assert sorted(names) == ["discovery", "knowledge-studio", "natural-language-understanding"]


def test_the_limits_are_those_of_the_service() -> None:
    limits = Limits()
    assert (limits.upload_bytes, limits.type_system_bytes) == (200_000_000, 20_000_000)
    assert (limits.documents, limits.document_characters) == (10_000, 40_000)
    assert (limits.dictionaries, limits.dictionary_entries) == (64, 15_000)


def test_nlu_answers_five_calls_a_second_and_then_429(sandbox: RunningSandbox) -> None:
    instance = sandbox.source
    assert instance.nlu_credential is not None
    own = ("apikey", instance.nlu_credential["apikey"])
    url = f"{instance.nlu_url}/v1/models"
    moment = sandbox.server.state.now()
    sandbox.server.state.now = lambda: moment
    answers = [requests.get(url, params=VERSION, auth=own, timeout=TIMEOUT) for _ in range(6)]
    assert [each.status_code for each in answers] == [200] * 5 + [429]
    assert answers[-1].headers["Retry-After"] == "1"
