"""The order in which things start and stop."""

import asyncio
import os
import signal
import time
from asyncio import FIRST_COMPLETED

from migrator.errors import ServiceError
from migrator.launcher import commands, demo
from migrator.launcher.broker import broker_command, wait_for_broker
from migrator.launcher.exclusive import check_port, listen, lock_folder
from migrator.launcher.guard import Guard
from migrator.launcher.options import Options
from migrator.launcher.output import Output
from migrator.launcher.process import Process, Surroundings, run_once
from migrator.launcher.readiness import wait_for_site

WEB_GRACE = 10.0  # seconds; gunicorn itself gives its requests 8
# A signal sent to process and group, as some programs do, arrives twice and means one.
SAME_SIGNAL_SECONDS = 0.5
HOPELESS_DEATHS = 2  # of one child before the server was ready
NAME = "server"


class Supervisor:
    """Starts broker, web, worker and beat; stops beat and web, then worker, then broker."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._output = Output()
        self._told_to_stop = asyncio.Event()
        self._told_at = 0.0
        self._ready = False
        self._hopeless = asyncio.Event()
        self._stages: list[list[Process]] = []  # in the order of starting

    async def run(self) -> int:
        """Run until a signal; ServiceError, with everything stopped again, where it cannot."""
        options = self._options
        if options.demo:
            demo.claim_folder(options.folder)
        lock = await lock_folder(options.folder)
        listener = listen(options.host, options.port)
        if options.demo:
            check_port(options.sandbox_port, "--sandbox-port")
        self._port = listener.getsockname()[1]
        self._address = address(options.host, self._port)
        self._surroundings = Surroundings(Guard(lock), self._output, self._died)
        self._listen_to_signals()
        try:
            await self._start_until_told_to_stop(listener.fileno())
        finally:
            await self._stop()
            listener.close()
            os.close(lock)
        return 0

    async def _start_until_told_to_stop(self, descriptor: int) -> None:
        starting = asyncio.create_task(self._start(descriptor))
        stop = asyncio.create_task(self._told_to_stop.wait())
        hopeless = asyncio.create_task(self._hopeless.wait())
        await asyncio.wait({starting, stop, hopeless}, return_when=FIRST_COMPLETED)
        hopeless.cancel()
        if starting.done():
            starting.result()  # raises what kept it from starting
            await stop
            return
        starting.cancel()
        await asyncio.gather(starting, return_exceptions=True)
        if not stop.done():
            stop.cancel()
            raise _keeps_dying(self._dead)

    def _died(self, name: str, deaths: int) -> None:
        # Once it has run, a child is started again for ever; one that never ran will not.
        if not self._ready and deaths == HOPELESS_DEATHS:
            self._dead = name
            self._hopeless.set()

    async def _start(self, descriptor: int) -> None:
        options, shared = self._options, self._surroundings
        self._tell(f"Starting; everything is kept in {options.folder}")
        if command := broker_command(options.folder):
            await self._launch(Process("broker", command, shared))
        await wait_for_broker(options.folder)
        link = await self._prepare()
        if options.demo:
            demo.stand_in(options)
            await self._launch(Process("sandbox", demo.sandbox_command(options), shared))
        worker = Process("worker", commands.worker(options), shared, grace=options.grace)
        await self._launch(worker)
        web = commands.web(options, descriptor)
        await self._launch(
            Process("web", web, shared, grace=WEB_GRACE, descriptors=[descriptor]),
            Process("beat", commands.beat(options), shared),
        )
        await self._welcome(link)

    async def _prepare(self) -> str:
        """Migrate and collect; the link for the first administrator where there is no user."""
        asked = [] if self._options.demo else ["--address", self._address]
        command = commands.manage("prepare", *asked)
        return (await run_once("prepare", command, self._surroundings)).strip()

    async def _welcome(self, link: str) -> None:
        lines: list[str] = []
        if self._options.demo:
            lines = await demo.fill(self._options, self._surroundings)
        elif link:
            lines = ["There is no user yet. Make the first administrator here, within a day:", link]
        self._tell(await wait_for_site(self._port, self._options.host))
        self._ready = True
        self._output.block(*lines, f"Open {self._address}   (Ctrl-C stops the server)")

    def _tell(self, text: str) -> None:
        for line in text.splitlines():
            self._output.line(NAME, line)

    async def _launch(self, *processes: Process) -> None:
        self._stages.append(list(processes))
        for process in processes:
            await process.start()

    async def _stop(self) -> None:
        for stage in reversed(self._stages):
            await asyncio.gather(*(process.stop() for process in stage))
        self._surroundings.guard.close()

    def _listen_to_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._signalled)

    def _signalled(self) -> None:
        now = time.monotonic()
        if self._told_to_stop.is_set():
            if now - self._told_at < SAME_SIGNAL_SECONDS:
                return
            self._tell("Stopped at once; steps that were running are taken up again later.")
            for process in (process for stage in self._stages for process in stage):
                process.kill()
            return
        self._told_to_stop.set()
        self._told_at = now
        if self._stages:
            self._tell("Stopping; once more to stop at once, without waiting for running steps.")


def _keeps_dying(name: str) -> ServiceError:
    return ServiceError(
        f"“{name}” ended {HOPELESS_DEATHS} times before it was ready.",
        meaning="The server was stopped again; the data folder was left as it is.",
        remedy=f"The lines marked “{name}” say why.",
    )


def address(host: str, port: int) -> str:
    """The site's address for a browser on this machine."""
    if host in {"0.0.0.0", "::", "127.0.0.1"}:  # noqa: S104 - compared, not bound
        host = "127.0.0.1"
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/"
