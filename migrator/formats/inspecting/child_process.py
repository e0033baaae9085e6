"""The caller's end of a process of the pool."""

import contextlib
import logging
import os
import select
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from typing import Self

from migrator.formats.inspecting.child import LENGTH, framed

logger = logging.getLogger(__name__)

_PATIENCE = 60.0  # seconds to take a message; it waits for orders nearly all the time
_PIECE = 1 << 18
# Without `site`, which reads every .pth file; the import path is the caller's own.
_PROGRAM = (
    "import os, sys\n"
    "parent, work, *sys.path = sys.argv[1:]\n"
    "from migrator.formats.inspecting.child import main\n"
    "try:\n"
    "    main(int(parent), work)\n"
    "except BrokenPipeError:\n"
    "    os._exit(1)\n"
)


class ChildProcess:
    """A running child. `has` are the numbers of the chunks that it was given, in order."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._process = process
        self._orders, self._answers = process.stdin.fileno(), process.stdout.fileno()
        os.set_blocking(self._orders, False)
        os.set_blocking(self._answers, False)
        self._buffer = bytearray()
        self.is_alive = True
        self.has: deque[int] = deque()

    @classmethod
    def start(cls, work: str) -> Self | None:
        """A child that loads `work`; None where none can be started."""
        command = [sys.executable, "-I", "-S", "-c", _PROGRAM, str(os.getpid()), work, *sys.path]
        try:
            process = subprocess.Popen(  # noqa: S603 - our own program
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                process_group=0,  # Ctrl-C is for the caller, who then stops us
            )
        except OSError as exc:
            logger.warning("inspection goes on in one process: %s", exc)
            return None
        return cls(process)

    def fileno(self) -> int:
        """For `select`: readable when there is an answer."""
        return self._answers

    def send(self, order: bytes) -> None:
        """Send an order; a child that does not take it is given up."""
        rest = memoryview(framed(order))
        try:
            while rest and self.is_alive:
                if not select.select([], [self._orders], [], _PATIENCE)[1]:
                    self.give_up("it takes no orders")
                    return
                rest = rest[os.write(self._orders, rest) :]
        except OSError as exc:
            self.give_up(str(exc))

    def answers(self) -> Iterator[bytes]:
        """The answers that have arrived whole."""
        try:
            while piece := os.read(self._answers, _PIECE):
                self._buffer += piece
            self.give_up("it ended")
        except BlockingIOError:
            pass  # that was all for now
        while len(self._buffer) >= LENGTH:
            end = LENGTH + int.from_bytes(self._buffer[:LENGTH], "little")
            if len(self._buffer) < end:
                return
            yield bytes(self._buffer[LENGTH:end])
            del self._buffer[:end]

    def give_up(self, reason: str) -> None:
        """Use the child no more."""
        if self.is_alive:
            logger.warning("a process of the inspection is lost: %s", reason)
            self.is_alive = False

    def stop(self) -> None:
        """End the process, whatever it does; nothing that it has is needed any more."""
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        self._process.wait()
