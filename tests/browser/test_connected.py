"""The main job by mouse: sign in, back up, download, restore, verified."""

import hashlib
import re
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.browser.conftest import PATIENCE, Check
from tests.launcher.servers import Server

pytestmark = pytest.mark.browser

# The demo workspace whose copy comes back equal; see sandbox.seed_demo.
WORKSPACE = "Support tickets"


def test_a_workspace_is_backed_up_downloaded_restored_and_verified(
    page: Page, demo: Server, accessible: Check, tmp_path: Path
) -> None:
    page.get_by_role("link", name="Start a backup").first.click()
    accessible(page, "choose-instance")
    page.get_by_role("link", name="Choose its workspaces (source)").click()
    page.get_by_role("checkbox", name=re.compile(WORKSPACE)).check()
    accessible(page, "choose-workspaces")
    page.get_by_role("button", name="Start the backup").click()
    expect(page.get_by_text("Ended")).to_be_visible(timeout=PATIENCE)
    accessible(page, "backup-run")

    page.get_by_role("link", name=re.compile("Open the archive")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(WORKSPACE)
    accessible(page, "archive")
    with page.expect_download() as coming:
        page.get_by_role("link", name=re.compile("^Download")).first.click()
    downloaded = tmp_path / "archive.zip"
    coming.value.save_as(downloaded)
    digest = hashlib.sha256(downloaded.read_bytes()).hexdigest()
    shown = re.sub(r"\s", "", page.locator("main").inner_text())
    assert digest in shown

    page.get_by_role("link", name=re.compile("Restore")).first.click()
    accessible(page, "choose-target")
    page.get_by_role("link", name=re.compile("target")).first.click()
    accessible(page, "restore-into")
    page.get_by_role("button", name="Review").click()
    accessible(page, "review")
    page.get_by_role("button", name="Start the restore").click()
    expect(page.get_by_text("Ended")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("heading", name="Verified: the target equals")).to_be_visible()
    accessible(page, "restore-run")
    page.get_by_role("link", name="See the proof").first.click()
    accessible(page, "proof")


def test_an_archive_is_downloaded_in_ranges(page: Page, demo: Server) -> None:
    page.goto("/archives/")
    page.locator("main table a").first.click()
    address = page.get_by_role("link", name=re.compile("^Download")).first.get_attribute("href")
    assert address is not None
    cookies = {one["name"]: one["value"] for one in page.context.cookies()}
    url = demo.address().rstrip("/") + address
    whole = requests.get(url, cookies=cookies, timeout=30)
    part = requests.get(url, cookies=cookies, headers={"Range": "bytes=100-299"}, timeout=30)
    assert part.status_code == 206
    assert part.content == whole.content[100:300]
    assert part.headers["Content-Range"] == f"bytes 100-299/{len(whole.content)}"
    beyond = {"Range": f"bytes={len(whole.content)}-"}
    assert requests.get(url, cookies=cookies, headers=beyond, timeout=30).status_code == 416


@pytest.mark.own_house
@pytest.mark.parametrize(
    "path", ["/", "/instances/", "/instances/add", "/workspaces/", "/runs/", "/archives/", "/help"]
)
def test_every_list_is_accessible(page: Page, accessible: Check, path: str) -> None:
    page.goto(path)
    accessible(page, path.strip("/").replace("/", "-") or "home")


@pytest.mark.own_house
@pytest.mark.parametrize(
    "path",
    [
        "/instances/1/change",
        "/instances/1/credential",
        "/instances/1/delete",
        "/archives/1/delete",
        "/archives/rules",
        "/archives/retention",
        "/users/personal-data",
        "/runs/1/log",
        "/runs/1/log?level=problems",
    ],
)
def test_every_page_that_asks_or_tells_is_accessible(
    page: Page, accessible: Check, path: str
) -> None:
    page.goto(path)
    accessible(page, re.sub(r"\W+", "-", path.strip("/")))


@pytest.mark.own_house
def test_what_a_way_to_encrypt_needs_is_shown_with_it(page: Page, accessible: Check) -> None:
    page.goto("/instances/1/back-up")
    recipients = page.locator("[name=recipients]")
    passphrase = page.locator("[name=passphrase]")
    loss = page.get_by_text("Whoever loses the key loses the archive.")
    for hidden in (recipients, passphrase, loss):
        expect(hidden).to_be_hidden()
    page.get_by_text("To recipients: whoever").click()
    expect(recipients).to_be_visible()
    expect(passphrase).to_be_hidden()
    expect(loss).to_be_visible()
    page.get_by_text("With a passphrase").click()
    expect(recipients).to_be_hidden()
    expect(passphrase).to_be_visible()
    accessible(page, "backup-passphrase")


@pytest.mark.own_house
@pytest.mark.parametrize("kind", ["cloud", "cp4d", "by_hand"])
def test_every_form_for_an_instance_is_accessible(page: Page, accessible: Check, kind: str) -> None:
    page.goto(f"/instances/add/{kind}")
    accessible(page, f"add-{kind}")


@pytest.mark.own_house
def test_the_pages_of_one_instance_and_one_workspace_are_accessible(
    page: Page, accessible: Check
) -> None:
    for listing, link in (("/instances/", "source"), ("/workspaces/", WORKSPACE)):
        page.goto(listing)
        page.locator("main").get_by_role("link", name=link).first.click()
        accessible(page, link)
