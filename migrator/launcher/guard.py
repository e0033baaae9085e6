"""Leaves no orphan: a process that outlives a killed supervisor just long enough to clear up.

It reads `+GROUP` and `-GROUP` lines, the process groups now running, from a pipe whose other end
only the supervisor holds. When that end closes, however the supervisor died (kill -9 too), it
stops every group still on the list. A pipe works the same on Linux and macOS, where a signal on
the parent's death exists on Linux alone.
"""

import os
import signal
import subprocess
import sys
import time

GRACE_SECONDS = 5.0


class Guard:
    """The supervisor's end of the pipe."""

    def __init__(self, lock: int) -> None:
        """Start the process; it holds the folder's lock too, until everything is stopped."""
        self._lock = lock
        self._groups: set[int] = set()
        self._process = self._start()

    def add(self, group: int) -> None:
        """Stop this process group when the supervisor dies."""
        self._groups.add(group)
        self._tell(f"+{group}\n")

    def remove(self, group: int) -> None:
        """Forget a process group that is gone: its number may be given to others."""
        self._groups.discard(group)
        self._tell(f"-{group}\n")

    def close(self) -> None:
        """Let the process end, and wait for it."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()

    def _start(self) -> subprocess.Popen[bytes]:
        # As a plain file, without our packages: it must run whatever is wrong with them.
        return subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-I", "-S", __file__, str(self._lock)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            bufsize=0,
            start_new_session=True,  # out of the terminal's reach: Ctrl-C is not for it
            pass_fds=(self._lock,),
        )

    def _tell(self, line: str) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(line.encode())
        except BrokenPipeError:
            self._replace()

    def _replace(self) -> None:
        """A new process with the whole list, since somebody killed the one there was."""
        self._process.wait()
        self._process = self._start()
        assert self._process.stdin is not None
        self._process.stdin.write("".join(f"+{group}\n" for group in self._groups).encode())


def main() -> None:
    """Keep the list until the pipe closes, then stop what is on it."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups: set[int] = set()
    for line in sys.stdin:
        group = int(line[1:])
        groups.add(group) if line[0] == "+" else groups.discard(group)
    os.ftruncate(int(sys.argv[1]), 0)  # whoever wants the folder now waits for us
    stop_groups(groups)


def stop_groups(groups: set[int]) -> None:
    """SIGTERM to each group, and SIGKILL to those that still live after GRACE_SECONDS."""
    living = {group for group in groups if signal_group(group, signal.SIGTERM)}
    deadline = time.monotonic() + GRACE_SECONDS
    while living and time.monotonic() < deadline:
        time.sleep(0.05)  # not our children: there is nothing to wait on but the clock
        living = {group for group in living if signal_group(group, 0)}
    for group in living:
        signal_group(group, signal.SIGKILL)


def signal_group(group: int, number: int) -> bool:
    """Send a signal to a process group; False where none is left to get it."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


if __name__ == "__main__":
    main()
