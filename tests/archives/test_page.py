"""What the archive's own page says, and what it never says."""

import dataclasses
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from migrator.archives.contents import Contents
from migrator.archives.page import render
from migrator.formats.corpus import open_corpus
from migrator.formats.findings import CATALOGUE

FULL: dict[str, Any] = {
    "document_sets": [{"id": "s", "name": "Q1 letters", "type": "SOURCE", "count": 12}],
    "dictionaries": [
        {"id": "1", "name": "Drugs", "read_only": True, "entries": 20000, "entity_type": None},
        {"id": "2", "name": "Cities", "read_only": False, "entries": 12, "entity_type": "CITY"},
    ],
    "tasks": [
        {
            "name": "Autumn letters",
            "due": 1764000000000,
            "state": "in progress",
            "sets": [
                {"name": "A1", "annotator": "ann@example.com", "documents": 9, "annotated": 4}
            ],
        }
    ],
    "models": [
        {
            "kind": "ml",
            "trained_at": 1764000000000,
            "score": 0.81,
            "versions": [
                {
                    "version": "1.0",
                    "description": "first",
                    "created": 1764000000000,
                    "deployments": [
                        {"service": "discovery", "instance": "search", "model_id": "m-123"}
                    ],
                }
            ],
        }
    ],
    "members": [{"user_id": "ann@example.com", "role": "Human annotator"}],
    "mappings": [{"dictionary": "Cities", "entity_type": "CITY"}],
    "cannot_move": [
        {
            "what": "Read-only dictionaries",
            "items": ["Drugs"],
            "why": "Knowledge Studio offers no download of them.",
            "todo": "Find the file that it was made from.",
        }
    ],
}

WithWorkspace = Callable[..., Contents]


def page_of(contents: Contents) -> str:
    names = [*contents.artifacts(), "data/workspace.json", "data/inspection.json"]
    return render(contents, dict.fromkeys(names, 1234), dict.fromkeys(names, "ab" * 32))


def test_the_page_lists_files_counts_and_fingerprints(contents: Contents) -> None:
    page = page_of(contents)
    for name in contents.artifacts():
        assert name in page
    assert f"{contents.inspection['counts']['tokens']:,}" in page
    assert "ab" * 32 in page


def test_the_type_system_is_drawn_with_its_table(contents: Contents) -> None:
    page = page_of(contents)
    count = contents.inspection["counts"]["entity_types"]
    assert page.count("data-node=") == count
    assert page.count("<td>Entity type</td>") + page.count(">Entity type</th>") >= count
    assert "Type system</a>" in page
    assert "data-node=" not in page_of(dataclasses.replace(contents, types=None))


def test_findings_stand_in_the_words_of_the_catalogue(contents: Contents) -> None:
    code = sorted(CATALOGUE)[0]
    finding = {"code": code, "level": CATALOGUE[code].level, "count": 3, "examples": ["secret"]}
    inspection = {**contents.inspection, "findings": [finding]}
    page = page_of(dataclasses.replace(contents, inspection=inspection))
    assert CATALOGUE[code].title in page
    assert "secret" not in page


def test_a_finding_without_words_is_shown_all_the_same(contents: Contents) -> None:
    finding = {"code": "from_elsewhere", "level": "note", "count": 3, "examples": []}
    inspection = {**contents.inspection, "findings": [finding]}
    assert "from_elsewhere" in page_of(dataclasses.replace(contents, inspection=inspection))


def test_what_cannot_move_and_every_fact_is_there(with_workspace: WithWorkspace) -> None:
    page = page_of(with_workspace(**FULL))
    for words in (
        "Find the file that it was made from.",
        "Autumn letters",
        "4 of 9",
        "m-123",
        "0.81",
        "Cities → CITY",
        "Upload these again from where they came from: Drugs.",
    ):
        assert words in page


def test_unknown_is_never_shown_as_none(contents: Contents, with_workspace: WithWorkspace) -> None:
    assert "This was not looked at" in page_of(contents)
    empty: dict[str, list[object]] = {name: [] for name in FULL}
    looked = page_of(with_workspace(**empty))
    assert "This was not looked at" not in looked
    assert "Nothing of this kind was found" in looked


def test_a_loss_that_was_not_looked_at_says_so(with_workspace: WithWorkspace) -> None:
    loss = {"what": "Annotation tasks", "items": None, "why": "No download.", "todo": "Ask."}
    complete: dict[str, list[object]] = {name: [] for name in FULL}
    page = page_of(with_workspace(**{**complete, "cannot_move": [loss]}))
    assert page.count("This was not looked at") == 1


def test_the_steps_follow_the_order_of_the_service(contents: Contents) -> None:
    page = page_of(contents)
    places = [
        page.index(words)
        for words in (
            "Create the workspace",
            "Assets &gt; Entity Types",
            "Upload Dictionary",
            "Associate the dictionaries",
            "Upload Document Sets",
            "Train and deploy again",
        )
    ]
    assert places == sorted(places)
    assert "Language of documents: en." in page


def test_no_text_of_a_document_is_quoted(sealed_once: Path, contents: Contents) -> None:
    assert contents.corpus
    page = page_of(contents)
    with open_corpus(contents.corpus) as corpus:
        for document in corpus.documents():
            sentences = [one for one in re.split(r"[.\n]", document.text) if len(one) > 20]
            assert not [one for one in sentences if one in page]


def test_names_cannot_become_markup(with_workspace: WithWorkspace) -> None:
    hostile = "<script>alert(1)</script>\"'&"
    losses = [{"what": hostile, "items": [hostile], "why": hostile, "todo": hostile}]
    page = page_of(
        with_workspace(
            workspace={"id": "w", "name": hostile, "description": hostile},
            members=[hostile],
            cannot_move=losses,
            instance={"name": hostile, "address": "javascript:alert(1)"},
        )
    )
    assert "<script" not in page
    assert 'href="javascript' not in page


def test_the_page_needs_nothing_from_outside(contents: Contents) -> None:
    page = page_of(contents)
    assert "http" not in re.sub(r"https://example\.com|http-equiv", "", page)
    assert "@import" not in page
    assert "<script" not in page


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
def test_the_page_is_accessible(
    chromium: Browser, with_workspace: WithWorkspace, tmp_path: Path, scheme: Any, width: int
) -> None:
    path = tmp_path / "index.html"
    path.write_text(page_of(with_workspace(**FULL)))
    page = chromium.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text))
    page.goto(path.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert Axe().run(page).response["violations"] == []
    assert problems == []
    page.close()


@pytest.mark.browser
def test_the_links_lead_to_the_files(chromium: Browser, sealed_once: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(sealed_once) as packed:
        packed.extractall(tmp_path)
    (folder,) = tmp_path.iterdir()
    page = chromium.new_page()
    page.goto((folder / "index.html").as_uri())
    links = page.eval_on_selector_all("a", "all => all.map(a => a.getAttribute('href'))")
    files = [link for link in links if not link.startswith("#")]
    assert files
    assert [link for link in files if not (folder / link).is_file()] == []
    anchors = [link[1:] for link in links if link.startswith("#")]
    assert [name for name in anchors if page.locator(f"[id='{name}']").count() != 1] == []
    page.close()
