"""The wizard, walked from the scope to the end: by mouse and by keyboard alone."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from sandbox.generator import GeneratedExport, generate
from tests.browser.conftest import NARROW, WIDE, Check
from tests.browser.hands import Keyboard, Mouse
from tests.browser.walks import (
    CONNECTED,
    WORKSPACE,
    Act,
    Hand,
    accept_unknown,
    answer_target,
    choose_target,
    confirm,
    keys,
    make_it,
    plan_for,
    seal,
    settled,
    walk,
)

# One walk, the move, shows the way in the other house.
pytestmark = [pytest.mark.browser, pytest.mark.own_house]


def test_by_mouse_a_workspace_is_walked_to_its_proven_copy(page: Page, accessible: Check) -> None:
    hand = Mouse(page)
    plan_for(hand, "source", "Copy", WORKSPACE)
    assert walk(hand, CONNECTED) == keys(restores=True)[1:]
    assert hand.clicks < 33
    for address in ("collect", "seal", "losses", "scope", ""):
        page.goto(re.sub(r"(/plans/\d+/).*", rf"\g<1>{address}", page.url))
        accessible(page, f"plan-{address or 'overview'}")
    hand.press(page.get_by_role("link", name="Plans").first)
    accessible(page, "plans")


def test_a_phone_shows_the_steps_of_the_phase_and_links_to_the_others(page: Page) -> None:
    plan_for(Mouse(page), "source", "Back up", WORKSPACE)
    page.set_viewport_size(NARROW)
    page.get_by_role("link", name="Back up", exact=True).click()
    stepper = page.get_by_role("navigation", name=re.compile("^Steps of"))
    expect(stepper.get_by_role("link", name=re.compile("^Collect"))).to_be_visible()
    expect(stepper.get_by_role("link", name=re.compile("^Scope"))).to_be_hidden()
    page.set_viewport_size(WIDE)


@pytest.fixture(scope="module")
def letters(tmp_path_factory: pytest.TempPathFactory) -> GeneratedExport:
    """What a person downloads of one small workspace."""
    return generate(tmp_path_factory.mktemp("letters"), seed=11, documents=4, anomalies=False)


def test_by_keyboard_alone_a_workspace_is_carried_by_hand_to_its_proven_copy(
    page: Page, letters: GeneratedExport
) -> None:
    hand = Keyboard(page)
    files = [letters.types, letters.dictionaries, letters.corpus]
    for name in ("Typed target", "Typed source"):
        page.goto("/instances/add/by_hand")
        hand.write(page.get_by_label("Name"), name)
        page.keyboard.press("Enter")
        page.get_by_role("heading", name=name).wait_for()
    page.goto("/plans/")
    hand.press(page.get_by_role("link", name="New plan").first)
    hand.press(page.get_by_role("link", name="Choose its workspaces (Typed source)"))
    hand.pick(page.get_by_role("radio", name=re.compile("^Copy:")))
    hand.write(page.get_by_label("Names of the workspaces"), "Letters")
    hand.choose(page.get_by_label("Language"), "English")
    make_it(hand)

    def bring(hand: Hand) -> None:
        hand.press(page.get_by_role("button", name=re.compile("^Start the backup")))
        bring_letters(hand, files)
        settled(hand)

    def carry(hand: Hand) -> None:
        hand.press(page.get_by_role("button", name=re.compile("^Restore 1 workspace")))
        do_what_is_asked(hand, files)

    def by_hand_target(hand: Hand) -> None:
        choose_target(hand, "Typed target")
        answer_target(hand)

    acts: dict[str, Act] = {
        "work": accept_unknown,
        "collect": bring,
        "seal": seal,
        "target": by_hand_target,
        "review": confirm,
        "restore": carry,
    }
    assert walk(hand, acts) == keys(restores=True)[1:]


def bring_letters(hand: Hand, files: list[Path]) -> None:
    """Bring the three files of the workspace and say that these are all."""
    field = hand.page.get_by_label(re.compile("^Bring the files of"))
    hand.wait_for(field)
    hand.bring(field, files)
    hand.press(hand.page.get_by_role("button", name="Bring these files"))
    hand.press(hand.page.get_by_role("button", name="These are all the dictionaries"))


def do_what_is_asked(hand: Hand, files: list[Path]) -> None:
    """Confirm each upload that the page asks for, then bring the files for the proof."""
    page = hand.page
    ready = page.get_by_role("button", name=re.compile("^(The workspace is there|It is uploaded)"))
    proof = page.get_by_label(re.compile("^Bring the files of"))
    while True:
        hand.wait_for(ready.or_(proof).first)
        if proof.count():
            break
        with page.expect_navigation():
            hand.press(ready.first)
    bring_letters(hand, files)
    settled(hand)
