"""The one HTTP layer: what is repeated, what is raised, and in which words."""

import gzip
import socket
import time
from email.utils import formatdate

import pytest
from pytest_httpserver import HTTPServer
from requests.structures import CaseInsensitiveDict
from werkzeug import Request, Response

from migrator.clients import bodies
from migrator.clients.answers import Answer, failure
from migrator.clients.calls import Doing, Refusal
from migrator.clients.hosts import HostPolicy
from migrator.clients.http import Http
from migrator.errors import ServiceError, SessionLost, TransientError
from tests.clients.conftest import CHANGING, READING, RawServer

HTML = "<!DOCTYPE html><html><body>Sign in</body></html>"
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


def test_a_good_answer_is_given_with_its_transaction_id(
    http: Http, httpserver: HTTPServer, root: str
) -> None:
    httpserver.expect_request("/a", query_string={"limit": "1"}).respond_with_json(
        {"x": 1}, headers={"X-Global-Transaction-ID": "abc-1"}
    )
    answer = http.request("GET", f"{root}/a", doing=READING, retry=True, params={"limit": "1"})
    assert (answer.status, answer.json(READING), answer.transaction_id) == (200, {"x": 1}, "abc-1")


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_repeatable_call_is_repeated_on_passing_trouble(
    http: Http, httpserver: HTTPServer, root: str, pauses: list[float], status: int
) -> None:
    httpserver.expect_ordered_request("/a").respond_with_data("busy", status=status)
    httpserver.expect_ordered_request("/a").respond_with_json([])
    assert http.request("GET", f"{root}/a", doing=READING, retry=True).content == b"[]"
    assert len(pauses) == 1


def test_a_call_is_given_up_after_four_attempts(
    http: Http, httpserver: HTTPServer, root: str, pauses: list[float]
) -> None:
    httpserver.expect_request("/a").respond_with_json(
        {"code": 503, "error": "down for repair", "trace": "t-9"}, status=503
    )
    with pytest.raises(TransientError) as caught:
        http.request("GET", f"{root}/a", doing=READING, retry=True)
    assert "has trouble (503 Service Unavailable)" in caught.value.happened
    assert "“down for repair”" in caught.value.happened
    assert caught.value.reference == "t-9"
    assert len(httpserver.log) == 4
    assert [0.25, 0.5, 1] <= pauses <= [0.5, 1, 2]


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_create_is_never_repeated_blindly(
    http: Http, httpserver: HTTPServer, root: str, status: int
) -> None:
    httpserver.expect_request("/a").respond_with_data("", status=status)
    with pytest.raises(TransientError) as caught:
        http.request("POST", f"{root}/a", doing=CHANGING, retry=False, json={})
    assert len(httpserver.log) == 1
    assert ("not known" in caught.value.meaning) == (status != 429)


def test_retry_after_is_waited_for_up_to_the_cap(
    http: Http, httpserver: HTTPServer, root: str, pauses: list[float]
) -> None:
    httpserver.expect_ordered_request("/a").respond_with_data(
        "", status=429, headers={"Retry-After": "7"}
    )
    httpserver.expect_ordered_request("/a").respond_with_json({})
    http.request("GET", f"{root}/a", doing=READING, retry=True)
    assert pauses == [7]


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_a_long_retry_after_gives_the_work_back(
    http: Http, httpserver: HTTPServer, root: str, pauses: list[float], form: str
) -> None:
    asked = "120" if form == "seconds" else formatdate(time.time() + 120, usegmt=True)
    httpserver.expect_request("/a").respond_with_data(
        "", status=503, headers={"Retry-After": asked}
    )
    with pytest.raises(TransientError) as caught:
        http.request("GET", f"{root}/a", doing=READING, retry=True)
    assert caught.value.retry_after == pytest.approx(120, abs=3)
    assert pauses == []


