"""What keeps the look whole: one style sheet, no inline code, nothing foreign, and weights."""

import gzip
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
CSS = ROOT / "static" / "css" / "app.css"

KB = 1000


def classes_in(text: str) -> set[str]:
    """Class names of Carbon's and ours that stand in a template or module."""
    return set(re.findall(r"\b(?:cds--|app-)[a-z0-9]+(?:[-_]+[a-z0-9]+)*\b", text))


def test_every_class_that_is_used_is_in_the_built_style_sheet() -> None:
    css = CSS.read_text()
    modules = [*(ROOT / "dashboard").rglob("*.py"), *(ROOT / "migrator/pictures").glob("*.py")]
    used = set().union(*(classes_in(path.read_text()) for path in [*TEMPLATES, *modules]))
    # Names that only mark something, for tests or scripts, and have no look of their own.
    bare = {"app-icon--lead", "app-notes", "app-stepper__idle"}
    missing = {name for name in used if f".{name}" not in css} - bare
    assert not missing, "run frontend/build after using a class"


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_template_holds_no_inline_code_and_no_address_elsewhere(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style", text)
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert not re.search(r"(?:src|href)=[\"']?(?:https?:)?//", text)


def test_a_part_names_its_context_in_its_first_line() -> None:
    parts = [path for path in TEMPLATES if path.parent.name == "parts"]
    silent = [path.name for path in parts if not path.read_text().startswith("{#")]
    assert silent == []


def test_the_style_sheet_loads_nothing_from_elsewhere() -> None:
    addresses = re.findall(r"url\(([^)]*)\)", CSS.read_text())
    assert addresses
    assert all(address.strip("\"'").startswith("../fonts/") for address in addresses)


@pytest.mark.parametrize(
    ("names", "most"),
    [
        (["css/app.css"], 60 * KB),
        (["js/app.js", "js/htmx.min.js"], 25 * KB),
    ],
)
def test_the_first_view_stays_light(names: list[str], most: int) -> None:
    files = [ROOT / "static" / name for name in names]
    assert sum(len(gzip.compress(file.read_bytes(), 6)) for file in files) <= most


def test_the_fonts_stay_light() -> None:
    fonts = list((ROOT / "static" / "fonts").glob("*.woff2"))
    assert len(fonts) == 3
    assert sum(font.stat().st_size for font in fonts) <= 60 * 1024


def test_the_lock_file_names_no_registry() -> None:
    locked = json.loads((ROOT / "frontend" / "package-lock.json").read_text())
    assert not any("resolved" in package for package in locked["packages"].values())


def test_every_icon_that_is_used_is_there() -> None:
    there = {path.stem for path in (ROOT / "templates" / "icons").glob("*.svg")}
    used = set()
    for path in TEMPLATES:
        used |= set(re.findall(r'\{% icon "([a-z-]+)"', path.read_text()))
        used |= set(re.findall(r'\{% (?:mark|badge) "[a-z]+" "([a-z-]+)"', path.read_text()))
    assert used - there == set()
