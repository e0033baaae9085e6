"""Who gets in: session cookies, IAM keys, Cloud Pak for Data users."""

import requests

from tests.sandbox.fixtures import TIMEOUT, RunningInstance, RunningSandbox


def _with_session(
    instance: RunningInstance, session: dict[str, str], **changes: str
) -> requests.Response:
    cookies = {"WKS-XSRF-TOKEN": session["xsrf_token"], "Watson-DPAT": session["dpat"]}
    headers = {"x-wks-xsrf-token": session["xsrf_token"]} | changes
    return requests.get(
        f"{instance.api}/users",
        cookies=cookies,
        headers=headers,
        allow_redirects=False,
        timeout=TIMEOUT,
    )


def test_every_answer_says_that_it_comes_from_the_sandbox(sandbox: RunningSandbox) -> None:
    for path in ("/", "/nothing", "/iam/identity/token", "/_sandbox/state"):
        answer = requests.get(sandbox.base + path, timeout=TIMEOUT)
        assert answer.headers["X-Sandbox"] == "knowledge-studio"
        assert answer.headers["X-Global-Transaction-ID"]


def test_the_first_page_says_what_this_is_and_lists_the_instances(sandbox: RunningSandbox) -> None:
    page = requests.get(sandbox.base, timeout=TIMEOUT).text
    assert "not IBM" in page
    assert sandbox.source.address in page
    assert sandbox.target.address in page


def test_health_needs_no_credential(sandbox: RunningSandbox) -> None:
    assert requests.get(f"{sandbox.source.api}/monitor/wks", timeout=TIMEOUT).status_code == 200


def test_a_session_needs_its_cookies_and_the_matching_header(sandbox: RunningSandbox) -> None:
    source = sandbox.source
    assert source.session_credential is not None
    assert _with_session(source, source.session_credential).status_code == 200
    wrong = _with_session(source, source.session_credential, **{"x-wks-xsrf-token": "other"})
    assert wrong.status_code == 403
    assert set(wrong.json()) == {"code", "error", "trace"}


def test_without_a_credential_the_browser_is_sent_to_the_login(sandbox: RunningSandbox) -> None:
    answer = requests.get(f"{sandbox.source.api}/users", allow_redirects=False, timeout=TIMEOUT)
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"{sandbox.source.address}/login"
    page = requests.get(answer.headers["Location"], timeout=TIMEOUT)
    assert page.headers["Content-Type"].startswith("text/html")


def test_a_lost_session_is_replaced_by_signing_in_again(sandbox: RunningSandbox) -> None:
    source = sandbox.source
    assert source.session_credential is not None
    sandbox.expire_sessions("source")
    assert _with_session(source, source.session_credential).status_code == 302
    assert _with_session(source, sandbox.new_session("source")).status_code == 200


def test_the_login_page_gives_a_session(sandbox: RunningSandbox) -> None:
    answer = requests.post(f"{sandbox.source.address}/login", timeout=TIMEOUT)
    session = {
        "xsrf_token": answer.cookies["WKS-XSRF-TOKEN"],
        "dpat": answer.cookies["Watson-DPAT"],
    }
    assert _with_session(sandbox.source, session).status_code == 200


def test_a_credential_of_another_instance_is_refused(sandbox: RunningSandbox) -> None:
    target = sandbox.target
    assert target.session_credential is not None
    assert _with_session(sandbox.source, target.session_credential).status_code == 403
    answer = requests.get(f"{sandbox.source.api}/users", headers=target.headers(), timeout=TIMEOUT)
    assert answer.status_code == 403


def test_a_bad_bearer_is_401_json(sandbox: RunningSandbox) -> None:
    headers = {"Authorization": "Bearer nothing"}
    answer = requests.get(f"{sandbox.source.api}/users", headers=headers, timeout=TIMEOUT)
    assert answer.status_code == 401
    assert answer.json()["code"] == 401


def test_a_token_ends(sandbox: RunningSandbox) -> None:
    sandbox.options(token_seconds=-1)
    answer = requests.get(
        f"{sandbox.source.api}/users", headers=sandbox.source.headers(), timeout=TIMEOUT
    )
    assert answer.status_code == 401


def test_a_wrong_api_key_is_400_as_iam_says_it(sandbox: RunningSandbox) -> None:
    form = {"grant_type": "urn:ibm:params:oauth:grant-type:apikey", "apikey": "wrong"}
    answer = requests.post(f"{sandbox.source.iam_url}/identity/token", data=form, timeout=TIMEOUT)
    assert answer.status_code == 400
    assert answer.json()["errorCode"] == "BXNIM0415E"
    assert answer.json()["context"]["requestId"]


def test_a_cloud_pak_user_gets_a_token_by_key_and_not_by_a_wrong_one(
    sandbox: RunningSandbox,
) -> None:
    cp4d = sandbox.instance("cp4d")
    answer = requests.get(f"{cp4d.api}/workspaces", headers=cp4d.headers(), timeout=TIMEOUT)
    assert answer.json()["total"] == 1
    wrong = requests.post(
        f"{cp4d.cp4d_url}/icp4d-api/v1/authorize",
        json={"username": cp4d.credential["username"], "password": "wrong"},
        timeout=TIMEOUT,
    )
    assert wrong.status_code == 401
    assert wrong.json()["_statusCode_"] == 401
