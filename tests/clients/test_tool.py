"""The tool's client: what it asks, reads and refuses, by the profile."""

import json
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from migrator.clients.credentials import ApiKeyCredential, SessionCredential
from migrator.clients.http import Http
from migrator.clients.profile import load_profile
from migrator.clients.tool import ToolClient
from migrator.errors import ServiceError, SessionLost, TransientError

API = "/t/wks/api/v10"


@pytest.fixture
def tool(http: Http, root: str) -> ToolClient:
    return ToolClient(http, address=f"{root}/t", credential=SessionCredential("x1", "d1"))


@pytest.fixture
def keyed(http: Http, httpserver: HTTPServer, root: str) -> ToolClient:
    for text in ("t1", "t2"):
        httpserver.expect_oneshot_request("/identity/token").respond_with_json(
            {"access_token": text, "expires_in": 3600}
        )
    return ToolClient(http, address=f"{root}/t", credential=ApiKeyCredential("k"), iam_url=root)


def workspace(number: int) -> dict[str, Any]:
    return {"id": f"w-{number}", "name": f"W {number}", "language": "en", "surplus": {}}


def in_pages(items: list[Any], *, total: bool = True) -> Any:
    """A handler that gives what `limit` and `offset` ask for."""

    def answer(request: Request) -> Response:
        start, limit = int(request.args["offset"]), int(request.args["limit"])
        page: dict[str, Any] = {"items": items[start : start + limit]}
        if total:
            page["total"] = len(items)
        return Response(json.dumps(page), mimetype="application/json")

    return answer


@pytest.mark.parametrize("count", [0, 1, 100, 101, 250])
@pytest.mark.parametrize("total", [True, False])
def test_a_list_is_read_to_its_end(
    tool: ToolClient, httpserver: HTTPServer, count: int, total: bool
) -> None:
    items = [workspace(number) for number in range(count)]
    httpserver.expect_request(f"{API}/workspaces").respond_with_handler(
        in_pages(items, total=total)
    )
    assert [one.id for one in tool.workspaces()] == [one["id"] for one in items]


def test_a_service_that_gives_smaller_pages_is_read_to_the_end(
    tool: ToolClient, httpserver: HTTPServer
) -> None:
    def answer(request: Request) -> Response:
        start = int(request.args["offset"])
        items = [workspace(number) for number in range(7)][start : start + 3]
        return Response(json.dumps({"items": items}), mimetype="application/json")

    httpserver.expect_request(f"{API}/workspaces").respond_with_handler(answer)
    assert len(tool.workspaces()) == 7


def test_a_service_that_knows_no_pages_is_read_once(
    tool: ToolClient, httpserver: HTTPServer
) -> None:
    httpserver.expect_request(f"{API}/workspaces").respond_with_json(
        {"items": [workspace(number) for number in range(130)]}
    )
    assert len(tool.workspaces()) == 130


def test_a_list_that_comes_bare_is_read(tool: ToolClient, httpserver: HTTPServer) -> None:
    httpserver.expect_request(f"{API}/workspaces").respond_with_json([workspace(1)])
    assert len(tool.workspaces()) == 1


def test_a_list_that_changes_while_it_is_read_is_read_anew(
    tool: ToolClient, httpserver: HTTPServer
) -> None:
    items = [workspace(number) for number in range(150)]
    pages = [items[:100], items[99:149], items[:100], items[100:]]
    for page in pages:
        httpserver.expect_ordered_request(f"{API}/workspaces").respond_with_json(
            {"total": 150, "items": page}
        )
    assert len(tool.workspaces()) == 150


@pytest.mark.parametrize(
    "second", [{"total": 150, "items": []}, {"total": 151, "items": [workspace(200)] * 50}]
)
def test_a_list_with_gaps_is_never_given_as_whole(
    tool: ToolClient, httpserver: HTTPServer, second: dict[str, Any]
) -> None:
    first = {"total": 150, "items": [workspace(number) for number in range(100)]}
    for _ in range(3):
        for page in (first, second):
            httpserver.expect_ordered_request(f"{API}/workspaces").respond_with_json(page)
    with pytest.raises(TransientError, match="changed again and again"):
        tool.workspaces()


@pytest.mark.parametrize(
    "answer", [{}, {"items": 7}, {"items": [], "total": "many"}, {"items": [7]}]
)
def test_a_list_in_another_shape_is_told(
    tool: ToolClient, httpserver: HTTPServer, answer: Any
) -> None:
    httpserver.expect_request(f"{API}/workspaces").respond_with_json(answer)
    with pytest.raises(ServiceError, match="shape that is not known") as caught:
        tool.workspaces()
    assert "profile" in caught.value.remedy


