"""Starts the real server, with all its processes, on data folders of its own."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
import requests

from tests import houses
from tests.waiting import SECONDS, wait_until

ROOT = Path(__file__).resolve().parent.parent.parent


class Server:
    """One `python -m migrator.launcher`, its output, and the processes that belong to it."""

    def __init__(
        self, folder: Path, *arguments: str, migrated: bool = False, **variables: str
    ) -> None:
        self.folder = folder
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "migrator.launcher", "--data", str(folder), *arguments],
            cwd=ROOT,
            env={**os.environ, **houses.variables(folder, migrated=migrated), **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as stream:
            self.lines.extend(stream)

    @property
    def output(self) -> str:
        return "".join(self.lines)

    def line_with(self, text: str) -> str:
        """The first line that holds the text, waited for."""

        def found() -> str:
            if self.process.poll() is not None:
                self._reader.join(SECONDS)
            line = next((line for line in self.lines if text in line), "")
            assert line or self.process.poll() is None, self.output
            return line

        return wait_until(found, f"the line “{text}” in:\n{self.output}")

    def address(self) -> str:
        """The site's address; returns when the server says that it is ready."""
        return self.line_with("Open http").split()[1]

    def health(self) -> requests.Response:
        return requests.get(f"{self.address()}healthz", timeout=10)

    def finish(self) -> int:
        """The exit code, when it has ended."""
        code = self.process.wait(SECONDS)
        self._reader.join(SECONDS)
        return code

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.finish()

    def processes(self) -> list[psutil.Process]:
        """Every process that works on this folder, wherever it hangs in the process tree."""
        return [process for process in psutil.process_iter() if self._owns(process)]

    def process_of(self, word: str) -> psutil.Process:
        """The oldest process with this word in its command line."""
        found = [process for process in self.processes() if word in " ".join(process.cmdline())]
        return min(found, key=psutil.Process.create_time)

    def names(self) -> set[str]:
        """Which of the four kinds of children live."""
        lines = [" ".join(process.cmdline()) for process in self.processes()]
        words = {"-server": "broker", "gunicorn": "web", " worker ": "worker", " beat ": "beat"}
        return {name for word, name in words.items() if any(word in line for line in lines)}

    def _owns(self, process: psutil.Process) -> bool:
        # The broker writes its title over its environment, but works in the folder.
        try:
            if process.status() == psutil.STATUS_ZOMBIE:
                return False
            folder = str(self.folder)
            return process.cwd() == folder or process.environ().get("DATA_DIR") == folder
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            return False


Start = Callable[..., Server]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """`start(*options, folder=…, migrated=…, **variables)`; what is left is killed afterwards."""
    started: list[Server] = []

    def begin(
        *options: str, folder: Path = tmp_path / "data", migrated: bool = False, **variables: str
    ) -> Server:
        chosen = options if "--port" in options else ("--port", "0", *options)
        started.append(Server(folder, *chosen, migrated=migrated, **variables))
        return started[-1]

    yield begin
    for server in started:
        server.process.kill()
        server.finish()
        for process in server.processes():
            process.kill()
