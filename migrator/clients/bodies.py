"""Small answers, read whole: within limits of size and time."""

import time

import requests

from migrator.clients import silence
from migrator.clients.calls import Doing, Unavailable
from migrator.errors import ServiceError

# The largest JSON answers are lists of some thousand models; more is a mistake or an attack.
LARGEST_ANSWER = 32 * 1024 * 1024
# An error's body is read for its message only.
LARGEST_ERROR = 64 * 1024
# Seconds for the whole of a JSON answer, since the read time-out starts anew with each byte.
LONGEST_ANSWER = 300.0
CHUNK = 64 * 1024


def read_content(response: requests.Response, doing: Doing) -> bytes:
    """The inflated body; of an error as much as could be read, since its status says enough."""
    content = bytearray()
    deadline = time.monotonic() + LONGEST_ANSWER
    try:
        for chunk in silence.guarded(response.raw.stream(CHUNK, decode_content=True), doing):
            content += chunk
            if response.status_code >= 300 and len(content) > LARGEST_ERROR:
                break
            _check_small(content, deadline, doing)
    except Unavailable:
        if response.status_code < 300:
            raise
    return bytes(content)


def _check_small(content: bytearray, deadline: float, doing: Doing) -> None:
    if len(content) > LARGEST_ANSWER:
        raise ServiceError(
            f"Could not {doing.words}: the answer of {doing.service} is larger than "
            f"{LARGEST_ANSWER // 1024 // 1024} MB.",
            meaning="It was not kept.",
            remedy="Check that the address is that of the service.",
        )
    if time.monotonic() > deadline:
        raise silence.torn(doing, "took too long")
