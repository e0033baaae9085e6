"""`--demo`: a sandbox beside the site, its instances connected, and somebody who can sign in."""

import re
import socket
from pathlib import Path

import pytest
import requests

from tests.launcher.servers import Server, Start

pytestmark = pytest.mark.slow


def free_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return str(found.getsockname()[1])


def signed_in(server: Server) -> requests.Session:
    """A browser session of the admin whose password the server printed."""
    address = server.address()
    found = re.search(r"Sign in as (\S+), password (\S+)", server.output)
    assert found, server.output
    browser = requests.Session()
    browser.get(f"{address}sign-in", timeout=10).raise_for_status()
    sent = {"username": found[1], "password": found[2]}
    sent["csrfmiddlewaretoken"] = browser.cookies["csrftoken"]
    answer = browser.post(f"{address}sign-in", data=sent, timeout=10)
    assert (answer.status_code, answer.url) == (200, address)
    return browser


def test_the_demo_is_ready_to_use_and_a_second_start_renews_the_password(start: Start) -> None:
    server = start("--demo", "--sandbox-port", free_port())
    browser = signed_in(server)
    instances = browser.get(f"{server.address()}instances/", timeout=10).text
    assert all(name in instances for name in ("source", "target"))
    home = browser.get(server.address(), timeout=10).text
    assert "orphaned model" in home  # its services were asked what they serve
    assert server.lines[-2:] == [server.line_with("Open http"), "\n"]  # the address comes last
    assert server.stop() == 0
    assert server.processes() == []

    again = start("--demo", "--sandbox-port", free_port())  # the sandbox has moved
    signed_in(again)
    assert "/set-up/" not in again.output
    assert passwords(again) != passwords(server)


def test_the_demo_refuses_a_folder_that_is_used_for_real(start: Start, tmp_path: Path) -> None:
    folder = tmp_path / "real"
    folder.mkdir()
    (folder / "migrator.sqlite3").touch()
    server = start("--demo", folder=folder)
    assert server.finish() == 1
    assert "is used for real and not by a demo" in server.output
    assert sorted(file.name for file in folder.iterdir()) == ["migrator.sqlite3"]


def passwords(server: Server) -> list[str]:
    return re.findall(r"password (\S+)", server.output)
