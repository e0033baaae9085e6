"""A proxy between product and service that lets the first calls of each operation go wrong.

It stands on a TCP port of its own and knows the operations of the profile by method and path. What
it does to an answer happens on the socket: bytes that are missing, connections that are reset.
"""

import http.client
import re
import socket
import struct
import threading
from collections import Counter
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

from migrator.clients.profile import Profile, load_profile

LOGIN_PAGE = b"<!doctype html><title>Log in</title><p>Please log in.</p>"
GATEWAY_PAGE = b"<html><head><title>502 Bad Gateway</title></head></html>"
# The headers of one connection alone, which a proxy does not pass on.
HOP_BY_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length"})
BLOCK = 64 * 1024
HOST = "127.0.0.1"


@dataclass(frozen=True)
class Trouble:
    """What goes wrong: `how` names it, `times` how often for each operation.

    With `after` the call is carried out and its answer is lost or replaced. `seconds` is the delay
    of *latency*; `status`, `headers` and `body` are those of *instead*.
    """

    how: str
    times: int = 1
    after: bool = False
    seconds: float = 0.0
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


def _instead(status: int, body: bytes = b"{}", **changes: Any) -> Trouble:
    kind = "text/html" if body.startswith(b"<") else "application/json"
    headers = (("Content-Type", kind), *changes.pop("headers", ()))
    return Trouble("instead", status=status, body=body, headers=headers, **changes)


TROUBLES: dict[str, Trouble] = {
    "latency": Trouble("latency", seconds=0.3, times=3),
    "reset": Trouble("reset"),
    "reset after": Trouble("reset", after=True),
    "black hole": Trouble("black hole"),
    "black hole after": Trouble("black hole", after=True),
    "truncated": Trouble("truncated", after=True),
    "longer than said": Trouble("shorter length", after=True),
    "shorter than said": Trouble("longer length", after=True),
    "429": _instead(429, headers=(("Retry-After", "1"),)),
    "500 burst": _instead(500, times=2),
    "500 after": _instead(500, after=True),
    "502": _instead(502, GATEWAY_PAGE),
    "session expired": _instead(401),
    "sent to log in": _instead(302, LOGIN_PAGE, headers=(("Location", "/login"),)),
    "html": _instead(200, LOGIN_PAGE),
    "html after": _instead(200, LOGIN_PAGE, after=True),
}


@dataclass
class Counts:
    """What the proxy saw of each operation."""

    asked: Counter[str] = field(default_factory=Counter)
    carried_out: Counter[str] = field(default_factory=Counter)
    spoiled: Counter[str] = field(default_factory=Counter)


class Proxy:
    """A running proxy before the service at `upstream` (`http://127.0.0.1:PORT`).

    Nothing goes wrong until `arm` names a trouble; `close` lets go of every call that it holds.
    """

    def __init__(self, upstream: str) -> None:
        self.upstream = upstream.removeprefix("http://")
        self.counts = Counts()
        self._trouble: Trouble | None = None
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._operations = _patterns(load_profile())
        handler = type("_Bound", (_Connection,), {"proxy": self})
        self._server = _Server((HOST, 0), handler)
        self.base = f"http://{HOST}:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=[0.02], daemon=True)
        self._thread.start()

    def arm(self, trouble: Trouble | None) -> None:
        """From now on the first calls of each operation go wrong, counted anew."""
        with self._lock:
            self._trouble = trouble
            self.counts = Counts()

    def close(self) -> None:
        """End it, and whoever waits in it."""
        self._over.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def operation(self, method: str, path: str) -> str:
        """The operation's name in the profile; *token* for IAM's, *other* for what is neither."""
        plain = path.partition("?")[0]
        named = (n for n, (m, p) in self._operations.items() if m == method and p.search(plain))
        return next(named, "token" if plain.endswith("/identity/token") else "other")

    def taken(self, operation: str) -> Trouble | None:
        """The trouble that is due for this call, counted as used."""
        with self._lock:
            self.counts.asked[operation] += 1
            trouble = self._trouble
            if trouble is None or operation in {"token", "other"}:
                return None
            if self.counts.spoiled[operation] >= trouble.times:
                return None
            self.counts.spoiled[operation] += 1
            return trouble

    def wait(self, seconds: float | None) -> None:
        """Hold a call (None: until the proxy is closed)."""
        self._over.wait(seconds)

    def note_carried_out(self, operation: str) -> None:
        """The service got the call."""
        with self._lock:
            self.counts.carried_out[operation] += 1


def _patterns(profile: Profile) -> dict[str, tuple[str, re.Pattern[str]]]:
    found: dict[str, tuple[str, re.Pattern[str]]] = {}
    for name, operation in profile.operations.items():
        path = re.sub(r"{[^}]*}", "[^/]+", operation.path)
        found[name] = (operation.method, re.compile(f"{re.escape(profile.api_root)}{path}$"))
    return found


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def shutdown_request(self, request: Any) -> None:
        """Close without an ordered end where a reset is asked for: closing then means RST."""
        linger = struct.calcsize("ii")
        try:
            reset = request.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        except OSError:
            reset = b""
        if reset == struct.pack("ii", 1, 0):
            self.close_request(request)
        else:
            super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that gave up is what these tests are about."""


class _Connection(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    proxy: ClassVar[Proxy]
    timeout = 60

    def _call(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        operation = self.proxy.operation(self.command, self.path)
        trouble = self.proxy.taken(operation)
        if trouble is not None and trouble.how == "latency":
            self.proxy.wait(trouble.seconds)
            trouble = None
        if trouble is not None and not trouble.after:
            self._spoil(trouble)
            return
        answer = self._carried_out(operation, body)
        if trouble is None:
            self._send(answer)
        else:
            self._spoil(trouble, answer)

    do_GET = do_POST = do_PUT = do_DELETE = _call

    def _carried_out(self, operation: str, body: bytes) -> "_Answer":
        self.proxy.note_carried_out(operation)
        line = http.client.HTTPConnection(self.proxy.upstream, timeout=60)
        try:
            headers = {n: v for n, v in self.headers.items() if n.lower() not in HOP_BY_HOP}
            line.request(self.command, self.path, body or None, headers)
            response = line.getresponse()
            kept = [(n, v) for n, v in response.getheaders() if n.lower() not in HOP_BY_HOP]
            return _Answer(response.status, kept, response.read())
        finally:
            line.close()

    def _spoil(self, trouble: Trouble, answer: "_Answer | None" = None) -> None:
        if trouble.how == "instead":
            self._send(_Answer(trouble.status, list(trouble.headers), trouble.body))
            return
        self.close_connection = True
        if trouble.how == "black hole":
            self.proxy.wait(None)
        elif trouble.how == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        else:
            assert answer is not None, f"{trouble.how} spoils an answer that came"
            self._send_wrong(trouble.how, answer)

    def _send_wrong(self, how: str, answer: "_Answer") -> None:
        length = len(answer.body)
        said = {"longer length": length + 64, "shorter length": max(0, length - 7)}
        sent = answer.body[: length // 2] if how == "truncated" else answer.body
        self._head(answer, said.get(how, max(length, 1)))
        self.wfile.write(sent)

    def _send(self, answer: "_Answer") -> None:
        self._head(answer, len(answer.body))
        for begin in range(0, len(answer.body), BLOCK):
            self.wfile.write(answer.body[begin : begin + BLOCK])

    def _head(self, answer: "_Answer", length: int) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(length))
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is logged: the counts tell what came."""


@dataclass(frozen=True)
class _Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes
