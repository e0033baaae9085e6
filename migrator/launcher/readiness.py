"""Whether the started site answers, asked the way anybody asks it: over HTTP, at /healthz."""

import asyncio
import http.client
import json
import time

READY_SECONDS = 45.0
PAUSE_SECONDS = 0.1


async def wait_for_site(port: int, host: str) -> str:
    """Return when /healthz says that all is well: nothing; after READY_SECONDS: what is wrong."""
    target = "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104 - compared, not bound
    deadline = time.monotonic() + READY_SECONDS
    while complaint := await asyncio.to_thread(_complaint, target, port):
        if time.monotonic() > deadline or complaint.startswith("400"):
            return f"The server is not ready yet: {complaint}"
        await asyncio.sleep(PAUSE_SECONDS)
    return ""


def _complaint(host: str, port: int) -> str:
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        answer = connection.getresponse()
        return _words(answer.status, answer.read())
    except (OSError, http.client.HTTPException) as error:
        return f"no answer ({error})"
    finally:
        connection.close()


def _words(status: int, body: bytes) -> str:
    if status == http.HTTPStatus.OK:
        return ""
    if status == http.HTTPStatus.BAD_REQUEST:
        return "400; is this machine's own name missing in ALLOWED_HOSTS?"
    if status == http.HTTPStatus.SERVICE_UNAVAILABLE:
        parts = json.loads(body)
        return ", ".join(f"{name}: {parts[name]}" for name in ("database", "broker", "worker"))
    return f"/healthz answers {status}; the lines marked “web” say why"
