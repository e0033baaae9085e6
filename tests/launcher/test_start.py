"""A start, in either house, and a stop."""

from pathlib import Path

import pytest
import requests

from tests import houses
from tests.launcher.servers import Start

pytestmark = pytest.mark.slow

CHILDREN = {"web", "worker", "beat"} | (set() if houses.is_grown() else {"broker"})


def test_a_started_server_is_healthy_and_a_stop_leaves_nothing(
    start: Start, tmp_path: Path
) -> None:
    server = start(folder=tmp_path / "with blank, # and %41")
    answer = server.health()
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")
    assert server.names() == CHILDREN
    assert server.stop() == 0
    assert server.processes() == []
    assert "Traceback" not in server.output


def test_the_first_start_leads_to_an_administrator_and_later_ones_do_not(start: Start) -> None:
    server = start()
    server.address()
    link = server.line_with("/set-up/").strip()
    browser = requests.Session()
    browser.get(link, timeout=10).raise_for_status()
    chosen = {
        "name": "keeper",
        "password": "seven-tall-pines",
        "again": "seven-tall-pines",
    }
    sent = {**chosen, "csrfmiddlewaretoken": browser.cookies["csrftoken"]}
    assert browser.post(link, data=sent, timeout=10).url == server.address()
    assert requests.get(link, timeout=10).status_code == 410
    server.stop()
    again = start()
    again.address()
    assert "/set-up/" not in again.output
