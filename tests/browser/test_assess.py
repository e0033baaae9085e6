"""The assessment in a browser: answered and accepted by keyboard alone, until nothing is open."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Check
from tests.browser.hands import Keyboard

# One walk, the move, shows the way in the other house.
pytestmark = [pytest.mark.browser, pytest.mark.own_house]


def test_by_keyboard_alone_what_is_open_is_answered_and_accepted(
    page: Page, accessible: Check
) -> None:
    page.goto("/instances/add/by_hand")
    hand = Keyboard(page)
    hand.write(page.get_by_label("Name"), "Assessed")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Assessed").wait_for()
    page.goto("/plans/")
    hand.press(page.get_by_role("link", name="New plan").first)
    hand.press(page.get_by_role("link", name="Choose its workspaces (Assessed)"))
    hand.pick(page.get_by_role("radio", name=re.compile("^Back up:")))
    hand.write(page.get_by_label("Names of the workspaces"), "Letters")
    hand.choose(page.get_by_label("Language"), "English")
    hand.press(page.get_by_role("button", name="Make the plan"))
    page.wait_for_url(re.compile(r"/plans/\d+/"))
    assess = re.sub(r"(/plans/\d+/).*", r"\g<1>assess", page.url)
    page.goto(assess)
    accessible(page, "assess")

    questions = page.get_by_role("link", name=re.compile("^Answer "))
    asked = questions.count()
    assert asked >= 5
    for left in range(asked, 0, -1):
        hand.press(questions.first)
        page.get_by_role("button", name="Keep the answer").wait_for()
        if left == asked:
            accessible(page, "assess-check")
        hand.pick(page.get_by_role("radio", name="Yes" if left == 1 else "No", exact=True))
        hand.press(page.get_by_role("button", name="Keep the answer"))
        expect(page.get_by_text("Your answer is kept and was checked.")).to_be_visible()
        page.goto(assess)
        expect(questions).to_have_count(left - 1)

    # The last answer was that documents are obscured, which blocks until it is accepted in writing.
    hand.press(page.get_by_role("link", name=re.compile("^Resolve ")).first)
    hand.press(page.locator("details.app-decide > summary"))
    hand.write(page.get_by_label("Reason"), "It is meant to be so.")
    hand.press(page.get_by_role("button", name="Accept what is ticked"))
    expect(page.get_by_text("1 result is accepted.")).to_be_visible()
    page.goto(assess)
    expect(page.get_by_text("Nothing blocks, and every warning is accepted")).to_be_visible()
    expect(page.locator("#plan-step .app-badge", has_text="Done")).to_be_visible()
