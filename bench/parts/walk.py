"""One person's way through the product, with a camera."""

import re

from playwright.sync_api import Locator, Page, expect

from bench.parts.camera import Camera

PATIENCE = 120_000  # ms that the work of a step may take on a busy machine
MOVED = ("Claims", "Support tickets")  # workspaces of the guided plan


class Walk:
    """A browser page, what is done on it again and again, and the plan that is followed."""

    def __init__(self, page: Page, camera: Camera) -> None:
        self.page = page
        self.take = camera.take
        self.plan = ""

    def go(self, address: str, name: str, *, phone: bool = False) -> None:
        """Open a page and photograph it."""
        self.page.goto(address)
        self.take(name, phone=phone)

    def step(self, key: str) -> None:
        """Photograph a step of the plan."""
        self.go(f"{self.plan}{key}", f"plan-{key}", phone=True)

    def follow(self, what: Locator) -> None:
        """Click what leads to another page, and be there."""
        with self.page.expect_navigation():
            what.click()

    def button(self, name: str) -> Locator:
        """The first button whose name begins so."""
        return self.page.get_by_role("button", name=re.compile(f"^{name}")).first

    def link(self, name: str) -> Locator:
        """The first link in the page's own part whose name begins so."""
        return self.page.locator("main").get_by_role("link", name=re.compile(f"^{name}")).first

    def address_of(self, link: Locator) -> str:
        """Where a link leads."""
        return str(link.get_attribute("href"))

    def path(self) -> str:
        """The address of the plan without its server."""
        return re.sub(r"^https?://[^/]+", "", self.plan)

    def be_at_plan(self) -> None:
        """Take the plan whose step is shown as the one that is followed."""
        self.page.wait_for_url(re.compile(r"/plans/\d+/\w+"))
        self.plan = re.sub(r"(/plans/\d+/).*", r"\1", self.page.url)

    def settled(self) -> None:
        """Wait until the step that is shown says that it is done."""
        done = self.page.locator("#plan-step .app-badge", has_text="Done")
        expect(done).to_be_visible(timeout=PATIENCE)
