"""Tokens: fetched once, renewed in time, and what a refused login says."""

import base64
import json
import time
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from migrator.clients.cp4d import Cp4dTokens
from migrator.clients.credentials import Cp4dCredential, SessionCredential
from migrator.clients.http import Http
from migrator.clients.iam import IamTokens
from migrator.clients.profile import load_profile
from migrator.clients.tokens import SessionCookies
from migrator.errors import ServiceError, SessionLost, TransientError

KEY_ERROR = {
    "errorCode": "BXNIM0415E",
    "errorMessage": "Provided API key could not be found.",
    "context": {"requestId": "iam-77"},
}


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def jwt(**claims: Any) -> str:
    middle = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"e30.{middle}.c2ln"


def iam_answers(httpserver: HTTPServer, *answers: dict[str, Any]) -> None:
    for answer in answers:
        httpserver.expect_ordered_request("/identity/token", method="POST").respond_with_json(
            answer
        )


def token(text: str, expires_in: float = 3600, expiration: float | None = None) -> dict[str, Any]:
    ends = time.time() + expires_in if expiration is None else expiration
    return {"access_token": text, "expires_in": expires_in, "expiration": ends}


def test_iam_is_asked_as_ibm_says(http: Http, httpserver: HTTPServer, root: str) -> None:
    iam_answers(httpserver, token("t1"))
    assert IamTokens(http, root + "/", "k1").header() == {"Authorization": "Bearer t1"}
    asked = httpserver.log[0][0]
    assert asked.content_type == "application/x-www-form-urlencoded"
    assert asked.form.to_dict() == {
        "grant_type": "urn:ibm:params:oauth:grant-type:apikey",
        "apikey": "k1",
        "response_type": "cloud_iam",
    }


def test_a_token_is_kept_and_renewed_before_it_expires(
    http: Http, httpserver: HTTPServer, root: str
) -> None:
    iam_answers(httpserver, token("t1"), token("t2"))
    clock = Clock()
    tokens = IamTokens(http, root, "k1", clock=clock)
    assert tokens.header() == tokens.header() == {"Authorization": "Bearer t1"}
    clock.now += 3600 * 0.9
    assert tokens.header() == {"Authorization": "Bearer t2"}


def test_a_shortened_life_counts(http: Http, httpserver: HTTPServer, root: str) -> None:
    iam_answers(httpserver, token("t1", 3600, time.time() + 100), token("t2"))
    clock = Clock()
    tokens = IamTokens(http, root, "k1", clock=clock)
    tokens.header()
    clock.now += 90
    assert tokens.header() == {"Authorization": "Bearer t2"}


def test_a_wrong_clock_does_not_ask_for_a_token_each_time(
    http: Http, httpserver: HTTPServer, root: str
) -> None:
    iam_answers(httpserver, token("t1", 3600, expiration=5))
    tokens = IamTokens(http, root, "k1")
    tokens.header()
    tokens.header()
    assert len(httpserver.log) == 1


def test_a_forgotten_token_is_fetched_anew(http: Http, httpserver: HTTPServer, root: str) -> None:
    iam_answers(httpserver, token("t1"), token("t2"))
    tokens = IamTokens(http, root, "k1")
    tokens.header()
    assert tokens.forget()
    assert tokens.header() == {"Authorization": "Bearer t2"}


def test_a_wrong_api_key_waits_for_a_new_one_and_is_not_tried_again(
    http: Http, httpserver: HTTPServer, root: str
) -> None:
    httpserver.expect_request("/identity/token").respond_with_json(KEY_ERROR, status=400)
    with pytest.raises(SessionLost) as caught:
        IamTokens(http, root, "k1").header()
    assert "does not accept the stored API key" in caught.value.happened
    assert "“Provided API key could not be found.”" in caught.value.happened
    assert "API keys" in caught.value.remedy
    assert (caught.value.reference, caught.value.http_status) == ("iam-77", 400)
    assert len(httpserver.log) == 1


def test_a_forbidden_key_is_final(http: Http, httpserver: HTTPServer, root: str) -> None:
    httpserver.expect_request("/identity/token").respond_with_json(KEY_ERROR, status=403)
    with pytest.raises(ServiceError) as caught:
        IamTokens(http, root, "k1").header()
    assert caught.value.http_status == 403
    assert not isinstance(caught.value, SessionLost)
    assert len(httpserver.log) == 1


