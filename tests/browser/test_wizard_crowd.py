"""The wizard over twenty workspaces: with a second person, and by hand."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from sandbox.generator import GeneratedExport, generate
from sandbox.seeding import seed
from sandbox.server import Sandbox
from tests import houses
from tests.browser.conftest import PATIENCE, sign_in
from tests.browser.hands import Mouse, WithoutScripts
from tests.browser.walks import (
    Act,
    Hand,
    accept_unknown,
    accept_work,
    collect,
    make_it,
    seal,
    settled,
    walk,
)
from tests.launcher.servers import ROOT, Server
from tests.sandbox.fixtures import running

# One walk, the move, shows the way in the other house.
pytestmark = [pytest.mark.browser, pytest.mark.own_house]

CROWD = 20
PASSWORD = "tall pines by the lake"


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


@pytest.fixture(scope="module")
def drawer(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Path]]:
    """What a person downloaded of twenty workspaces: the files of each, by its name."""
    folder = tmp_path_factory.mktemp("drawer")
    exports = {
        f"Unit {number:02}": generate(folder / str(number), seed=number, documents=2)
        for number in range(CROWD)
    }
    return {name: _named(name, export) for name, export in exports.items()}


def _named(name: str, export: GeneratedExport) -> list[Path]:
    """As a person would tell them apart."""
    files = (export.types, export.dictionaries, export.corpus)
    return [file.rename(file.with_name(f"{name} {file.name}")) for file in files if file]


def test_files_of_twenty_workspaces_are_brought_in_one_drop(
    page: Page, drawer: dict[str, list[Path]]
) -> None:
    hand = Mouse(page)
    page.goto("/instances/add/by_hand")
    hand.write(page.get_by_label("Name"), "Drawer")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Drawer").wait_for()
    page.goto("/plans/start")
    hand.press(page.get_by_role("link", name="Choose its workspaces (Drawer)"))
    hand.pick(page.get_by_role("radio", name=re.compile("^Back up:")))
    hand.write(page.get_by_label("Names of the workspaces"), "\n".join(drawer))
    hand.choose(page.get_by_label("Language"), "English")
    make_it(hand)

    def bring(hand: Hand) -> None:
        hand.press(page.get_by_role("button", name=re.compile("^Start the backup")))
        field = page.get_by_label(f"Bring files of {CROWD} workspaces together")
        hand.wait_for(field)
        hand.bring(field, [file for files in drawer.values() for file in reversed(files)])
        hand.press(page.get_by_role("button", name="Bring these files").first)
        hand.press(page.get_by_role("button", name="No workspace has further dictionaries"))
        settled(hand)

    acts: dict[str, Act] = {"work": accept_unknown, "collect": bring, "seal": seal}
    walk(hand, acts, until="seal")
    expect(page.locator("#plan-step")).to_contain_text(f"{CROWD} of {CROWD} verified")