def test_calls_carry_the_session(tool: ToolClient, httpserver: HTTPServer) -> None:
    httpserver.expect_request(f"{API}/workspaces/w-1").respond_with_json(workspace(1))
    tool.workspace("w-1")
    headers = httpserver.log[0][0].headers
    assert headers["Cookie"] == "WKS-XSRF-TOKEN=x1; Watson-DPAT=d1"
    assert headers["x-wks-xsrf-token"] == "x1"


def test_a_lost_session_asks_for_new_cookies(tool: ToolClient, httpserver: HTTPServer) -> None:
    httpserver.expect_request(f"{API}/workspaces").respond_with_data(
        "", status=302, headers={"Location": "/login"}
    )
    with pytest.raises(SessionLost, match="store the two new cookies"):
        tool.workspaces()
    assert len(httpserver.log) == 1


def test_a_stale_token_is_renewed_once_even_for_an_upload(
    keyed: ToolClient, httpserver: HTTPServer, tmp_path: Path
) -> None:
    file = tmp_path / "types.json"
    file.write_text("{}")
    path = f"{API}/workspaces/w/typestore/import"
    old, new = {"Authorization": "Bearer t1"}, {"Authorization": "Bearer t2"}
    httpserver.expect_request(path, headers=old).respond_with_json({}, status=401)
    httpserver.expect_request(path, headers=new).respond_with_json(
        {"entity_types": 2, "relation_types": 1}
    )
    uploaded = keyed.upload_types("w", file)
    assert (uploaded.entity_types, uploaded.relation_types) == (2, 1)


def test_a_token_that_stays_refused_asks_for_a_credential(
    keyed: ToolClient, httpserver: HTTPServer, tmp_path: Path
) -> None:
    httpserver.expect_request(f"{API}/workspaces/w/documentsets/export").respond_with_json(
        {}, status=401
    )
    with pytest.raises(SessionLost, match="Store an API key"):
        keyed.download_documents("w", tmp_path / "c.zip")
    assert len(httpserver.log) == 4


def test_a_rejected_api_key_is_not_tried_again(
    http: Http, httpserver: HTTPServer, root: str
) -> None:
    httpserver.expect_request("/identity/token").respond_with_json({}, status=400)
    tool = ToolClient(http, address=f"{root}/t", credential=ApiKeyCredential("k"), iam_url=root)
    with pytest.raises(SessionLost):
        tool.workspaces()
    assert len(httpserver.log) == 1


def test_a_workspace_is_created_with_what_was_given(
    tool: ToolClient, httpserver: HTTPServer
) -> None:
    given = {"name": "A", "description": "", "language": "en", "tokenizer": "ml"}
    httpserver.expect_request(f"{API}/workspaces", method="POST", json=given).respond_with_json(
        workspace(1), status=201
    )
    assert tool.create_workspace(**given).id == "w-1"


@pytest.mark.parametrize(
    ("status", "sentence"), [(409, "of this name exists already"), (422, "language or tokenizer")]
)
def test_a_refused_workspace_says_why_and_that_none_was_created(
    tool: ToolClient, httpserver: HTTPServer, status: int, sentence: str
) -> None:
    httpserver.expect_request(f"{API}/workspaces").respond_with_json({}, status=status)
    with pytest.raises(ServiceError, match=sentence) as caught:
        tool.create_workspace(name="A", description="", language="en", tokenizer="ml")
    assert caught.value.meaning.startswith("No workspace was created")
    assert caught.value.http_status == status


def test_a_create_is_sent_once(tool: ToolClient, httpserver: HTTPServer) -> None:
    httpserver.expect_request(f"{API}/workspaces").respond_with_json({}, status=503)
    with pytest.raises(TransientError, match="looks first"):
        tool.create_workspace(name="A", description="", language="en", tokenizer="ml")
    assert len(httpserver.log) == 1


@pytest.mark.parametrize(("name", "megabytes"), [("types", 20), ("documents", 200)])
def test_a_file_over_the_limit_is_not_sent(
    tool: ToolClient, httpserver: HTTPServer, tmp_path: Path, name: str, megabytes: int
) -> None:
    file = tmp_path / "large"
    with file.open("wb") as large:
        large.truncate(megabytes * 1_000_000 + 1)
    with pytest.raises(ServiceError, match=f"the {megabytes} MB that") as caught:
        getattr(tool, f"upload_{name}")("w", file)
    assert caught.value.http_status == 413
    assert httpserver.log == []


