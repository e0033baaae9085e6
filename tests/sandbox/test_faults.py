"""Faults on demand: each kind does to a client what the real trouble does."""

import time
from typing import Any

import pytest
import requests

from tests.sandbox.fixtures import RunningSandbox


def _workspaces(sandbox: RunningSandbox, **options: Any) -> requests.Response:
    return sandbox.call("GET", "/workspaces", **options)


@pytest.mark.parametrize("status", [401, 429, 500, 502, 503])
def test_a_status_comes_as_often_as_asked(sandbox: RunningSandbox, status: int) -> None:
    sandbox.fault("status", "/workspaces$", status=status, count=2, retry_after="7")
    answers = [_workspaces(sandbox) for _ in range(3)]
    assert [each.status_code for each in answers] == [status, status, 200]
    assert answers[0].headers["Retry-After"] == "7"
    assert answers[0].headers["X-Global-Transaction-ID"]


def test_a_fault_meets_only_its_method_and_path_and_skips_some(sandbox: RunningSandbox) -> None:
    sandbox.fault("status", "/users$", status=500)
    sandbox.fault("status", "/workspaces$", method="POST", status=500)
    sandbox.fault("status", "/workspaces$", method="get", status=502, skip=1)
    assert [_workspaces(sandbox).status_code for _ in range(3)] == [200, 502, 200]


def test_latency_delays_the_answer(sandbox: RunningSandbox) -> None:
    sandbox.call("GET", "/users")
    sandbox.fault("latency", "/workspaces$", seconds=0.2)
    begun = time.monotonic()
    assert _workspaces(sandbox).status_code == 200
    assert time.monotonic() - begun >= 0.2


def test_a_slow_body_comes_whole(sandbox: RunningSandbox) -> None:
    sandbox.options(gzip=0)
    whole = _workspaces(sandbox).json()
    sandbox.fault("slow_body", "/workspaces$", bytes=500, seconds=0.02)
    assert _workspaces(sandbox).json() == whole


def test_a_reset_is_seen_as_one(sandbox: RunningSandbox) -> None:
    sandbox.fault("reset", "/workspaces$")
    with pytest.raises(requests.ConnectionError, match="reset"):
        _workspaces(sandbox)
    sandbox.fault("reset", "export", bytes=100)
    path = f"/workspaces/{sandbox.workspaces()['Claims']['id']}/documentsets/export"
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        sandbox.call("GET", path)


def test_an_answer_may_be_lost_after_the_work_was_done(sandbox: RunningSandbox) -> None:
    body = {"name": "Made", "language": "en"}
    sandbox.fault("reset", "/workspaces$", method="POST", after=True)
    with pytest.raises(requests.ConnectionError):
        sandbox.call("POST", "/workspaces", "target", json=body)
    sandbox.fault("status", "/workspaces$", method="POST", after=True, status=502)
    other = sandbox.call("POST", "/workspaces", "target", json={**body, "name": "Also"})
    assert other.status_code == 502
    assert set(sandbox.workspaces("target")) == {"Made", "Also"}


def test_a_truncated_body_is_shorter_than_promised(sandbox: RunningSandbox) -> None:
    path = f"/workspaces/{sandbox.workspaces()['Claims']['id']}/documentsets/export"
    sandbox.fault("truncated", "export", fraction=0.5)
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        sandbox.call("GET", path)


def test_a_wrong_length_cuts_the_file_without_a_word(sandbox: RunningSandbox) -> None:
    path = f"/workspaces/{sandbox.workspaces()['Claims']['id']}/documentsets/export"
    whole = sandbox.call("GET", path).content
    sandbox.fault("wrong_length", "export", delta=-64)
    assert sandbox.call("GET", path).content == whole[:-64]


def test_a_body_without_length_comes_in_chunks(sandbox: RunningSandbox) -> None:
    path = f"/workspaces/{sandbox.workspaces()['Claims']['id']}/documentsets/export"
    whole = sandbox.call("GET", path).content
    sandbox.fault("chunked", "export")
    answer = sandbox.call("GET", path)
    assert "Content-Length" not in answer.headers
    assert answer.headers["Transfer-Encoding"] == "chunked"
    assert answer.content == whole


def test_html_may_come_where_json_is_expected(sandbox: RunningSandbox) -> None:
    sandbox.fault("html", "/workspaces$")
    answer = _workspaces(sandbox)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/html")


def test_a_session_may_end_in_the_middle(sandbox: RunningSandbox) -> None:
    source = sandbox.source
    assert source.session_credential is not None
    session = source.session_credential
    options: dict[str, Any] = {
        "cookies": {"WKS-XSRF-TOKEN": session["xsrf_token"], "Watson-DPAT": session["dpat"]},
        "headers": {"x-wks-xsrf-token": session["xsrf_token"]},
        "allow_redirects": False,
        "timeout": 20,
    }
    sandbox.fault("session_expired", "/users$", skip=1)
    url = f"{source.api}/users"
    assert [requests.get(url, **options).status_code for _ in range(3)] == [200, 302, 302]


def test_a_black_hole_answers_nothing_until_it_is_cleared(sandbox: RunningSandbox) -> None:
    sandbox.fault("black_hole", "/workspaces$")
    with pytest.raises(requests.ReadTimeout):
        _workspaces(sandbox, timeout=0.2)
    sandbox.clear_faults()
    assert _workspaces(sandbox).status_code == 200
    assert sandbox.admin("GET", "faults")["faults"] == []


def test_a_fault_that_is_none_is_refused(sandbox: RunningSandbox) -> None:
    for body in ({"kind": "other"}, {"kind": "status", "path": "("}, {"kind": "html", "x": 1}):
        answer = requests.post(f"{sandbox.base}/_sandbox/faults", json=body, timeout=20)
        assert answer.status_code == 400


def test_the_requests_are_remembered_with_their_status(sandbox: RunningSandbox) -> None:
    sandbox.fault("status", "/workspaces$", status=503)
    for _ in range(2):
        _workspaces(sandbox)
    found = [each["status"] for each in sandbox.called("/workspaces")]
    assert found == [503, 200]
    sandbox.admin("DELETE", "requests")
    assert sandbox.called() == []
