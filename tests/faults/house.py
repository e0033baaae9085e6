"""The whole house under test: server, sandbox and driver, each in processes of its own."""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psutil
import redis
import requests

from tests.launcher.servers import ROOT, Server, wait_until

# Words in the command lines of the server's children.
CHILDREN = (" worker ", "gunicorn", " beat ", "-server")
SETTINGS = {
    "INSTANCE_HOSTS": "127.0.0.1",
    "INSTANCE_CALLS_PER_SECOND": "100",
    "IMPORT_SETTLE_SECONDS": "8",
    "WORKERS": "4",
}


class House:
    """Starts and kills its processes; `close` leaves nothing behind."""

    def __init__(self, folder: Path, sandbox: Path, **variables: str) -> None:
        self.folder = folder
        self.variables = {**SETTINGS, **variables}
        self._sandbox_folder = sandbox
        self._port = "0"
        self._start_sandbox()
        self.server = self._start_server()
        self.server.address()
        self._driver = self._start_driver()
        self.workspaces: dict[str, int] = self.ask("set_up", self.described)

    # -- processes -----------------------------------------------------------------------------

    def _start_server(self) -> Server:
        return Server(self.folder, "--port", "0", "--grace", "5", **self.variables)

    def _start_sandbox(self) -> None:
        config = self._sandbox_folder.with_suffix(".json")
        config.unlink(missing_ok=True)
        self._sandbox = subprocess.Popen(
            [
                *(sys.executable, "-m", "sandbox", "--port", self._port, "--job-seconds", "1"),
                *("--data", str(self._sandbox_folder), "--write-config", str(config)),
            ],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
        )
        wait_until(config.exists, "the sandbox")
        self.described: list[dict[str, Any]] = json.loads(config.read_text())["instances"]
        self.base = "/".join(self.described[0]["address"].split("/")[:3])
        self._port = self.base.rsplit(":", 1)[1]

    def _start_driver(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.faults.driver"],
            cwd=ROOT,
            env={**os.environ, **self.variables, "DATA_DIR": str(self.folder)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def close(self) -> None:
        """End everything."""
        assert self._driver.stdin is not None
        assert self._driver.stdout is not None
        self._driver.stdin.close()
        self._driver.wait(60)
        self._driver.stdout.close()
        self.server.process.kill()
        self.server.finish()
        for process in self.server.processes():
            process.kill()
        self._sandbox.kill()
        self._sandbox.wait(60)

    # -- speaking with it ----------------------------------------------------------------------

    def ask(self, name: str, *arguments: Any) -> Any:
        """What the driver answers to a command."""
        assert self._driver.stdin is not None
        assert self._driver.stdout is not None
        self._driver.stdin.write(json.dumps([name, *arguments]) + "\n")
        self._driver.stdin.flush()
        line = self._driver.stdout.readline()
        assert line, f"the driver died of {name} {arguments}"
        return json.loads(line)

    def sandbox(self, method: str, path: str, body: Any = None) -> Any:
        """Call an endpoint under /_sandbox."""
        answer = requests.request(method, f"{self.base}/_sandbox/{path}", json=body, timeout=20)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    # -- what befalls it -----------------------------------------------------------------------

    def kill_child(self, word: str) -> None:
        """SIGKILL to one of the server's children, if it is there in this moment."""
        found = [p for p in self.server.processes() if word in _command_line(p)]
        if found:
            found[0].kill()

    def kill_server(self) -> None:
        """SIGKILL to the supervisor; another one is started at once."""
        self.server.process.kill()
        self.server.finish()
        self.server = self._start_server()

    def kill_sandbox(self) -> None:
        """SIGKILL to the service on the other side; it comes back under the same address."""
        self._sandbox.send_signal(signal.SIGKILL)
        self._sandbox.wait(60)
        self._start_sandbox()

    def empty_broker(self) -> None:
        """Every message is gone."""
        try:
            with closing(redis.Redis(unix_socket_path=str(self.folder / "broker.sock"))) as broker:
                broker.flushall()
        except redis.ConnectionError:
            return  # it was just killed, which empties it as well

    @contextmanager
    def locked_database(self) -> Iterator[None]:
        """Somebody else holds the write lock within this block."""
        file = self.folder / "migrator.sqlite3"
        with closing(sqlite3.connect(file, timeout=60, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
            other.execute("ROLLBACK")

    def lock_database(self, seconds: float) -> None:
        """Hold the write lock for a while."""
        with self.locked_database():
            threading.Event().wait(seconds)


def _command_line(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return ""


def some_fault(chosen: random.Random) -> dict[str, Any]:
    """One of the sandbox's faults, on operations that runs call."""
    path = chosen.choice(
        [
            *("typestore", "dictionaries", "documentsets", "documentsets/import"),
            *("workspaces", "jobs", "identity/token", "export", "models"),
        ]
    )
    faults: list[dict[str, Any]] = [
        {"kind": "latency", "seconds": chosen.uniform(0.2, 2)},
        {"kind": "reset", "after": True},
        {"kind": "reset"},
        {"kind": "truncated"},
        {"kind": "wrong_length", "delta": 64},
        {"kind": "status", "status": 429, "retry_after": "1"},
        {"kind": "status", "status": chosen.choice([500, 502, 503]), "after": True},
        {"kind": "status", "status": 503, "count": 5},
        {"kind": "session_expired"},
        {"kind": "html"},
        {"kind": "no_ranges"},
    ]
    often = {"skip": chosen.randrange(3), "count": chosen.randrange(1, 4)}
    return {"path": path, **often, **chosen.choice(faults)}
