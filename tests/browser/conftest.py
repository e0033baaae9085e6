"""A demo server for the browser suites, a signed-in page, and the accessibility check."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize

from tests import houses
from tests.launcher.servers import Server

# Rules of WCAG 2.0 to 2.2, levels A and AA.
RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    }
}
WIDE: ViewportSize = {"width": 1280, "height": 900}
NARROW: ViewportSize = {"width": 320, "height": 800}
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
PATIENCE = 90_000  # ms that a page may take to show what it waits for, on a busy machine


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The whole server with the sandbox, as `script/server --demo` starts it.

    One for each file: what one restores into the target would be in the way of the next.
    """
    folder = tmp_path_factory.mktemp("demo") / "data"
    houses.variables(folder, migrated=True)
    (folder / "demo").touch()  # the folder of a demo, which began before
    server = Server(folder, "--demo", "--port", "0", "--sandbox-port", "0")
    server.address()
    yield server
    server.stop()


@pytest.fixture
def page(demo: Server, chromium: Browser) -> Iterator[Page]:
    """A page signed in as the demo's administrator; any error in its console fails the test."""
    with_errors: list[str] = []
    # Without motion no colour is caught half way between two themes.
    context = chromium.new_context(viewport=WIDE, base_url=demo.address(), reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.on("pageerror", lambda error: with_errors.append(str(error)))
    page.on(
        "console",
        lambda said: with_errors.append(said.text) if said.type == "error" else None,
    )
    sign_in(page, demo)
    yield page
    context.close()
    assert not with_errors


def sign_in(page: Page, demo: Server, name: str = "admin", password: str = "") -> None:
    """Sign in: as the demo's administrator with the password that the server printed."""
    found = re.search(r"password (\S+)", demo.output)
    assert found, demo.output
    page.goto("/")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(password or found.group(1))
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Home").wait_for()


Check = Callable[[Page, str], None]


@pytest.fixture
def pictures(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Where pictures of the pages go: `--screens`, else a folder that nobody keeps."""
    folder = Path(request.config.getoption("--screens") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def accessible(pictures: Path) -> Check:
    """Asserts 0 violations and no sideways scrolling, both themes, wide and narrow.

    In the embedded house: the pages are the same in the other.
    """

    def check(page: Page, name: str) -> None:
        if houses.is_grown():
            return
        for size in (WIDE, NARROW):
            page.set_viewport_size(size)
            for scheme in THEMES:
                page.emulate_media(color_scheme=scheme)
                found = Axe().run(page, options=RULES)
                page.screenshot(
                    path=pictures / f"{name}-{size['width']}-{scheme}.png",
                    full_page=True,
                    caret="initial",  # else the library adds a style that the policy refuses
                )
                assert found.violations_count == 0, found.generate_report()
            wide = page.locator("html").evaluate("e => e.scrollWidth > e.clientWidth")
            assert not wide, f"{name} scrolls sideways at {size['width']} px"
        page.set_viewport_size(WIDE)
        page.emulate_media(color_scheme="light")

    return check
