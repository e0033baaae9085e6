"""Webhooks: signed so that the receiver can check it, and refusals in sentences."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Response

from migrator.clients.hosts import HostPolicy
from migrator.clients.http import Http
from migrator.clients.webhook import make_key, send_to_webhook
from migrator.errors import ServiceError, TransientError

AT = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
MESSAGE = {"type": "run.failed", "text": "Run 4 failed"}


@pytest.fixture
def plain() -> Iterator[Http]:
    with Http(HostPolicy(["127.0.0.1"], "NOTIFY_HOSTS"), timeout=(2, 2)) as http:
        yield http


def send(http: Http, address: str, **given: Any) -> None:
    send_to_webhook(http, address, MESSAGE, message_id="m-1", at=AT, **given)


def test_the_receiver_can_check_the_signature(
    plain: Http, httpserver: HTTPServer, root: str
) -> None:
    """As the specification of Standard Webhooks says, computed here from what arrived."""
    httpserver.expect_request("/hook", method="POST").respond_with_data("ok")
    key = make_key()
    send(plain, f"{root}/hook", key=key)
    asked = httpserver.log[0][0]
    assert json.loads(asked.data) == MESSAGE
    assert asked.headers["Content-Type"] == "application/json"
    stamp = asked.headers["webhook-timestamp"]
    assert (asked.headers["webhook-id"], int(stamp)) == ("m-1", int(AT.timestamp()))
    secret = base64.b64decode(key.removeprefix("whsec_"))
    right = hmac.new(secret, f"m-1.{stamp}.".encode() + asked.data, hashlib.sha256).digest()
    assert asked.headers["webhook-signature"] == "v1," + base64.b64encode(right).decode()


def test_a_chat_that_answers_with_a_page_has_taken_it(
    plain: Http, httpserver: HTTPServer, root: str
) -> None:
    httpserver.expect_request("/hook").respond_with_data(
        "<html>ok</html>", content_type="text/html"
    )
    send(plain, f"{root}/hook")
    assert "webhook-signature" not in httpserver.log[0][0].headers


@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, ServiceError), (401, ServiceError), (404, ServiceError), (503, TransientError)],
)
def test_a_refusal_is_told_without_the_address(
    status: int, kind: type[Exception], plain: Http, httpserver: HTTPServer, root: str
) -> None:
    httpserver.expect_request("/services/T0/secret").respond_with_data(
        "invalid_token /services/T0/secret", status=status
    )
    with pytest.raises(kind) as caught:
        send(plain, f"{root}/services/T0/secret")
    assert str(caught.value).startswith(f"127.0.0.1 answered {status} ")
    assert "(“invalid_token …”)" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_redirection_is_not_followed(plain: Http, httpserver: HTTPServer, root: str) -> None:
    elsewhere = Response(status=307, headers={"Location": f"{root}/elsewhere"})
    httpserver.expect_request("/hook").respond_with_response(elsewhere)
    with pytest.raises(ServiceError, match="which is not followed"):
        send(plain, f"{root}/hook")
    assert len(httpserver.log) == 1


def test_a_host_that_no_pattern_names_is_not_called() -> None:
    with (
        Http(HostPolicy(["*"], "NOTIFY_HOSTS")) as http,
        pytest.raises(ServiceError, match="not among the hosts") as caught,
    ):
        send(http, "https://192.168.1.9/hook")
    assert "NOTIFY_HOSTS" in caught.value.remedy