def test_token_calls_are_repeated_on_passing_trouble(
    http: Http, httpserver: HTTPServer, root: str
) -> None:
    httpserver.expect_ordered_request("/identity/token").respond_with_data("", status=502)
    iam_answers(httpserver, token("t1"))
    assert IamTokens(http, root, "k1").header() == {"Authorization": "Bearer t1"}


def test_a_web_page_in_place_of_iam_is_a_wrong_address(
    http: Http, httpserver: HTTPServer, root: str
) -> None:
    httpserver.expect_request("/identity/token").respond_with_data(
        "<html>", content_type="text/html"
    )
    with pytest.raises(ServiceError, match="answers with a web page") as caught:
        IamTokens(http, root, "k1").header()
    assert not isinstance(caught.value, SessionLost)


@pytest.mark.parametrize(
    "answer", [{}, [], {"access_token": "", "expires_in": 1}, token("a\r\nb"), token("a b")]
)
def test_an_answer_without_a_token_is_told(
    http: Http, httpserver: HTTPServer, root: str, answer: Any
) -> None:
    httpserver.expect_request("/identity/token").respond_with_json(answer)
    with pytest.raises(ServiceError, match="shape that is not known"):
        IamTokens(http, root, "k1").header()


@pytest.mark.parametrize(
    ("credential", "login"),
    [
        (Cp4dCredential("ann", api_key="k"), {"username": "ann", "api_key": "k"}),
        (Cp4dCredential("ann", password="p"), {"username": "ann", "password": "p"}),
        (Cp4dCredential("ann", "k", "p"), {"username": "ann", "api_key": "k"}),
    ],
)
def test_cloud_pak_for_data_is_asked_as_ibm_says(
    http: Http, httpserver: HTTPServer, root: str, credential: Cp4dCredential, login: Any
) -> None:
    text = jwt(iat=1000, exp=1100)
    httpserver.expect_request(
        "/icp4d-api/v1/authorize", method="POST", json=login
    ).respond_with_json({"_messageCode_": "200", "message": "Success", "token": text})
    clock = Clock()
    tokens = Cp4dTokens(http, root, credential, clock=clock)
    assert tokens.header() == {"Authorization": f"Bearer {text}"}
    clock.now += 70
    tokens.header()
    assert len(httpserver.log) == 1
    clock.now += 20
    tokens.header()
    assert len(httpserver.log) == 2


@pytest.mark.parametrize("text", ["opaque", "a.b.c", jwt(), jwt(exp="soon"), "e30.W10.x"])
def test_a_token_that_tells_no_life_is_used_all_the_same(
    http: Http, httpserver: HTTPServer, root: str, text: str
) -> None:
    httpserver.expect_request("/icp4d-api/v1/authorize").respond_with_json({"token": text})
    tokens = Cp4dTokens(http, root, Cp4dCredential("ann", "k"))
    assert tokens.header() == {"Authorization": f"Bearer {text}"}
    tokens.header()
    assert len(httpserver.log) == 1


def test_a_refused_login_names_what_to_check(http: Http, httpserver: HTTPServer, root: str) -> None:
    httpserver.expect_request("/icp4d-api/v1/authorize").respond_with_json(
        {"_statusCode_": 401, "exception": "x", "message": "not valid"}, status=401
    )
    with pytest.raises(SessionLost, match="“not valid”") as caught:
        Cp4dTokens(http, root, Cp4dCredential("ann", "k")).header()
    assert "user name" in caught.value.remedy
    assert len(httpserver.log) == 1


def test_a_login_that_stays_down_is_passing(http: Http, httpserver: HTTPServer, root: str) -> None:
    httpserver.expect_request("/icp4d-api/v1/authorize").respond_with_data("", status=503)
    with pytest.raises(TransientError):
        Cp4dTokens(http, root, Cp4dCredential("ann", "k")).header()
    assert len(httpserver.log) == 4


def test_session_cookies_repeat_the_first_in_the_header() -> None:
    cookies = SessionCookies(SessionCredential("x1", "d1"), load_profile().session)
    assert cookies.header() == {
        "Cookie": "WKS-XSRF-TOKEN=x1; Watson-DPAT=d1",
        "x-wks-xsrf-token": "x1",
    }
    assert not cookies.forget()