def test_an_unreadable_retry_after_counts_as_none(
    http: Http, httpserver: HTTPServer, root: str, pauses: list[float]
) -> None:
    httpserver.expect_request("/a").respond_with_data(
        "", status=503, headers={"Retry-After": "soon"}
    )
    with pytest.raises(TransientError) as caught:
        http.request("GET", f"{root}/a", doing=READING, retry=True)
    assert caught.value.retry_after is None
    assert len(pauses) == 3


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def test_where_nobody_listens_even_a_create_is_tried_again(http: Http, pauses: list[float]) -> None:
    url = f"http://127.0.0.1:{closed_port()}/a"
    with pytest.raises(TransientError) as caught:
        http.request("POST", url, doing=CHANGING, retry=False, json={})
    assert caught.value.happened == (
        "Could not make the thing: 127.0.0.1 cannot be reached: it refuses the connection."
    )
    assert caught.value.meaning == "Nothing was sent."
    assert len(pauses) == 3


def test_a_cut_connection_is_passing_and_what_it_means_is_said(
    http: Http, raw_server: RawServer
) -> None:
    raw_server.answers = [b""]
    with pytest.raises(TransientError, match="looks first"):
        http.request("POST", raw_server.url, doing=CHANGING, retry=False, json={})
    assert len(raw_server.asked) == 1


def test_a_create_does_not_trust_a_connection_that_may_be_closing(
    http: Http, raw_server: RawServer
) -> None:
    raw_server.answers = [OK]  # says nothing of closing, and closes
    for _ in range(20):
        http.request("GET", raw_server.url, doing=READING, retry=True)
        http.request("POST", raw_server.url, doing=CHANGING, retry=False, json={})


def test_an_answer_cut_short_is_passing(http: Http, raw_server: RawServer) -> None:
    raw_server.answers = [OK.replace(b"Length: 2", b"Length: 20"), OK]
    assert http.request("GET", raw_server.url, doing=READING, retry=True).content == b"{}"
    assert len(raw_server.asked) == 2


def test_chunks_cut_short_are_passing(http: Http, raw_server: RawServer) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    raw_server.answers = [head + b"5\r\n[1,2,", head + b"5\r\n[1,2]\r\n0\r\n\r\n"]
    assert http.request("GET", raw_server.url, doing=READING, retry=True).content == b"[1,2]"


def test_a_gzipped_answer_is_inflated_and_a_damaged_one_is_passing(
    http: Http, httpserver: HTTPServer, root: str
) -> None:
    packed = {"Content-Encoding": "gzip"}
    httpserver.expect_ordered_request("/a").respond_with_data(b"no gzip", headers=packed)
    httpserver.expect_ordered_request("/a").respond_with_data(gzip.compress(b"[]"), headers=packed)
    assert http.request("GET", f"{root}/a", doing=READING, retry=True).content == b"[]"
    assert len(httpserver.log) == 2


def test_silence_ends_at_the_time_out(httpserver: HTTPServer, root: str) -> None:
    def slow(_: Request) -> Response:
        time.sleep(0.5)
        return Response("{}")

    httpserver.expect_request("/a").respond_with_handler(slow)
    with (
        Http(HostPolicy(["127.0.0.1"]), timeout=(1, 0.1)) as http,
        pytest.raises(TransientError, match="did not answer in time"),
    ):
        http.request("POST", f"{root}/a", doing=CHANGING, retry=False, json={})


def test_a_call_may_have_a_longer_time_out(httpserver: HTTPServer, root: str) -> None:
    def slow(_: Request) -> Response:
        time.sleep(0.3)
        return Response("{}")

    httpserver.expect_request("/a").respond_with_handler(slow)
    with Http(HostPolicy(["127.0.0.1"]), timeout=(1, 0.1)) as http:
        http.request("GET", f"{root}/a", doing=READING, retry=False, read_seconds=5)


