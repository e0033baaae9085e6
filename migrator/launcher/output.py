"""One stream of log lines out of many: each with the name of its process before it."""

import asyncio
import os
import sys
from typing import TextIO

from migrator import env

WIDTH = 8
COLOURS = {
    "broker": "35",
    "web": "32",
    "worker": "36",
    "beat": "33",
    "sandbox": "34",
}
CHUNK = 64 * 1024  # bytes read at once; a line may be longer


class Output:
    """Writes prefixed lines; in colour on a terminal only, and none where NO_COLOR is set."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout
        self._coloured = self._stream.isatty() and not os.environ.get("NO_COLOR")
        self._is_json = env.text("LOG_FORMAT") == "json"
        self._closed = False

    def line(self, name: str, text: str) -> None:
        """A line of the process `name`; one that is JSON stays what a collector can read."""
        if self._is_json and text.startswith("{"):
            self._write(f"{text}\n")
            return
        prefix = f"{name:<{WIDTH}} |"
        if self._coloured and name in COLOURS:
            prefix = f"\x1b[{COLOURS[name]}m{prefix}\x1b[0m"
        self._write(f"{prefix} {text}\n")

    def block(self, *lines: str) -> None:
        """Lines for the person who started the server, set apart from the log."""
        self._write("\n" + "".join(f"  {line}\n" for line in lines) + "\n")

    async def pump(self, name: str, source: asyncio.StreamReader) -> None:
        """Copy lines until the source ends; a line without an end counts as one."""
        rest = b""
        while chunk := await source.read(CHUNK):
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                self.line(name, line.decode(errors="replace").rstrip("\r"))
        if rest:
            self.line(name, rest.decode(errors="replace"))

    def _write(self, text: str) -> None:
        if self._closed:
            return
        try:
            self._stream.write(text)
            self._stream.flush()
        except OSError:
            # The terminal or the pipe is gone; the processes are not, and stop by a signal.
            self._closed = True
