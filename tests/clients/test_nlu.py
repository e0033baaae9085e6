"""Natural Language Understanding: deployed models listed and removed."""

import pytest
from pytest_httpserver import HTTPServer

from migrator.clients.credentials import ApiKeyCredential, SessionCredential
from migrator.clients.http import Http
from migrator.clients.nlu import NluClient
from migrator.errors import ServiceError, SessionLost

MODEL = {
    "model_id": "10:7abc",
    "workspace_id": "w-1",
    "version": "1.0",
    "name": "Claims",
    "status": "available",
    "created": "2026-01-02T03:04:05Z",
    "something_new": [],
}


@pytest.fixture
def nlu(http: Http, httpserver: HTTPServer, root: str) -> NluClient:
    for text in ("t1", "t2"):
        httpserver.expect_oneshot_request("/identity/token").respond_with_json(
            {"access_token": text, "expires_in": 3600}
        )
    return NluClient(
        http, address=f"{root}/instances/g", credential=ApiKeyCredential("k"), iam_url=root
    )


def test_deployed_models_are_listed(nlu: NluClient, httpserver: HTTPServer) -> None:
    httpserver.expect_request(
        "/instances/g/v1/models",
        query_string={"version": "2022-08-10"},
        headers={"Authorization": "Bearer t1"},
    ).respond_with_json({"models": [MODEL, {"model_id": "bare"}]})
    first, second = nlu.models()
    assert (first.model_id, first.workspace_id, first.status) == ("10:7abc", "w-1", "available")
    assert (second.model_id, second.workspace_id) == ("bare", None)


def test_a_model_is_undeployed_by_its_quoted_id(nlu: NluClient, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/instances/g/v1/models/10:7abc", method="DELETE").respond_with_json(
        {"deleted": "10:7abc"}
    )
    nlu.delete("10:7abc")
    assert "10%3A7abc" in httpserver.log[-1][0].environ["REQUEST_URI"]


def test_an_unknown_model_is_told(nlu: NluClient, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/instances/g/v1/models/x").respond_with_json({}, status=404)
    with pytest.raises(ServiceError, match="not deployed here any more") as caught:
        nlu.delete("x")
    assert caught.value.http_status == 404


def test_a_stale_token_is_renewed_once(nlu: NluClient, httpserver: HTTPServer) -> None:
    httpserver.expect_request(
        "/instances/g/v1/models", headers={"Authorization": "Bearer t2"}
    ).respond_with_json({"models": []})
    httpserver.expect_request(
        "/instances/g/v1/models", headers={"Authorization": "Bearer t1"}
    ).respond_with_json({}, status=401)
    assert nlu.models() == []


def test_a_credential_that_stays_refused_asks_for_a_new_one(
    nlu: NluClient, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/instances/g/v1/models").respond_with_json({}, status=401)
    with pytest.raises(SessionLost) as caught:
        nlu.models()
    assert "Natural Language Understanding" in caught.value.remedy
    assert len(httpserver.log) == 4


@pytest.mark.parametrize("answer", ["[]", '{"models": [{}]}', '{"models": 7}', "x"])
def test_another_shape_is_told(nlu: NluClient, httpserver: HTTPServer, answer: str) -> None:
    httpserver.expect_request("/instances/g/v1/models").respond_with_data(answer)
    with pytest.raises(ServiceError, match="shape that is not known"):
        nlu.models()


def test_a_browser_session_does_not_open_it(http: Http, root: str) -> None:
    with pytest.raises(ServiceError, match="no browser session"):
        NluClient(http, address=root, credential=SessionCredential("x", "d"))
