"""A large graph in the browser: found, moved and zoomed by keyboard, under the strict policy."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from pytest_httpserver import HTTPServer

from dashboard.security import POLICY
from migrator.formats.graph import Edge, Node, TypeGraph
from migrator.pictures.svg import svg
from migrator.pictures.type_graph import type_graph_picture

STATIC = Path(__file__).resolve().parents[2] / "static"

pytestmark = pytest.mark.browser


@pytest.fixture
def shown(chromium: Browser, httpserver: HTTPServer) -> Iterator[Page]:
    """A page with a graph of 80 types and nothing else; any word in its console is kept."""
    labels = [f"TYPE_{n}" for n in range(80)]
    edges = [Edge(f"rel{n}", labels[n % 80], labels[n * 7 % 80], n) for n in range(1, 90)]
    picture = type_graph_picture(
        TypeGraph([Node(label, [], [], 5) for label in labels], edges), title="Type system"
    )
    body = (
        '<!doctype html><html lang="en"><head><title>Graph</title>'
        '<link rel="stylesheet" href="/app.css"><script src="/graph.js" defer></script></head>'
        '<body><main><h1>Graph</h1><div class="app-picture__frame" id="types-frame" tabindex="0" '
        f'role="region" aria-label="Type system" data-graph>{svg(picture, "types")}</div>'
        "</main></body></html>"
    )
    policy = {"Content-Security-Policy": POLICY}
    httpserver.expect_request("/").respond_with_data(
        body, content_type="text/html; charset=utf-8", headers=policy
    )
    fonts = re.compile("^/fonts/")
    httpserver.expect_request(fonts).respond_with_data("", content_type="font/woff2")
    for name, kind in (("css/app.css", "text/css"), ("js/graph.js", "text/javascript")):
        content = (STATIC / name).read_text()
        address = f"/{Path(name).name}"
        httpserver.expect_request(address).respond_with_data(content, content_type=kind)
    httpserver.expect_request("/favicon.ico").respond_with_data("", status=204)
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    # The fonts are left out here, and the browser says that an empty one is none.
    page.on("console", lambda said: problems.append(said.text) if "font" not in said.text else None)
    page.goto(httpserver.url_for("/"))
    yield page
    page.close()
    assert not [words for words in problems if "OTS" not in words]


def view(page: Page) -> list[float]:
    box = page.locator("#types-frame svg").get_attribute("viewBox") or ""
    return [float(number) for number in box.split()]


def test_the_keyboard_moves_and_zooms(shown: Page) -> None:
    whole = view(shown)
    shown.locator("#types-frame").focus()
    shown.keyboard.press("+")
    assert view(shown)[2] == pytest.approx(whole[2] * 0.75)
    left = view(shown)[0]
    shown.keyboard.press("ArrowRight")
    assert view(shown)[0] > left
    shown.keyboard.press("0")
    assert view(shown) == whole


def test_a_type_is_found_and_its_relations_are_told(shown: Page) -> None:
    shown.get_by_label("Find a type").fill("TYPE_7")
    shown.get_by_label("Find a type").press("Enter")
    told = shown.get_by_role("status")
    expect(told).to_contain_text("TYPE_7: 5 mentions")
    expect(told).to_contain_text("TYPE_1 → rel1, rel81 → TYPE_7")
    assert shown.locator("[data-node].app-graph__near").count() > 1
    assert view(shown)[2] == 900
    shown.get_by_label("Find a type").fill("no such type")
    shown.get_by_label("Find a type").press("Enter")
    expect(told).to_contain_text("No type is called")


def test_a_drag_moves_and_a_click_chooses(shown: Page) -> None:
    before = view(shown)
    shown.mouse.move(600, 500)
    shown.mouse.down()
    shown.mouse.move(700, 520, steps=4)
    shown.mouse.up()
    assert view(shown)[0] < before[0]
    assert shown.locator(".app-graph--chosen").count() == 0
    shown.locator("[data-node='TYPE_3'] circle").click()
    assert shown.locator(".app-graph--chosen").count() == 1
    shown.locator("#types-frame").focus()
    shown.keyboard.press("Escape")
    assert shown.locator(".app-graph--chosen").count() == 0


def test_it_is_accessible(shown: Page) -> None:
    assert Axe().run(shown).response["violations"] == []
