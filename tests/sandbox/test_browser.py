"""A person goes through the sandbox's pages: files down from one instance, up into another."""

from pathlib import Path

import pytest
import requests

from tests.sandbox.fixtures import TIMEOUT, RunningSandbox


@pytest.fixture
def signed_in(sandbox: RunningSandbox) -> requests.Session:
    """A browser that signed in at both instances."""
    browser = requests.Session()
    for instance in (sandbox.source, sandbox.target):
        browser.post(f"{instance.address}/login", timeout=TIMEOUT)
    return browser


def test_files_go_from_one_instance_to_another_by_hand(
    sandbox: RunningSandbox, signed_in: requests.Session, tmp_path: Path
) -> None:
    source, target = f"{sandbox.source.address}/ui/", f"{sandbox.target.address}/ui/"
    claims = sandbox.workspaces()["Claims"]["id"]
    assert claims in signed_in.get(source, timeout=TIMEOUT).text
    form = {"name": "By hand", "language": "en", "tokenizer": "ml"}
    page = signed_in.post(f"{target}workspaces", data=form, timeout=TIMEOUT)
    assert "Upload" in page.text
    for kind in ("types", "dictionaries", "documents"):
        file = signed_in.get(f"{source}workspaces/{claims}/{kind}", timeout=TIMEOUT)
        sent = {"file": ("any", file.content)}
        said = signed_in.post(f"{page.url}/{kind}", files=sent, timeout=TIMEOUT).text
        assert "It is uploaded" in said or "being imported" in said
    new = sandbox.workspaces("target")["By hand"]["id"]
    job = sandbox.workspace_state(new)["jobs"][0]["id"]
    assert sandbox.finished(new, job)["result"] == {"documents": 12}


def test_a_refused_upload_is_said_on_the_page(
    sandbox: RunningSandbox, signed_in: requests.Session
) -> None:
    claims = sandbox.workspaces()["Claims"]["id"]
    url = f"{sandbox.source.address}/ui/workspaces/{claims}/types"
    said = signed_in.post(url, files={"file": ("t.json", b"no json")}, timeout=TIMEOUT).text
    assert "Nothing was uploaded" in said
    assert "not IBM" in said


def test_a_name_that_is_taken_is_said_on_the_page(
    sandbox: RunningSandbox, signed_in: requests.Session
) -> None:
    form = {"name": "Claims", "language": "en", "tokenizer": "ml"}
    url = f"{sandbox.source.address}/ui/workspaces"
    assert "exists" in signed_in.post(url, data=form, timeout=TIMEOUT).text
    refused = signed_in.post(url, data={**form, "language": "xx"}, timeout=TIMEOUT).text
    assert "No workspace was made" in refused


def test_the_pages_want_a_signed_in_browser(sandbox: RunningSandbox) -> None:
    url = f"{sandbox.source.address}/ui/"
    assert requests.get(url, timeout=TIMEOUT).url == f"{sandbox.source.address}/login"
