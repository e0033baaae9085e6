"""Every operation of the profile in each kind of trouble: the true answer, or an error in words."""

import dataclasses
import shutil
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from migrator.clients.credentials import parse_credential
from migrator.clients.hosts import HostPolicy
from migrator.clients.http import Http
from migrator.clients.profile import load_profile
from migrator.clients.tool import ToolClient
from migrator.errors import ServiceError, SessionLost, TransientError
from migrator.formats.errors import StatedError
from tests.clients.test_every_operation import CALLS, REPEATABLE
from tests.faults.proxy import TROUBLES, Proxy
from tests.sandbox.fixtures import running
from tests.waiting import wait_until

pytestmark = pytest.mark.slow

SHORT, LONG = 1.0, 20.0  # seconds of silence: where none ever ends, and where an answer comes
DELAY = 0.1  # seconds of latency
LOSES_SESSION = frozenset({"session expired", "sent to log in", "html", "html after"})
OPERATIONS = load_profile().operations


class Line:
    """A client of the sandbox with a proxy between, and a browser's session."""

    def __init__(self, proxy: Proxy, described: dict[str, str], credential: dict[str, str]) -> None:
        self.proxy = proxy
        self._address = proxy.base + described["address"].removeprefix(f"http://{proxy.upstream}")
        self._credential = parse_credential(credential)

    def outcome(self, name: str, file: Path, patience: float = LONG) -> StatedError | None:
        """The error that the call ended with, None for a value."""
        operations = {
            key: msgspec.structs.replace(operation, read_seconds=patience)
            for key, operation in OPERATIONS.items()
        }
        profile = msgspec.structs.replace(load_profile(), operations=operations)
        policy = HostPolicy(["127.0.0.1"])
        with Http(policy, timeout=(10, patience), sleep=lambda _: None) as http:
            tool = ToolClient(
                http, address=self._address, credential=self._credential, profile=profile
            )
            try:
                CALLS[name](tool, file)
            except StatedError as error:
                return error
        return None


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory, seeded_folder: Path) -> Iterator[Line]:
    """One for all cases: what they call is not there, and nothing needs it to be fresh."""
    folder = tmp_path_factory.mktemp("line") / "sandbox"
    shutil.copytree(seeded_folder, folder)
    with running(folder) as sandbox:
        proxy = Proxy(sandbox.base)
        described = dataclasses.asdict(sandbox.instance("source"))
        yield Line(proxy, described, sandbox.new_session("source"))
        proxy.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "file.zip"
    path.write_bytes(b"PK" * 1000)
    return path


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("name", CALLS)
def test_trouble_ends_in_the_answer_or_in_words(
    line: Line, file: Path, name: str, trouble: str
) -> None:
    safe = OPERATIONS[name].method in REPEATABLE
    line.proxy.arm(None)
    usual = line.outcome(name, file) if safe else None
    chosen = dataclasses.replace(TROUBLES[trouble], seconds=DELAY)
    line.proxy.arm(chosen)
    found = line.outcome(name, file, SHORT if chosen.how == "black hole" else LONG)
    counts = line.proxy.counts
    # The caller may have given up before the proxy has read what it sent.
    wait_until(lambda: counts.spoiled[name] >= 1, "the proxy")
    assert sorted(path.name for path in file.parent.iterdir()) in (
        ["file.zip"],
        ["file.zip", "new"],
    )
    if found is not None:
        assert all((found.happened, found.meaning, found.remedy))
    if trouble in LOSES_SESSION:
        assert isinstance(found, SessionLost)
    elif safe:
        assert _same(usual, found) or (OPERATIONS[name].method == "DELETE" and found is None)
    elif chosen.how == "latency":
        assert counts.carried_out[name] == 1
    elif not chosen.after:
        assert isinstance(found, TransientError)
    if not safe:
        assert counts.carried_out[name] == int(chosen.after or chosen.how == "latency")


def _same(usual: StatedError | None, found: StatedError | None) -> bool:
    if isinstance(usual, ServiceError) and isinstance(found, ServiceError):
        return usual.http_status == found.http_status
    return usual is None and found is None
