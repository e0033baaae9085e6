"""`python -m sandbox`: the stand-in on the command line; see `server` for its use in tests."""

import argparse
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from migrator.formats.errors import StatedError
from sandbox.seed_demo import LARGEST
from sandbox.seeding import DEMO, seed, write_configuration
from sandbox.server import Sandbox
from sandbox.state import Options


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options, shared with the management command of the same name."""
    parser.add_argument("--port", type=int, default=8100, help="0 takes a free port")
    parser.add_argument(
        "--data", type=Path, required=True, metavar="DIR", help="where the sandbox remembers"
    )
    parser.add_argument(
        "--seed",
        default=DEMO,
        metavar="demo|empty|FOLDER",
        help="what an empty sandbox begins with; FOLDER holds a folder for each export",
    )
    parser.add_argument(
        "--size", type=int, default=LARGEST, help="documents of the largest demo workspace"
    )
    parser.add_argument(
        "--write-config", type=Path, metavar="FILE", help="write addresses and credentials here"
    )
    parser.add_argument(
        "--job-seconds", type=float, default=2.0, help="how long imports and training seem to take"
    )
    parser.add_argument("--keep-ids", action="store_true", help="imported documents keep their ids")


def run(arguments: argparse.Namespace) -> int:
    """Serve until SIGTERM or SIGINT; the exit code is 2 when the seed cannot be read."""
    _on_end(lambda: sys.exit(0))  # a half made seed is rolled back
    options = Options(job_seconds=arguments.job_seconds, keep_ids=arguments.keep_ids)
    sandbox = Sandbox(arguments.data, port=arguments.port, options=options)
    try:
        seed(sandbox.state, arguments.seed, arguments.size)
    except StatedError as error:
        sandbox.close()
        print(f"sandbox: {error}", file=sys.stderr)
        return 2
    ending = threading.Event()
    _on_end(ending.set)
    sandbox.start()
    if arguments.write_config is not None:
        write_configuration(sandbox.state, sandbox.base, arguments.write_config)
    print(f"sandbox: ready at {sandbox.base}", flush=True)
    ending.wait()
    sandbox.stop()
    return 0


def _on_end(act: Callable[[], object]) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: act())


def main() -> int:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(
        prog="sandbox", description="A local stand-in for Knowledge Studio; not IBM's service."
    )
    add_arguments(parser)
    return run(parser.parse_args())


if __name__ == "__main__":
    sys.exit(main())
