"""The command lines of the children that every start has."""

import sys

from migrator.launcher.options import Options

PYTHON = sys.executable


def manage(command: str, *arguments: str) -> list[str]:
    """A management command."""
    return [PYTHON, "manage.py", command, *arguments]


def web(options: Options, descriptor: int) -> list[str]:
    """The web server, on the socket that the supervisor already listens on."""
    return [
        *(PYTHON, "-m", "gunicorn", "migrator.wsgi", "--bind", f"fd://{descriptor}"),
        *("--worker-class", "gthread", "--workers", str(options.web_processes)),
        *("--threads", str(options.web_threads), "--graceful-timeout", "8"),
        # Longer than open pages wait between two questions (2 s is gunicorn's own measure, and a
        # question that meets the end of its connection is lost), and than proxies keep theirs.
        *("--keep-alive", "75"),
        "--preload",  # import once, for all processes
        *("--log-level", "warning", "--no-control-socket"),
    ]


def worker(options: Options) -> list[str]:
    """The worker; threads, since its steps wait for the network and hash outside the lock."""
    return [
        # Who runs everything as root (in a container) has decided so; Celery need not object.
        *(PYTHON, "-W", "ignore:You're running the worker with superuser"),
        *("-m", "celery", "--quiet", "-A", "migrator", "worker"),
        *("--pool", "threads", "--concurrency", str(options.workers)),
        *("--without-gossip", "--without-mingle"),  # they only delay a start with one worker
    ]


def beat(options: Options) -> list[str]:
    """The clock: it sends the tasks that put back silent steps and send pending ones again."""
    schedule = str(options.folder / "beat-schedule")
    return [
        *(PYTHON, "-m", "celery", "--quiet", "-A", "migrator", "beat"),
        *("--schedule", schedule, "--pidfile", ""),
    ]
