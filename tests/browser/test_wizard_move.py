"""A move to its end: a model is undeployed, the copy proved, the receipt signed."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.hands import Mouse, WithoutScripts
from tests.browser.walks import CONNECTED, Act, Hand, keys, make_it, settled, walk

pytestmark = pytest.mark.browser

# The demo workspace with a deployed model; its words are cut anew on the target, so it differs.
WORKSPACE = "Claims"
WHY = "Looked at: the words are cut differently there."


def test_a_move_leaves_no_model_behind_and_ends_with_a_receipt(page: Page) -> None:
    hand = Mouse(page)
    hand.press(page.get_by_role("link", name="New plan").first)
    hand.press(page.get_by_role("link", name="Choose its workspaces (source)"))
    hand.pick(page.get_by_role("radio", name=re.compile("^Move:")))
    hand.pick(page.get_by_role("radio", name="Yes", exact=True))
    hand.tick(page.get_by_role("checkbox", name=WORKSPACE))
    make_it(hand)
    acts: dict[str, Act] = {
        **CONNECTED,
        "models": undeploy,
        "restore": restore_with_differences,
        "finish": accept_and_sign,
    }
    assert walk(hand, acts) == keys(restores=True)[1:]


def undeploy(hand: Hand) -> None:
    """Scan, decide, type the words, and wait until the service says that the model is gone."""
    page = hand.page
    hand.press(page.get_by_role("button", name="Scan again"))
    patient = WithoutScripts(page)
    undeploys = page.get_by_role("radio", name="Undeploy now")
    patient.wait_for(undeploys)
    expect(page.get_by_text("1 deployed model will keep charging you")).to_be_visible()
    hand.pick(undeploys)
    hand.press(page.get_by_role("button", name=f"Save for {WORKSPACE}"))
    hand.write(page.get_by_label(re.compile("^Type")), f"undeploy {WORKSPACE.lower()}")
    with page.expect_navigation(url=re.compile("/plans/")):
        hand.press(page.get_by_role("button", name="Undeploy 1 model"))
    patient.wait_for(page.locator("#plan-step .app-badge", has_text="Done"))


def restore_with_differences(hand: Hand) -> None:
    """Start the restore and wait for its proof, which lists differences."""
    page = hand.page
    hand.press(page.get_by_role("button", name=re.compile("^Restore 1 workspace")))
    hand.wait_for(page.get_by_role("link", name=re.compile(r"^See \d+ differences")).first)


def accept_and_sign(hand: Hand) -> None:
    """Accept by name what does not hold, then sign."""
    page = hand.page
    expect(page.get_by_text("No model is deployed, by a complete scan")).to_be_visible()
    sign = page.get_by_role("button", name=f"Sign the receipt for {WORKSPACE}")
    asks = page.locator(".app-gate details", has_text="Accept it by name")
    while asks.count():
        left = asks.count()
        hand.press(asks.first.locator("summary"))
        hand.write(asks.first.get_by_label("Why is it acceptable?"), WHY)
        hand.press(asks.first.get_by_role("button", name=re.compile("^Accept as")))
        expect(asks).to_have_count(left - 1)
    hand.write(page.get_by_label("Your name, as it stands on the receipt"), "A. Keeper")
    step = page.url
    with page.expect_navigation(url=re.compile(r"/receipts/\d+/")):
        hand.press(sign)
    expect(page.get_by_text("A. Keeper").first).to_be_visible()
    expect(page.get_by_text(WHY).first).to_be_visible()
    page.goto(step)
    settled(hand)
