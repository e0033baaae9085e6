"""What a person may choose at start: on the command line, else in the environment."""

import os
from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from migrator import env


@dataclass(frozen=True, kw_only=True)
class Options:
    """The choices of one start; `folder` exists and is absolute, `grace` is in seconds."""

    host: str
    port: int
    folder: Path
    workers: int
    web_processes: int
    web_threads: int
    grace: int
    demo: bool
    sandbox_port: int


def parse_options(arguments: Sequence[str]) -> Options:
    """Read the command line; sets DATA_DIR, so that every child finds the same folder."""
    given = _parser().parse_args(arguments)
    if given.data:
        os.environ["DATA_DIR"] = str(Path(given.data).resolve())
    elif given.demo and not env.text("DATA_DIR"):
        os.environ["DATA_DIR"] = str(env.ROOT / "var" / "demo")
    folder = env.data_dir()
    os.environ["DATA_DIR"] = str(folder)
    return Options(
        host=given.host,
        port=given.port,
        folder=folder,
        workers=given.workers,
        web_processes=env.number("WEB_PROCESSES", 2),
        web_threads=env.number("WEB_THREADS", 8),
        grace=given.grace,
        demo=given.demo,
        sandbox_port=given.sandbox_port,
    )


def _parser() -> ArgumentParser:
    parser = ArgumentParser(
        prog="script/server",
        description="Start broker, web, worker and beat, and keep them running until Ctrl-C.",
    )
    add = parser.add_argument
    add("--port", type=int, default=env.number("PORT", 8000), help="default 8000 (PORT); 0: any")
    add("--host", default=env.text("BIND_HOST", "127.0.0.1"), help="default 127.0.0.1 (BIND_HOST)")
    add("--data", help="folder for database, archives and keys; default var (DATA_DIR)")
    add(
        "--workers",
        type=int,
        default=env.number("WORKERS", 4),
        help="steps worked on at the same time; default 4 (WORKERS)",
    )
    add(
        "--grace",
        type=int,
        default=env.number("STOP_SECONDS", 30),
        help="seconds a running step gets at a stop; default 30 (STOP_SECONDS)",
    )
    add(
        "--demo",
        action="store_true",
        help="a sandbox with two instances, connected; its own data folder (var/demo)",
    )
    add("--sandbox-port", type=int, default=8001, help="the demo sandbox's port; default 8001")
    return parser