@pytest.mark.parametrize("ground_truth", [True, False])
def test_documents_are_uploaded_as_a_job(
    tool: ToolClient, httpserver: HTTPServer, tmp_path: Path, ground_truth: bool
) -> None:
    file = tmp_path / "corpus.zip"
    file.write_bytes(b"PK")
    query = {"ground_truth": "true" if ground_truth else "false"}
    httpserver.expect_request(
        f"{API}/workspaces/w/documentsets/import", method="POST", query_string=query
    ).respond_with_json({"job": "j-1"}, status=202)
    httpserver.expect_request(f"{API}/workspaces/w/jobs/j-1").respond_with_json(
        {"id": "j-1", "state": "done", "progress": 100, "result": {"documents": 3}}
    )
    assert tool.upload_documents("w", file, ground_truth=ground_truth) == "j-1"
    job = tool.job("w", "j-1")
    assert (job.state, job.progress, job.result) == ("done", 100, {"documents": 3})


def test_a_mapping_is_removed_with_null(tool: ToolClient, httpserver: HTTPServer) -> None:
    httpserver.expect_request(
        f"{API}/workspaces/w/dictionaries/d", method="PUT", json={"entity_type": None}
    ).respond_with_json({})
    tool.map_dictionary("w", "d", None)


def test_names_of_the_service_come_from_the_profile(
    http: Http, httpserver: HTTPServer, root: str, tmp_path: Path
) -> None:
    own = tmp_path / "own.toml"
    own.write_text(
        'api_root = "/api"\n[paging]\nitems = "resources"\ntotal = "count"\noffset = "start"\n'
        '[operations.list_models]\npath = "/projects/{w}/models"\n'
        '[answers.model]\nversions = "snapshots"\n[answers.deployment]\nmodel_id = "guid"\n'
        '[operations.create_workspace]\nsend = { language = "lang" }\n'
    )
    tool = ToolClient(
        http,
        address=f"{root}/t",
        credential=SessionCredential("x1", "d1"),
        profile=load_profile(own),
    )
    version = {"version": "1.0", "deployments": [{"guid": "m-1", "model_id": "other"}]}
    httpserver.expect_request("/t/api/projects/w/models").respond_with_json(
        {"count": 1, "resources": [{"kind": "ml", "score": 1, "snapshots": [version]}]}
    )
    (model,) = tool.models("w")
    assert model.versions[0].deployments[0].model_id == "m-1"
    assert "start" in httpserver.log[0][0].args
    sent = {"name": "A", "description": "", "lang": "en", "tokenizer": "ml"}
    httpserver.expect_request("/t/api/workspaces", json=sent).respond_with_json(workspace(1))
    tool.create_workspace(name="A", description="", language="en", tokenizer="ml")


def test_the_check_tries_each_reading_entry_and_keeps_transaction_ids(
    tool: ToolClient, httpserver: HTTPServer
) -> None:
    empty = {"total": 0, "items": []}
    one = {"total": 1, "items": [workspace(1)]}
    tag = {"X-Global-Transaction-ID": "tx-1"}
    httpserver.expect_request(f"{API}/monitor/wks").respond_with_data("", headers=tag)
    httpserver.expect_request(f"{API}/workspaces").respond_with_json(one)
    httpserver.expect_request(f"{API}/workspaces/w-1/dictionaries").respond_with_json(
        {"error": "no"}, status=403, headers=tag
    )
    httpserver.expect_request(f"{API}/workspaces/w-1/models").respond_with_json(empty)
    httpserver.expect_request(f"{API}/users").respond_with_json(empty)
    answers = {answer.operation: answer for answer in tool.check()}
    reading = {n for n, o in tool.profile.operations.items() if o.read_only}
    assert answers.keys() == reading
    assert answers["health"].answered
    assert (answers["health"].status, answers["health"].transaction_id) == ("seen", "tx-1")
    assert answers["list_dictionaries"].answered is False
    assert "“no”" in answers["list_dictionaries"].sentence
    assert answers["list_dictionaries"].transaction_id == "tx-1"
    assert answers["export_model"].answered is None
    assert answers["export_model"].sentence == (
        "Not tried: there is no version of a model to try it on."
    )
    assert answers["read_job"].answered is None
    assert all(request.method == "GET" for request, _ in httpserver.log)


def test_the_check_stops_asking_once_the_credential_is_refused(
    tool: ToolClient, httpserver: HTTPServer
) -> None:
    httpserver.expect_request(f"{API}/monitor/wks").respond_with_data("")
    httpserver.expect_request(f"{API}/workspaces").respond_with_data("", status=302)
    answers = tool.check()
    assert [answer.answered for answer in answers[:3]] == [True, False, None]
    assert {answer.sentence for answer in answers[2:]} == {"Not tried: the credential was refused."}
    assert len(httpserver.log) == 2


def test_the_check_does_not_wait_for_a_silent_service_again_and_again(
    http: Http, pauses: list[float]
) -> None:
    tool = ToolClient(http, address="http://127.0.0.1:9/t", credential=SessionCredential("x", "d"))
    answers = tool.check()
    assert answers[0].answered is False
    assert {answer.answered for answer in answers[1:]} == {None}
    assert pauses == []
