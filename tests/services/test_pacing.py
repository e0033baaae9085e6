"""The pace of the calls to one instance: shared by all workers, and never a long wait."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from pytest_django import Settings

from migrator.launcher.broker import broker_command
from migrator.services import pacing
from tests.waiting import wait_until

# Takes turns for a while and prints the moment of each.
CALLER = """
import django, time; django.setup()
from migrator.services.pacing import wait_for_turn
for _ in range(6):
    wait_for_turn("shared", 10, burst=1)
    print(time.time())
"""


@pytest.fixture
def broker(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a broker of its own."""
    monkeypatch.delenv("REDIS_URL", raising=False)
    command = broker_command(tmp_path)
    assert command is not None
    socket = command[command.index("--unixsocket") + 1]
    with subprocess.Popen(command) as process:
        with redis.Redis(unix_socket_path=socket) as client:
            wait_until(lambda: Path(socket).exists() and client.ping(), "the broker")
        settings.REDIS_URL = f"unix://{socket}"
        monkeypatch.setattr(pacing, "_broker_silent_until", 0.0)
        yield settings.REDIS_URL
        process.kill()


def test_all_processes_share_one_pace(broker: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", broker)
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "migrator.settings")
    callers = [
        subprocess.Popen([sys.executable, "-c", CALLER], stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    printed = [caller.communicate(timeout=60)[0] for caller in callers]
    moments = sorted(float(line) for text in printed for line in text.splitlines())
    assert len(moments) == 18
    for first, sixth in zip(moments, moments[5:], strict=False):
        assert sixth - first > 0.4, "six calls at 10 a second take half a second"


def test_a_burst_passes_at_once_and_then_the_pace_holds(broker: str) -> None:
    begun = time.monotonic()
    for _ in range(5):
        pacing.wait_for_turn("burst", 10, burst=5)
    assert time.monotonic() - begun < 0.3
    for _ in range(5):
        pacing.wait_for_turn("burst", 10, burst=5)
    assert time.monotonic() - begun > 0.4


@pytest.mark.parametrize("with_broker", [True, False])
def test_a_long_wait_gives_the_worker_back(
    with_broker: bool, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    if with_broker:
        request.getfixturevalue("broker")
    monkeypatch.setattr(pacing, "LONGEST_WAIT", 0.2)
    name = f"crowded {with_broker}"
    pacing.wait_for_turn(name, 0.5, burst=1)
    begun = time.monotonic()
    with pytest.raises(pacing.OutOfTurn) as refused:
        pacing.wait_for_turn(name, 0.5, burst=1)
    assert time.monotonic() - begun < 1
    assert refused.value.retry_after is not None
    assert 1 < refused.value.retry_after <= 2


def test_without_a_broker_each_process_keeps_its_own_pace() -> None:
    begun = time.monotonic()
    for _ in range(4):
        pacing.wait_for_turn("alone", 20, burst=1)
    assert 0.14 < time.monotonic() - begun < 1


def test_no_limit_waits_for_nothing() -> None:
    for _ in range(1000):
        pacing.wait_for_turn("free", 0, burst=0)
