"""A real local server per test, and an `Http` that waits without sleeping."""

import socket
import threading
from collections.abc import Iterator

import pytest
from pytest_httpserver import HTTPServer

from migrator.clients.calls import Doing
from migrator.clients.hosts import HostPolicy
from migrator.clients.http import Http

READING = Doing(service="The service", words="read the thing")
CHANGING = Doing(service="The service", words="make the thing", changes=True)


class RawServer:
    """Answers each connection with the next of the byte strings given, whatever was asked.

    The last answer is repeated. After an answer the connection is closed, so that a body shorter
    than its Content-Length ends early; the answer says so, since a client that took the connection
    for its next call in the moment before would see a reset. `asked` holds what each connection
    sent first.
    """

    def __init__(self) -> None:
        self.answers: list[bytes] = []
        self.asked: list[bytes] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection:
                self.asked.append(_request(connection))
                answer = self.answers.pop(0) if self.answers[1:] else self.answers[0]
                connection.sendall(answer.replace(b"\r\n", b"\r\nConnection: close\r\n", 1))

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(5)


def _request(connection: socket.socket) -> bytes:
    """The whole request: closing with a part of it unread would reset the connection."""
    with connection.makefile("rb") as stream:
        lines = list(iter(stream.readline, b"\r\n"))
        lengths = [line.split(b":")[1] for line in lines if line.startswith(b"Content-Length:")]
        return b"".join(lines) + stream.read(int(lengths[0]) if lengths else 0)


@pytest.fixture
def raw_server() -> Iterator[RawServer]:
    server = RawServer()
    yield server
    server.close()


@pytest.fixture
def pauses() -> list[float]:
    """The seconds that `http` would have slept."""
    return []


@pytest.fixture
def http(pauses: list[float]) -> Iterator[Http]:
    with Http(
        HostPolicy(["127.0.0.1", "localhost"]), timeout=(10, 30), sleep=pauses.append
    ) as http:
        yield http


@pytest.fixture
def root(httpserver: HTTPServer) -> str:
    """The test server's address without a slash at the end."""
    return f"http://127.0.0.1:{httpserver.port}"


@pytest.fixture(scope="session")
def httpserver_listen_address() -> tuple[str, int]:
    return ("127.0.0.1", 0)
