"""The Resource Controller: what an account has, over all pages."""

import pytest
from pytest_httpserver import HTTPServer

from migrator.clients.http import Http
from migrator.clients.resource_controller import ResourceController
from migrator.errors import ServiceError

PATH = "/v2/resource_instances"
QUERY = {"type": "service_instance", "limit": "100"}


@pytest.fixture
def controller(http: Http, httpserver: HTTPServer, root: str) -> ResourceController:
    httpserver.expect_request("/identity/token").respond_with_json(
        {"access_token": "t1", "expires_in": 3600}
    )
    return ResourceController(http, address=root, apikey="k", iam_url=root)


def _row(guid: str, service: str) -> dict[str, str]:
    crn = f"crn:v1:bluemix:public:{service}:us-south:a/1:{guid}::"
    return {"guid": guid, "crn": crn, "name": guid.upper(), "region_id": "us-south", "new": ""}


def test_all_pages_are_read_from_the_same_host(
    controller: ResourceController, httpserver: HTTPServer
) -> None:
    second = "https://elsewhere.example.com/v2/resource_instances?start=abc&limit=100"
    httpserver.expect_oneshot_request(PATH, query_string=QUERY).respond_with_json(
        {"resources": [_row("a", "knowledge-studio")], "next_url": second}
    )
    httpserver.expect_oneshot_request(
        PATH, query_string={**QUERY, "start": "abc"}, headers={"Authorization": "Bearer t1"}
    ).respond_with_json({"resources": [_row("b", "discovery")], "next_url": None})
    found = controller.services()
    assert [(each.guid, each.service, each.region_id) for each in found] == [
        ("a", "knowledge-studio", "us-south"),
        ("b", "discovery", "us-south"),
    ]


def test_a_key_that_may_not_look_is_told(
    controller: ResourceController, httpserver: HTTPServer
) -> None:
    httpserver.expect_request(PATH).respond_with_json(
        {"error_code": "RC-Forbidden", "message": "no", "status_code": 403}, status=403
    )
    with pytest.raises(ServiceError, match="may not list the services of its account"):
        controller.services()


def test_an_answer_of_another_shape_is_told(
    controller: ResourceController, httpserver: HTTPServer
) -> None:
    httpserver.expect_request(PATH).respond_with_json({"rows_count": 0})
    with pytest.raises(ServiceError):
        controller.services()
