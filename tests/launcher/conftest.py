"""The fixtures that start real servers, for the tests of the launcher."""

from collections.abc import Iterator

import pytest

from tests.launcher.servers import Server, start

__all__ = ["running", "start"]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for tests that leave it running; its folder's path is too long for a socket."""
    server = Server(tmp_path_factory.mktemp("long" * 25) / "data", "--port", "0", migrated=True)
    yield server
    server.process.kill()
    server.finish()
    for process in server.processes():
        process.kill()