@pytest.mark.parametrize("status", [302, 303, 307])
def test_a_redirection_means_the_session_is_lost_and_is_not_followed(
    http: Http, httpserver: HTTPServer, root: str, status: int
) -> None:
    httpserver.expect_request("/a").respond_with_data(
        HTML, status=status, headers={"Location": f"{root}/login"}
    )
    with pytest.raises(SessionLost):
        http.request("GET", f"{root}/a", doing=READING, retry=True)
    assert [request.path for request, _ in httpserver.log] == ["/a"]


def test_a_permanent_redirection_means_the_address_is_wrong(
    http: Http, httpserver: HTTPServer, root: str
) -> None:
    httpserver.expect_request("/a").respond_with_data(
        "", status=301, headers={"Location": "https://elsewhere.example/"}
    )
    with pytest.raises(ServiceError, match="address has moved") as caught:
        http.request("GET", f"{root}/a", doing=READING, retry=True)
    assert not isinstance(caught.value, SessionLost)


@pytest.mark.parametrize("kind", ["text/html; charset=utf-8", "application/json"])
def test_a_page_instead_of_json_means_the_session_is_lost(
    http: Http, httpserver: HTTPServer, root: str, kind: str
) -> None:
    httpserver.expect_request("/a").respond_with_data("\n" + HTML, content_type=kind)
    with pytest.raises(SessionLost) as caught:
        http.request("GET", f"{root}/a", doing=READING, retry=True)
    assert "keeps its place" in caught.value.meaning
    assert caught.value.remedy == READING.renew


def test_a_page_with_an_error_is_that_error(http: Http, httpserver: HTTPServer, root: str) -> None:
    httpserver.expect_request("/a").respond_with_data(HTML, status=404, content_type="text/html")
    with pytest.raises(ServiceError, match="knows no such thing") as caught:
        http.request("GET", f"{root}/a", doing=READING, retry=True)
    assert "<html" not in str(caught.value)


@pytest.mark.parametrize("status", [400, 403, 404, 409, 413, 418, 422, 501])
def test_a_refusal_is_final_and_has_three_sentences(
    http: Http, httpserver: HTTPServer, root: str, status: int
) -> None:
    httpserver.expect_request("/a").respond_with_json(
        {"code": status, "error": "because", "trace": "t"}, status=status
    )
    with pytest.raises(ServiceError) as caught:
        http.request("GET", f"{root}/a", doing=READING, retry=True)
    error = caught.value
    assert error.http_status == status
    assert error.happened.startswith("Could not read the thing: The service ")
    assert error.happened.endswith("“because”")
    assert error.meaning
    assert error.remedy
    assert len(httpserver.log) == 1


def test_a_call_brings_its_own_words_for_a_refusal(
    http: Http, httpserver: HTTPServer, root: str
) -> None:
    taken = Refusal("The name is taken.", "Nothing was made.", "Choose another.")
    doing = Doing(service="S", words="make", changes=True, refusals={409: taken})
    httpserver.expect_request("/a").respond_with_data("", status=409)
    with pytest.raises(ServiceError) as caught:
        http.request("POST", f"{root}/a", doing=doing, retry=False, json={})
    assert str(caught.value) == "The name is taken. Nothing was made. Choose another."


def test_a_401_is_a_lost_session(http: Http, httpserver: HTTPServer, root: str) -> None:
    httpserver.expect_request("/a").respond_with_json({"error": "Unauthorized"}, status=401)
    with pytest.raises(SessionLost) as caught:
        http.request("GET", f"{root}/a", doing=READING, retry=True)
    assert caught.value.http_status == 401


def test_deleting_twice_because_the_first_answer_got_lost_is_no_error(
    http: Http, raw_server: RawServer
) -> None:
    gone = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
    raw_server.answers = [b"", gone]
    assert http.request("DELETE", raw_server.url, doing=CHANGING, retry=True).status == 404


