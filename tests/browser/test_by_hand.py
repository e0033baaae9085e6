"""The same job where a person carries real files: every export, dictionaries where there are."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests import houses
from tests.browser.conftest import PATIENCE, Check

pytestmark = pytest.mark.browser

FOLDERS = ["sms-2018", "food", "proc-36a", "telco-voc", "pandemic", "travel"]
if houses.is_grown():  # what stands in a file is nothing to the house: one of them shows its way
    FOLDERS = FOLDERS[:1]


def _instance(page: Page, name: str) -> None:
    page.goto("/instances/add/by_hand")
    page.get_by_label("Name").fill(name)
    page.locator("main form button").last.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)


def _bring(page: Page, files: list[Path]) -> None:
    page.locator("main input[type=file]").set_input_files([str(file) for file in files])
    page.get_by_role("button", name="Bring these files").click()


def _dictionaries(page: Page, there: bool) -> None:
    name = "These are all the dictionaries" if there else "The workspace has no dictionaries"
    page.get_by_role("button", name=name).click()


def _confirm(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).click(timeout=PATIENCE)


@pytest.mark.parametrize("name", FOLDERS)
def test_real_files_are_brought_sealed_carried_and_proved(
    name: str, page: Page, accessible: Check, shared_data: Path
) -> None:
    files = sorted((shared_data / name).iterdir())
    dictionaries = any("ictionary" in file.name for file in files)
    _instance(page, f"From {name}")
    page.get_by_role("link", name=re.compile("Start a backup|Back up")).first.click()
    page.get_by_label("Name").fill(name)
    page.get_by_label("Language").select_option("en")
    page.get_by_role("button", name="Start its backup").click()
    expect(page.get_by_role("button", name="Bring these files")).to_be_visible(timeout=PATIENCE)
    accessible(page, f"{name}-waiting")
    _bring(page, files)
    _dictionaries(page, dictionaries)
    expect(page.get_by_text("Ended")).to_be_visible(timeout=PATIENCE)

    target = f"To {name}"
    page.get_by_role("link", name=re.compile("Open the archive")).click()
    archive = page.url
    _instance(page, target)
    page.goto(archive)
    page.get_by_role("link", name=re.compile("Restore")).first.click()
    page.get_by_role("link", name=re.compile(target)).first.click()
    page.get_by_role("button", name="Review").click()
    page.get_by_role("button", name="Start the restore").click()
    _confirm(page, "The workspace is there")
    _confirm(page, "It is uploaded")
    if dictionaries:
        _confirm(page, "It is uploaded")
    _confirm(page, "It is uploaded")
    expect(page.get_by_role("button", name="Bring these files")).to_be_visible(timeout=PATIENCE)
    _bring(page, files)
    if dictionaries:
        _dictionaries(page, True)
    expect(page.get_by_text("Ended")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("heading", name="Verified: the target equals")).to_be_visible()


def test_a_stranger_is_refused_with_a_reason(page: Page, tmp_path: Path) -> None:
    _instance(page, "Strangers")
    page.get_by_role("link", name=re.compile("Start a backup|Back up")).first.click()
    page.get_by_label("Name").fill("Letters")
    page.get_by_label("Language").select_option("en")
    page.get_by_role("button", name="Start its backup").click()
    letter = tmp_path / "corpus-of-letters.zip"
    letter.write_text("Dear reader")
    _bring(page, [letter])
    expect(page.locator("#messages")).to_contain_text("is not one of the files asked for")
    expect(page.get_by_text("Refused: corpus-of-letters.zip")).to_be_visible()
    expect(page.get_by_text("Nothing was stored").first).to_be_visible()
