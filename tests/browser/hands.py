"""How a person uses a page: by mouse or by keyboard alone, with scripts or without."""

import time
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import FileChooser, Locator, Page, TimeoutError, expect

from tests.browser.conftest import PATIENCE

RELOAD = 500  # ms between two looks of a person without scripts
TABS = 300  # more than any page has places to stop at
_HAS_FOCUS = "e => e === document.activeElement"
_GROUP_HAS_FOCUS = "e => document.activeElement.name === e.name"
# Below the fixed header, in the window, and not a place of size nothing.
_IS_IN_SIGHT = """e => {
  const at = e.getBoundingClientRect();
  return at.bottom > 48 && at.top < window.innerHeight && at.width > 0;
}"""


class Mouse:
    """Clicks; `clicks` counts them."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks = 0

    def press(self, what: Locator) -> None:
        """Follow a link, press a button, open a summary."""
        self.clicks += 1
        what.click()

    def tick(self, box: Locator) -> None:
        """Tick a checkbox or choose one of several."""
        self.clicks += 1
        box.check()

    def pick(self, one: Locator) -> None:
        """Choose one of several."""
        self.tick(one)

    def write(self, field: Locator, text: str) -> None:
        """Fill in a field."""
        field.fill(text)

    def choose(self, menu: Locator, words: str) -> None:
        """Choose from a menu the entry that is called so."""
        self.clicks += 1
        menu.select_option(label=words)

    def bring(self, field: Locator, files: Sequence[Path]) -> None:
        """Choose files."""
        self.clicks += 1
        field.set_input_files([str(file) for file in files])

    def wait_for(self, what: Locator) -> None:
        """Until the page shows it by itself."""
        expect(what).to_be_visible(timeout=PATIENCE)


class WithoutScripts(Mouse):
    """Clicks, and loads the page again to see what became of it."""

    def wait_for(self, what: Locator) -> None:
        """Until it is there when the page is loaded once more."""
        ends = time.monotonic() + PATIENCE / 1000
        while not what.count():
            assert time.monotonic() < ends, f"waited in vain for {what}"
            self.page.wait_for_timeout(RELOAD)
            self.page.reload()


class Keyboard(Mouse):
    """Tab, arrows, Enter and the space bar; every stop on the way has to be in sight."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        # While somebody listens the browser hands its choosers over. Listening from the key press
        # on can be too late, and a chooser that nobody took stays open and lets no other come.
        page.on("filechooser", lambda _: None)

    def press(self, what: Locator) -> None:
        """Go there, then Enter."""
        self._go_to(what)
        self.page.keyboard.press("Enter")

    def tick(self, box: Locator) -> None:
        """Go there, then the space bar."""
        self._go_to(box)
        if not box.is_checked():
            self.page.keyboard.press("Space")

    def pick(self, one: Locator) -> None:
        """Go to the group, then arrows."""
        self._tab_until(one, _GROUP_HAS_FOCUS)
        for _ in range(TABS):
            if one.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"the arrows do not lead to {one}")

    def write(self, field: Locator, text: str) -> None:
        """Go there and type."""
        self._go_to(field)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def choose(self, menu: Locator, words: str) -> None:
        """Go there and type its first letters."""
        self._go_to(menu)
        self.page.keyboard.type(words)
        assert menu.locator("option:checked").inner_text() == words

    def bring(self, field: Locator, files: Sequence[Path]) -> None:
        """Go there, open the chooser with Enter."""
        chooser = self._chooser(field) or self._chooser(field)
        assert chooser is not None, f"Enter opens no chooser on {field}"
        chooser.set_files([str(file) for file in files])

    def _chooser(self, field: Locator) -> FileChooser | None:
        """The file chooser; None where the key fell into the moment of a swap."""
        self._go_to(field)
        try:
            with self.page.expect_file_chooser(timeout=PATIENCE / 3) as chooser:
                self.page.keyboard.press("Enter")
        except TimeoutError:
            return None
        return chooser.value

    def _go_to(self, what: Locator) -> None:
        self._tab_until(what, _HAS_FOCUS)
        assert what.evaluate(_IS_IN_SIGHT), f"the focus is out of sight on {what}"

    def _tab_until(self, what: Locator, reached: str) -> None:
        what.wait_for()
        for _ in range(TABS):
            if what.evaluate(reached):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"the keyboard does not reach {what}")
