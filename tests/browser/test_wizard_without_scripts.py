"""The wizard without JavaScript: the same pages lead to the same end."""

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import PATIENCE, sign_in
from tests.browser.hands import WithoutScripts
from tests.browser.walks import CONNECTED, WORKSPACE, keys, plan_for, walk
from tests.launcher.servers import Server

# One walk, the move, shows the way in the other house.
pytestmark = [pytest.mark.browser, pytest.mark.own_house]


def test_without_scripts_a_workspace_comes_to_its_proven_copy(
    demo: Server, chromium: Browser
) -> None:
    context = chromium.new_context(base_url=demo.address(), java_script_enabled=False)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    sign_in(page, demo)
    hand = WithoutScripts(page)
    plan_for(hand, "source", "Copy", WORKSPACE)
    assert walk(hand, CONNECTED) == keys(restores=True)[1:]
    context.close()
