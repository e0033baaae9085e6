"""What a person does on each step of the wizard, and the way from one to the next."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from dashboard.wizard import RESTORE, STEPS
from tests.browser.hands import Mouse

# The demo workspace whose copy comes back equal; see sandbox.seed_demo.
WORKSPACE = "Support tickets"

Hand = Mouse
Act = Callable[[Hand], None]


def plan_for(hand: Hand, instance: str, purpose: str, *workspaces: str) -> None:
    """From home to the first step of a new plan over workspaces that are listed."""
    page = hand.page
    hand.press(page.get_by_role("link", name="New plan").first)
    hand.press(page.get_by_role("link", name=f"Choose its workspaces ({instance})"))
    hand.pick(page.get_by_role("radio", name=re.compile(f"^{purpose}:")))
    if purpose != "Copy":  # whose source goes on being used
        hand.pick(page.get_by_role("radio", name="No", exact=True))
    for name in workspaces:
        hand.tick(page.get_by_role("checkbox", name=name))
    make_it(hand)


def make_it(hand: Hand) -> None:
    """Send the form of a new plan, and come to its first open step."""
    hand.press(hand.page.get_by_role("button", name="Make the plan"))
    hand.page.wait_for_url(re.compile(r"/plans/\d+/"))


def step_of(page: Page) -> str:
    """The key of the step that is shown."""
    return page.url.partition("?")[0].rsplit("/", 1)[-1]


def settled(hand: Hand) -> None:
    """Wait until the step that is shown says that it is done."""
    hand.wait_for(hand.page.locator("#plan-step .app-badge", has_text="Done"))


def accept_work(hand: Hand) -> None:
    """Accept in writing that unfinished work is lost, where there is some."""
    ask = hand.page.locator("details", has_text="Accept that unfinished work").first
    if ask.count():
        hand.press(ask.locator("summary"))
        hand.write(ask.get_by_label("Why may it be lost?"), "It is annotated anew in the target.")
        hand.press(
            ask.get_by_role("button", name=re.compile("^Accept .*in my name$|^Accept in my name$"))
        )
    settled(hand)


def accept_unknown(hand: Hand) -> None:
    """Accept in writing that nobody knows what is unfinished."""
    expect(hand.page.get_by_text("Not everything is known.")).to_be_visible()
    accept_work(hand)


def fill_worksheets(hand: Hand) -> None:
    """Let what is known fill the worksheets."""
    hand.press(hand.page.get_by_role("button", name=re.compile("^Fill (from|in)")))
    hand.page.get_by_role("button", name=re.compile("^Fill .*again")).wait_for()


def collect(hand: Hand) -> None:
    """Start the backup and wait until everything is here."""
    hand.press(hand.page.get_by_role("button", name=re.compile("^Start the backup")))
    settled(hand)


def seal(hand: Hand) -> None:
    """Wait for the archives."""
    settled(hand)
    expect(hand.page.get_by_role("link", name=re.compile("^Download"))).not_to_have_count(0)


def choose_target(hand: Hand, name: str = "target") -> None:
    """Say into which instance, and let it be read."""
    hand.choose(hand.page.get_by_label("Restore into"), name)
    hand.press(hand.page.get_by_role("button", name="Choose", exact=True))
    expect(hand.page.get_by_role("button", name="Change", exact=True)).to_be_visible()


def read_target(hand: Hand) -> None:
    """Choose the connected target, wait until it is read, and answer what that brings up."""
    choose_target(hand)
    hand.wait_for(hand.page.locator("#plan-step", has_text="1 of 1 read"))
    answer_target(hand)


def answer_target(hand: Hand) -> None:
    """Say what nobody else can see of the target, accept the rest, and say who becomes whom."""
    page, step = hand.page, hand.page.url
    page.goto(step)
    asks = page.locator("section:has(#unanswered) a.app-link")
    while asks.count():
        hand.press(asks.first)
        _answer(hand)
        page.goto(step)
    people = page.get_by_role("link", name="Say who becomes whom")
    if people.count():
        hand.press(people)
        hand.press(page.get_by_role("button", name="Save the people map"))
        page.goto(step)
    settled(hand)


def _answer(hand: Hand) -> None:
    """Answer the check that is shown with No, or accept what it found."""
    page = hand.page
    no = page.get_by_role("radio", name="No", exact=True)
    if no.count():
        hand.pick(no)
        keep = page.get_by_role("button", name="Keep the answer")
    else:
        folded = page.locator("details.app-decide:not([open]) > summary")
        if folded.count():  # where something else than accepting would mend it
            hand.press(folded)
        hand.write(page.get_by_label("Reason"), "Data protection agreed.")
        keep = page.locator("button[name=accept]")
    with page.expect_navigation():
        hand.press(keep)


def confirm(hand: Hand) -> None:
    """Confirm what the restore will do and will not do."""
    hand.press(hand.page.get_by_role("button", name=re.compile("^Confirm as")))
    settled(hand)


def restore(hand: Hand) -> None:
    """Start the restore and wait for its proof."""
    hand.press(hand.page.get_by_role("button", name=re.compile("^Restore 1 workspace")))
    settled(hand)
    expect(hand.page.get_by_role("link", name=re.compile("^See the proof"))).to_be_visible()


CONNECTED: dict[str, Act] = {
    "work": accept_work,
    "capture": fill_worksheets,
    "collect": collect,
    "seal": seal,
    "target": read_target,
    "review": confirm,
    "restore": restore,
}


def walk(hand: Hand, acts: dict[str, Act], until: str = "") -> list[str]:
    """Do what each step asks and follow *Next*; the steps in the order in which they came."""
    walked = []
    while True:
        key = step_of(hand.page)
        walked.append(key)
        expect(hand.page.locator("[aria-current=step]")).to_have_count(1)
        if key in acts:
            acts[key](hand)
        onward = hand.page.locator("#plan-next")
        if key == until or "Back to the plan" in onward.inner_text():
            return walked
        hand.press(onward)
        hand.page.wait_for_url(re.compile(rf"/plans/\d+/(?!{key}\b)"))


def keys(*, restores: bool) -> list[str]:
    """The steps of a plan, in order."""
    return [step.key for step in STEPS if restores or step.phase != RESTORE]
