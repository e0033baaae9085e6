"""Waiting for what other processes do."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
SECONDS = 120.0  # any deadline: generous, since nothing waits for it to pass


def wait_until(true: Callable[[], T], what: str, seconds: float = SECONDS) -> T:
    """Poll until the condition holds, and return what it gave."""
    deadline = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < deadline, f"waited in vain: {what}"
        time.sleep(0.05)
    return found
