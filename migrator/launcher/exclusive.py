"""What only one server may hold: the data folder and the port."""

import asyncio
import errno
import fcntl
import os
import socket
import time
from pathlib import Path

from migrator.errors import ServiceError

# After a kill the old server's guard holds the folder until its processes are gone. It takes the
# old server's number out first, for which it needs a moment.
LOOK_AGAIN_SECONDS = 0.5
CLEARING_SECONDS = 15.0


async def lock_folder(folder: Path) -> int:
    """Lock the folder and return the lock's descriptor; ServiceError where a server runs on it.

    The lock lives as long as the descriptor and its copies, so that it outlives no process and
    the guard, which holds a copy, keeps it while it clears up after a killed server.
    """
    descriptor = os.open(folder / "server.lock", os.O_RDWR | os.O_CREAT, 0o600)
    if not await _lock_in_time(descriptor):
        owner = _owner(descriptor) or "unknown"
        os.close(descriptor)
        raise ServiceError(
            f"A server already runs on the data folder {folder} (process {owner}).",
            meaning="Two on one folder would disturb each other, so this one did not start.",
            remedy="Use the running one, stop it, or choose another folder with --data.",
        )
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
    return descriptor


async def _lock_in_time(descriptor: int) -> bool:
    if await _lock_within(descriptor, LOOK_AGAIN_SECONDS):
        return True
    return not _owner(descriptor) and await _lock_within(descriptor, CLEARING_SECONDS)


async def _lock_within(descriptor: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not _locked(descriptor):
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(0.05)
    return True


def _owner(descriptor: int) -> str:
    return os.pread(descriptor, 32, 0).decode().strip()


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def listen(host: str, port: int) -> socket.socket:
    """A listening socket, to be handed to the web server; ServiceError where it cannot be had.

    The supervisor keeps it: a restarting web server refuses nobody, and nobody takes the port.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(256)
    except (OSError, OverflowError) as error:
        listener.close()
        raise _no_port(host, port, error) from None
    return listener


def check_port(port: int, option: str) -> None:
    """ServiceError where nobody can listen on this loopback port now; `option` changes it."""
    try:
        listen("127.0.0.1", port).close()
    except ServiceError as error:
        error.remedy = f"Stop that program, or choose another port with {option}."
        raise


def _no_port(host: str, port: int, error: OSError | OverflowError) -> ServiceError:
    remedy = "Choose another port with --port, or another address with --host."
    number = error.errno if isinstance(error, OSError) else None
    if number == errno.EADDRINUSE:
        happened = f"Port {port} on {host} is taken by another program."
        remedy = f"Stop that program, or choose another port: script/server --port {port + 1}"
    elif number == errno.EACCES:
        happened = f"Port {port} may only be used by the system's administrator."
    else:
        happened = f"{host} port {port} is no address of this machine to listen on: {error}."
    return ServiceError(happened, meaning="Nothing was started.", remedy=remedy)
