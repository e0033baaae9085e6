"""The wizard, walked from the scope to the end: by mouse, by keyboard alone, without scripts."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard.wizard import RESTORE, STEPS
from sandbox.generator import GeneratedExport, generate
from sandbox.seeding import seed
from sandbox.server import Sandbox
from tests import houses
from tests.browser.conftest import NARROW, PATIENCE, WIDE, Check, sign_in
from tests.browser.hands import Keyboard, Mouse, WithoutScripts
from tests.launcher.servers import ROOT, Server
from tests.sandbox.fixtures import running

pytestmark = pytest.mark.browser

# The demo workspace whose copy comes back equal; see sandbox.seed_demo.
WORKSPACE = "Support tickets"
CROWD = 20
PASSWORD = "tall pines by the lake"

Hand = Mouse
Act = Callable[[Hand], None]


def plan_for(hand: Hand, instance: str, purpose: str, *workspaces: str) -> None:
    """From home to the first step of a new plan over workspaces that are listed."""
    page = hand.page
    hand.press(page.get_by_role("link", name="New plan").first)
    hand.press(page.get_by_role("link", name=f"Choose its workspaces ({instance})"))
    hand.pick(page.get_by_role("radio", name=re.compile(f"^{purpose}:")))
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
        hand.press(ask.get_by_role("button", name="Accept in my name"))
    settled(hand)


def fill_worksheets(hand: Hand) -> None:
    """Let the inventory fill the worksheets."""
    hand.press(hand.page.get_by_role("button", name="Fill from the inventory"))
    hand.page.get_by_role("button", name="Fill again from the inventory").wait_for()


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
    """Choose the connected target and wait until it is read."""
    choose_target(hand)
    settled(hand)


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


def test_by_mouse_a_workspace_is_walked_to_its_proven_copy(page: Page, accessible: Check) -> None:
    hand = Mouse(page)
    plan_for(hand, "source", "Copy", WORKSPACE)
    assert walk(hand, CONNECTED) == keys(restores=True)[1:]
    assert hand.clicks < 30
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
    hand.write(page.get_by_label("Name of the workspace"), "Letters")
    make_it(hand)

    def bring(hand: Hand) -> None:
        hand.press(page.get_by_role("button", name=re.compile("^Start the backup")))
        bring_letters(hand, files)
        settled(hand)

    def carry(hand: Hand) -> None:
        hand.press(page.get_by_role("button", name=re.compile("^Restore 1 workspace")))
        do_what_is_asked(hand, files)

    acts: dict[str, Act] = {
        "work": accept_unknown,
        "collect": bring,
        "seal": seal,
        "target": lambda hand: choose_target(hand, "Typed target"),
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
    hand.press(hand.page.get_by_role("button", name="These are all dictionaries"))


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


def accept_unknown(hand: Hand) -> None:
    """Accept in writing that nobody knows what is unfinished."""
    expect(hand.page.get_by_text("Not everything is known.")).to_be_visible()
    accept_work(hand)


def test_without_scripts_the_same_pages_lead_to_the_same_end(
    demo: Server, chromium: Browser
) -> None:
    context = chromium.new_context(base_url=demo.address(), java_script_enabled=False)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    sign_in(page, demo)
    hand = WithoutScripts(page)
    plan_for(hand, "source", "Back up", WORKSPACE)
    assert walk(hand, CONNECTED) == keys(restores=False)[1:]
    context.close()


@pytest.fixture(scope="module")
def crowd(demo: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An instance with twenty workspaces, connected to the demo server; its name."""
    exports = tmp_path_factory.mktemp("crowd")
    for number in range(CROWD):
        generate(exports / f"Unit {number:02}", seed=number, documents=2, anomalies=False)
    folder = tmp_path_factory.mktemp("sandbox") / "crowd"
    unstarted = Sandbox(folder)
    seed(unstarted.state, str(exports))
    unstarted.close()
    with running(folder) as sandbox:
        source = sandbox.source
        _manage(
            demo,
            json.dumps(source.credential),
            *("add_instance", "Crowd", "--kind", source.kind, "--address", source.address),
            *("--iam-url", source.iam_url, "--credential-file", "-"),
        )
        yield "Crowd"


def _manage(demo: Server, said: str, *arguments: str) -> None:
    own = {**houses.variables(demo.folder), "ENV_FILE": os.devnull, "INSTANCE_HOSTS": "127.0.0.1"}
    subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**os.environ, **own},
        input=said,
        text=True,
        check=True,
        capture_output=True,
    )


def test_twenty_workspaces_are_begun_by_one_person_and_ended_by_another(
    page: Page, demo: Server, chromium: Browser, crowd: str
) -> None:
    first = Mouse(page)
    page.goto("/instances/")
    first.press(page.get_by_role("link", name=crowd, exact=True))
    first.press(page.get_by_role("button", name=re.compile("inventory", re.IGNORECASE)).first)
    page.goto("/plans/start")
    first.press(page.get_by_role("link", name=f"Choose its workspaces ({crowd})"))
    boxes = page.get_by_role("checkbox", name=re.compile("^Unit"))
    WithoutScripts(page).wait_for(boxes.nth(CROWD - 1))
    first.pick(page.get_by_role("radio", name=re.compile("^Back up:")))
    for number in range(CROWD):
        first.tick(boxes.nth(number))
    first.write(page.get_by_label("Name of the plan"), "The whole crowd")
    make_it(first)
    walk(first, {"work": accept_work}, until="capture")
    page.goto("/sign-in")

    _manage(demo, f"{PASSWORD}\n", "create_admin", "second")
    context = chromium.new_context(base_url=demo.address(), reduced_motion="reduce")
    other = context.new_page()
    other.set_default_timeout(PATIENCE)
    sign_in(other, demo, "second", PASSWORD)
    second = Mouse(other)
    second.press(other.get_by_role("link", name="The whole crowd").first)
    second.press(other.get_by_role("link", name="Collect", exact=True).last)
    walk(second, {"collect": collect, "seal": seal}, until="seal")
    expect(other.locator("#plan-step")).to_contain_text(f"{CROWD} of {CROWD} verified")
    context.close()
