"""The whole house under test: server, workers, sandbox and driver, each in processes of its own."""

import json
import os
import random
import signal
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psutil
import requests

from migrator.clients.profile import load_profile
from tests.faults.places import Place
from tests.launcher.servers import ROOT, Server
from tests.waiting import wait_until

# Words in the command lines of the server's children.
CHILDREN = {"worker": " worker ", "web": "gunicorn", "beat": " beat ", "broker": "-server"}
SETTINGS = {
    "INSTANCE_HOSTS": "127.0.0.1",
    "INSTANCE_CALLS_PER_SECOND": "100",
    "IMPORT_SETTLE_SECONDS": "8",
}


class House:
    """Starts and kills its processes; `close` leaves nothing behind."""

    def __init__(
        self,
        folder: Path,
        sandbox: Path,
        place: Place,
        *,
        size: int = 60,
        patience: int = 2,
        **variables: str,
    ) -> None:
        self.folder = folder
        self.place = place
        silence = {"INSTANCE_SILENCE_SECONDS": str(patience)}
        self.variables = {**SETTINGS, **silence, **place.variables, **variables}
        self._environment = {**os.environ, **self.variables, "DATA_DIR": str(folder)}
        self._sandbox_folder = sandbox
        self._size = size
        self._port = "0"
        self._workers: list[subprocess.Popen[bytes]] = []
        with ExitStack() as stack:
            self._start(stack, patience)
            self._ends = stack.pop_all()

    def _start(self, stack: ExitStack, patience: int) -> None:
        """Start everything; what was started is ended again where the rest cannot be."""
        stack.callback(self._end_sandbox)
        self._start_sandbox()
        self.server = self._start_server()
        stack.callback(self._end_server)
        self.server.address()
        self._workers = [self._start_worker(n) for n in range(self.place.more_workers)]
        self._driver = self._start_driver()
        stack.callback(self._end_driver)
        profile = self._sandbox_folder.with_suffix(".toml")
        profile.write_text(_with_patience(patience))
        self.profile = str(profile)
        self.ask("set_up", self.described, self.profile)
        self.workspaces: dict[str, int] = {}
        for each in self.described:
            self.workspaces |= self.ask("workspaces_of", each["name"])

    # -- processes -----------------------------------------------------------------------------

    def _start_server(self) -> Server:
        migrated = "DATABASE_URL" not in self.variables
        options = ("--port", "0", "--grace", "5")
        return Server(self.folder, *options, migrated=migrated, **self.variables)

    def _start_worker(self, number: int) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [
                *(sys.executable, "-W", "ignore", "-m", "celery", "--quiet", "-A", "migrator"),
                *("worker", "--pool", "threads", "--concurrency", "1"),
                *("--without-gossip", "--without-mingle", "-n", f"more{number}@%h"),
            ],
            cwd=ROOT,
            env=self._environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def _start_sandbox(self) -> None:
        config = self._sandbox_folder.with_suffix(".json")
        config.unlink(missing_ok=True)
        self._sandbox = subprocess.Popen(
            [
                *(sys.executable, "-m", "sandbox", "--port", self._port, "--job-seconds", "1"),
                *("--data", str(self._sandbox_folder), "--write-config", str(config)),
                *("--size", str(self._size)),
            ],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
        )
        # Making a large workspace takes its time, once.
        wait_until(config.exists, "the sandbox", 60 + self._size / 50)
        self.described: list[dict[str, Any]] = json.loads(config.read_text())["instances"]
        self.base = "/".join(self.described[0]["address"].split("/")[:3])
        self._port = self.base.rsplit(":", 1)[1]

    def _start_driver(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.faults.driver"],
            cwd=ROOT,
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def close(self) -> None:
        """End everything."""
        self._ends.close()

    def _end_driver(self) -> None:
        assert self._driver.stdin is not None
        assert self._driver.stdout is not None
        self._driver.stdin.close()
        self._driver.wait(60)
        self._driver.stdout.close()

    def _end_server(self) -> None:
        self.server.process.kill()
        self.server.finish()
        for process in self.server.processes():
            process.kill()
        for worker in self._workers:
            worker.wait(60)

    def _end_sandbox(self) -> None:
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

    def kill_child(self, kind: str, chosen: random.Random) -> None:
        """SIGKILL to one of the processes of a kind, if one is there in this moment.

        The server starts its own again, and a service manager would start the others.
        """
        found = [p for p in self.server.processes() if CHILDREN[kind] in _command_line(p)]
        if not found:
            return
        dying = chosen.choice(found)
        dying.kill()
        for number, worker in enumerate(self._workers):
            if worker.pid == dying.pid:
                worker.wait(60)
                self._workers[number] = self._start_worker(number)

    def kill_broker(self, chosen: random.Random) -> None:
        """SIGKILL to the broker; it comes back empty."""
        if not self.place.kill_broker():
            self.kill_child("broker", chosen)

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


def _with_patience(seconds: int) -> str:
    """A profile in which no call waits longer for its answer, as fits a small workspace."""
    patient = (name for name, call in load_profile().operations.items() if call.read_seconds)
    return "".join(f"[operations.{name}]\nread_seconds = {seconds}\n" for name in patient)


def _command_line(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return ""
