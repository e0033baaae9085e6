"""One child process: started in a group of its own, watched, restarted, stopped."""

import asyncio
import os
import signal
import time
from asyncio.subprocess import DEVNULL, PIPE, STDOUT
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from migrator import env
from migrator.errors import ServiceError
from migrator.launcher.guard import Guard, signal_group
from migrator.launcher.output import Output

FIRST_PAUSE = 1.0  # seconds before a restart, doubled each time
LONGEST_PAUSE = 30.0
STEADY_SECONDS = 60.0  # one that ran this long starts again from the first pause


@dataclass(frozen=True)
class Surroundings:
    """What every child shares: the guard that survives us, where lines go, who hears of deaths."""

    guard: Guard
    output: Output
    died: Callable[[str, int], None]  # the child's name, and how often it has died by now


class Process:
    """A child that is kept running until it is stopped."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        surroundings: Surroundings,
        *,
        grace: float = 10.0,
        descriptors: Sequence[int] = (),
    ) -> None:
        self.name, self.command = name, command
        self._guard, self._output = surroundings.guard, surroundings.output
        self._died = surroundings.died
        self._grace, self._descriptors = grace, descriptors
        self._child: asyncio.subprocess.Process | None = None
        self._stopping = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start it, and start it again with growing pauses whenever it dies."""
        await self._spawn()
        self._keeper = asyncio.create_task(self._keep())

    async def stop(self) -> None:
        """SIGTERM, then SIGKILL after the grace; returns when nothing of it is left."""
        self._stopping.set()
        if self._keeper is None:
            return
        if self._child is not None:
            signal_group(self._child.pid, signal.SIGTERM)
        try:
            await asyncio.wait_for(asyncio.shield(self._keeper), self._grace)
        except TimeoutError:
            self._output.line(self.name, f"still busy after {self._grace:.0f} s: killed")
            self.kill()
            await self._keeper

    def kill(self) -> None:
        """SIGKILL to the whole group, and no restart."""
        self._stopping.set()
        if self._child is not None:
            signal_group(self._child.pid, signal.SIGKILL)

    async def _spawn(self) -> None:
        self._started = time.monotonic()
        self._child = await spawn(self.command, self._guard, stderr=STDOUT, fds=self._descriptors)

    async def _keep(self) -> None:
        pause, deaths = FIRST_PAUSE, 0
        while True:
            how = await self._finish()
            if self._stopping.is_set():
                return
            deaths += 1
            self._died(self.name, deaths)
            if time.monotonic() - self._started > STEADY_SECONDS:
                pause = FIRST_PAUSE
            self._output.line(self.name, f"{how}; restarted in {pause:.0f} s")
            if await self._stopped_within(pause):
                return
            pause = min(pause * 2, LONGEST_PAUSE)
            await self._spawn_again()

    async def _spawn_again(self) -> None:
        try:
            await self._spawn()
        except OSError as error:  # no memory, or its program is gone: it may come back
            self._output.line(self.name, str(error))
        if self._stopping.is_set() and self._child is not None:
            signal_group(self._child.pid, signal.SIGTERM)  # asked while it was being started

    async def _finish(self) -> str:
        child = self._child
        if child is None:
            return "it could not be started"
        assert child.stdout is not None
        pump = asyncio.create_task(self._output.pump(self.name, child.stdout))
        code = await child.wait()
        self._child = None
        clear_group(child.pid, self._guard)
        await pump
        return ending(code)

    async def _stopped_within(self, seconds: float) -> bool:
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return False
        return True


async def run_once(
    name: str, command: Sequence[str], surroundings: Surroundings, *, sent: str = ""
) -> str:
    """Run a command to its end and return what it printed; its remarks go to the log.

    `sent` goes to its standard input: what must not stand among the arguments. ServiceError where
    it fails.
    """
    guard, output = surroundings.guard, surroundings.output
    child = await spawn(command, guard, stderr=PIPE, stdin=PIPE)
    assert child.stdin is not None
    assert child.stdout is not None
    assert child.stderr is not None
    try:
        child.stdin.write(sent.encode())
        child.stdin.close()
        printed, _ = await asyncio.gather(child.stdout.read(), output.pump(name, child.stderr))
        code = await child.wait()
    finally:
        clear_group(child.pid, guard)
    if code:
        raise ServiceError(
            f"“{name}” did not succeed: {ending(code)}.",
            meaning="The server was not started; the data folder was left as it is.",
            remedy=f"The lines marked “{name}” say why.",
        )
    return printed.decode(errors="replace")


async def spawn(
    command: Sequence[str],
    guard: Guard,
    *,
    stderr: int,
    stdin: int = DEVNULL,
    fds: Sequence[int] = (),
) -> asyncio.subprocess.Process:
    """Start a process in its own group, out of Ctrl-C's reach, and tell the guard of it.

    Shielded: a stop in between must not leave a process that the guard does not know.
    """
    return await asyncio.shield(_spawn(command, guard, stderr, stdin, fds))


async def _spawn(
    command: Sequence[str], guard: Guard, stderr: int, stdin: int, fds: Sequence[int]
) -> asyncio.subprocess.Process:
    child = await asyncio.create_subprocess_exec(
        *command,
        stdin=stdin,
        stdout=PIPE,
        stderr=stderr,
        cwd=env.ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        process_group=0,
        pass_fds=fds,
    )
    guard.add(child.pid)
    return child


def clear_group(group: int, guard: Guard) -> None:
    """Kill what a child left behind in its group, and take the group off the guard's list."""
    signal_group(group, signal.SIGKILL)
    guard.remove(group)


def ending(code: int) -> str:
    """How a process ended, in words: `code` as asyncio gives it, negative for a signal."""
    if code < 0:
        return f"it was ended by {signal.Signals(-code).name}"
    return f"it ended with exit code {code}"