def test_deleting_what_is_not_there_is_an_error(http: Http, raw_server: RawServer) -> None:
    raw_server.answers = [b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"]
    with pytest.raises(ServiceError):
        http.request("DELETE", raw_server.url, doing=CHANGING, retry=True)


def test_an_answer_is_not_read_beyond_its_limit(
    http: Http, httpserver: HTTPServer, root: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "LARGEST_ANSWER", 1024 * 1024)
    packed = gzip.compress(b" " * 8 * 1024 * 1024)
    httpserver.expect_request("/a").respond_with_data(packed, headers={"Content-Encoding": "gzip"})
    with pytest.raises(ServiceError, match="larger than 1 MB"):
        http.request("GET", f"{root}/a", doing=READING, retry=True)
    assert len(httpserver.log) == 1


def test_text_that_is_no_json_is_told(http: Http, httpserver: HTTPServer, root: str) -> None:
    httpserver.expect_request("/a").respond_with_data("{broken")
    answer = http.request("GET", f"{root}/a", doing=READING, retry=True)
    with pytest.raises(ServiceError, match="shape that is not known"):
        answer.json(READING)


def test_every_attempt_passes_the_limiter(httpserver: HTTPServer, root: str) -> None:
    calls: list[int] = []
    httpserver.expect_ordered_request("/a").respond_with_data("", status=500)
    httpserver.expect_ordered_request("/a").respond_with_json({})
    with Http(
        HostPolicy(["127.0.0.1"]), before_call=lambda: calls.append(1), sleep=lambda _: None
    ) as http:
        http.request("GET", f"{root}/a", doing=READING, retry=True)
    assert len(calls) == 2


def test_what_the_limiter_raises_comes_through(root: str) -> None:
    def full() -> None:
        raise TransientError("The bucket is empty.", retry_after=3)

    with (
        Http(HostPolicy(["127.0.0.1"]), before_call=full, sleep=lambda _: None) as http,
        pytest.raises(TransientError, match="bucket") as caught,
    ):
        http.request("GET", f"{root}/a", doing=READING, retry=True)
    assert caught.value.retry_after == 3


def test_a_host_that_is_not_allowed_is_never_asked(http: Http) -> None:
    with pytest.raises(ServiceError, match="not among the hosts"):
        http.request("GET", "https://example.com/", doing=READING, retry=True)


def test_cookies_of_the_service_are_not_kept(http: Http, httpserver: HTTPServer, root: str) -> None:
    httpserver.expect_request("/a").respond_with_json({}, headers={"Set-Cookie": "a=b"})
    for _ in range(2):
        http.request("GET", f"{root}/a", doing=READING, retry=True, headers={"Cookie": "own=1"})
    assert [request.headers["Cookie"] for request, _ in httpserver.log] == ["own=1", "own=1"]


def test_a_netrc_file_adds_no_credential(
    http: Http,
    httpserver: HTTPServer,
    root: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    netrc = tmp_path_factory.mktemp("home") / "netrc"
    netrc.write_text("machine 127.0.0.1 login a password b\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    httpserver.expect_request("/a").respond_with_json({})
    http.request("GET", f"{root}/a", doing=READING, retry=True)
    assert "Authorization" not in httpserver.log[0][0].headers


def test_a_proxy_of_the_environment_is_not_used_for_this_machine(
    http: Http, httpserver: HTTPServer, root: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{closed_port()}")
    httpserver.expect_request("/a").respond_with_json({})
    http.request("GET", f"{root}/a", doing=READING, retry=False)


def test_a_host_that_ibm_switched_off_is_named() -> None:
    refusal = Answer(403, CaseInsensitiveDict({"Content-Type": "text/html"}), b"<html>")
    error = failure(refusal, READING, "gateway.watsonplatform.net", [])
    assert error is not None
    assert "switched off all addresses under watsonplatform.net in 2021" in error.happened
    assert "cloud.ibm.com" in error.remedy
