"""What `--demo` adds: a sandbox with two instances, connected, and an administrator."""

import asyncio
import os
import secrets
import time
from pathlib import Path

from migrator import env
from migrator.errors import ServiceError
from migrator.launcher.commands import manage
from migrator.launcher.options import Options
from migrator.launcher.process import Surroundings, run_once

MARK = "demo"
LOOPBACK = "127.0.0.1"
SANDBOX_SECONDS = 60.0  # it generates its exports at the first start
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # without letters and digits that look alike


def claim_folder(folder: Path) -> None:
    """Mark a new folder as the demo's; ServiceError for one that is used for real.

    The demo gives its administrator a new password at each start, and must never do that elsewhere.
    """
    mark = folder / MARK
    if (folder / "migrator.sqlite3").exists() and not mark.exists():
        raise ServiceError(
            f"The data folder {folder} is used for real and not by a demo.",
            meaning="The demo would change its users and instances, so nothing was started.",
            remedy="Leave --data and DATA_DIR out, or name another folder.",
        )
    mark.touch(mode=0o600)


def stand_in(options: Options) -> None:
    """Let instances live on this machine, beside the hosts that are allowed anyway, and the sandbox
    tell which services an account has."""
    hosts = env.text("INSTANCE_HOSTS", env.IBM_HOSTS)
    os.environ["INSTANCE_HOSTS"] = f"{hosts},{LOOPBACK},localhost"
    sandbox = f"http://{LOOPBACK}:{options.sandbox_port}"
    os.environ["RESOURCE_CONTROLLER_URL"] = f"{sandbox}/resource-controller"
    os.environ["SERVICE_ADDRESS"] = f"{sandbox}/{{service}}/instances/{{guid}}"


def sandbox_command(options: Options) -> list[str]:
    """The sandbox; it writes anew what its instances are called and how to reach them."""
    _config(options).unlink(missing_ok=True)
    return manage(
        "sandbox",
        *("--port", str(options.sandbox_port), "--data", str(options.folder / "sandbox")),
        *("--seed", "demo", "--write-config", str(_config(options))),
    )


async def fill(options: Options, surroundings: Surroundings) -> list[str]:
    """Connect the instances, renew the administrator's password; lines that tell the person."""
    deadline = time.monotonic() + SANDBOX_SECONDS
    while not _config(options).exists():
        if time.monotonic() > deadline:
            raise ServiceError(
                f"The sandbox was not ready after {SANDBOX_SECONDS:.0f} s.",
                meaning="The demo was stopped again.",
                remedy="The lines marked “sandbox” say why.",
            )
        await asyncio.sleep(0.05)
    password = new_password()
    command = manage("seed_demo", "--config", str(_config(options)))
    # Through standard input: arguments can be read by everybody on the machine.
    printed = await run_once("seed_demo", command, surroundings, sent=password)
    return [*printed.split("\n")[:-1], f"Sign in as admin, password {password} (new at each start)"]


def new_password() -> str:
    """Four groups of four characters: about 79 bits, and easy to type."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(4))


def _config(options: Options) -> Path:
    return options.folder / "sandbox.json"
