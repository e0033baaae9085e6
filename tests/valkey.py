"""A real Valkey for tests on a port of its own: the program of the embedded broker."""

import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import redis

from migrator.launcher.broker import broker_command
from tests.waiting import wait_until


class Valkey:
    """One that can be killed and started again, empty, on the same port."""

    def __init__(self, folder: Path, *, databases: int = 16) -> None:
        """Started, with its files in `folder`."""
        command = broker_command(folder)
        assert command is not None, "REDIS_URL is set"
        self.port = _free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._command = [
            *(command[0], "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(folder)),
            *("--save", "", "--appendonly", "no", "--loglevel", "warning"),
            *("--databases", str(databases)),
        ]
        self.start()

    def start(self) -> None:
        """Returns when it answers."""
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)
        with closing(redis.Redis.from_url(self.url)) as broker:
            wait_until(lambda: _answers(broker), "Valkey")

    def close(self) -> None:
        """Kill it."""
        self._process.kill()
        self._process.wait(60)


@contextmanager
def valkey(*, databases: int = 16) -> Iterator[Valkey]:
    """One with files in a folder of its own; both are gone afterwards."""
    with (
        tempfile.TemporaryDirectory(prefix="valkey-") as folder,
        closing(Valkey(Path(folder), databases=databases)) as running,
    ):
        yield running


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


def _answers(broker: redis.Redis) -> bool:
    try:
        return bool(broker.ping())
    except redis.ConnectionError:
        return False
