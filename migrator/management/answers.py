"""How every command of ours answers a person or a machine: one place for words and exit codes.

A command derives from `AnsweringCommand` and implements `answer(**options) -> int`, the exit code.
It calls services and returns; what goes wrong is raised, never printed:

- `StatedError` from anywhere below is caught here and nowhere else. Its sentences (what happened,
  what it means for the data, what to do) go to standard error and the exit code is `failure_code`.
  With `--json` standard output carries `failure_document(error)` as well, so that a machine
  always reads one JSON document.
- `OSError` (no such file, disk full, no permission) is put into the same three sentences.
- Ctrl-C ends with a sentence and 130; a reader that closes the pipe (`| head`) with 141.
- Anything else is a defect of ours, not of the input, and keeps its traceback.

Results go to standard output by `self.say` (silent with `--json`) or `self.say_json`; remarks and
progress go to standard error. `with self.progress("Inspecting", "documents") as progress:` gives a
`Progress` that rewrites one line on a terminal and draws nothing elsewhere.

Secrets never come as arguments: `read_secret_file(path)` reads a file, or standard input for `-`.
"""

import json
import os
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import DatabaseError, connection

from migrator.errors import ServiceError
from migrator.formats.errors import StatedError

Progress = Callable[[int, int | None], None]

SUCCESS = 0
INTERRUPTED = 130  # 128 + SIGINT, as a shell reports it
PIPE_CLOSED = 141  # 128 + SIGPIPE
SECONDS_BETWEEN_DRAWINGS = 0.1
LONGEST_SECRET = 64 * 1024  # bytes; a credential file is far below


class AnsweringCommand(BaseCommand):
    """A command that answers in sentences or, with `--json`, in one JSON document."""

    requires_system_checks = []  # a command line over files must not fail for a template
    failure_code = 1

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add `--json`; a subclass adds its own and calls this."""
        parser.add_argument(
            "--json", action="store_true", dest="as_json", help="print one JSON document"
        )

    def answer(self, **options: Any) -> int:
        """Do the work and return the exit code; raise StatedError where it cannot be done."""
        raise NotImplementedError

    def failure_document(self, error: StatedError) -> dict[str, Any]:
        """What `--json` prints when the work could not be done."""
        return {"error": error_document(error)}

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run `answer`, put failures into words and leave with the exit code."""
        self.as_json = bool(options.get("as_json"))
        code = self._code(options)
        if code != SUCCESS:
            sys.exit(code)

    def _code(self, options: dict[str, Any]) -> int:
        try:
            code = self._answer_or_explain(options)
            self.stdout.flush()  # a closed pipe shows here, not when the interpreter ends
            return code
        except BrokenPipeError:
            self._leave_closed_pipe()

    def _answer_or_explain(self, options: dict[str, Any]) -> int:
        try:
            return self.answer(**options)
        except StatedError as error:
            return self._explain(error)
        except BrokenPipeError:
            raise
        except OSError as error:
            return self._explain(stated_os_error(error))
        except DatabaseError as error:
            if _has_tables():
                raise
            return self._explain(_no_tables(error))
        except KeyboardInterrupt:
            self.remark("Stopped before it was done.")
            return INTERRUPTED

    def _explain(self, error: StatedError) -> int:
        for line in error_lines(error):
            self.remark(line)
        if self.as_json:
            self.say_json(self.failure_document(error))
        return self.failure_code

    def _leave_closed_pipe(self) -> NoReturn:
        # Python would flush standard output again at exit and complain about the closed pipe.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(PIPE_CLOSED)

    def say(self, text: str = "") -> None:
        """A line of the result for a person; nothing with `--json`."""
        if not self.as_json:
            self.stdout.write(printable(text))

    def say_json(self, document: Any) -> None:
        """The result for a machine: one JSON document, ASCII only, on standard output."""
        self.stdout.write(json.dumps(document, indent=2))

    def remark(self, text: str) -> None:
        """A line beside the result, on standard error."""
        self.stderr.write(printable(text), style_func=str)

    def progress_line(self, label: str, unit: str) -> "ProgressLine":
        """A line that draws on a terminal and nowhere else; to be erased by the caller."""
        return ProgressLine(label, unit, self.stderr if self.stderr.isatty() else None)

    @contextmanager
    def progress(self, label: str, unit: str) -> Iterator[Progress]:
        """A `Progress` that draws on a terminal; `unit` is `bytes` or a plural noun."""
        line = self.progress_line(label, unit)
        try:
            yield line.show
        finally:
            line.erase()


class ProgressLine:
    """One line on a terminal, rewritten at most ten times a second and erased at the end."""

    def __init__(self, label: str, unit: str, terminal: Any | None) -> None:
        self.label, self.unit, self.terminal = label, unit, terminal
        self._next = 0.0
        self._drawn = False

    def show(self, done: int, total: int | None) -> None:
        """Draw `done` of `total`, in bytes or things; `total` None where it is not known."""
        if self.terminal is None or time.monotonic() < self._next:
            return
        self._next = time.monotonic() + SECONDS_BETWEEN_DRAWINGS
        self._drawn = True
        self.terminal.write(f"\r\x1b[K{self._words(done, total)}", style_func=str, ending="")
        self.terminal.flush()

    def erase(self) -> None:
        """Leave an empty line, so that the result starts at its first column."""
        if self.terminal is not None and self._drawn:
            self.terminal.write("\r\x1b[K", style_func=str, ending="")
            self.terminal.flush()

    def _words(self, done: int, total: int | None) -> str:
        if total is None:
            return f"{self.label}: {self._amount(done)}"
        share = min(100, 100 * done // total) if total else 100
        so_far = file_size(done) if self.unit == "bytes" else f"{done:,}"
        return f"{self.label}: {so_far} of {self._amount(total)} ({share} %)"

    def _amount(self, number: int) -> str:
        return file_size(number) if self.unit == "bytes" else f"{number:,} {self.unit}"


def error_lines(error: StatedError) -> list[str]:
    """The error's sentences, a line each: happened, meaning, remedy, reference."""
    reference = f"Reference: {error.reference}" if error.reference else ""
    lines = [f"Error: {error.happened}", error.meaning, error.remedy, reference]
    return [line for line in lines if line]


def error_document(error: StatedError) -> dict[str, str]:
    """The error for a machine: `{happened, meaning, remedy, reference}`, empty where unknown."""
    return {
        "happened": error.happened,
        "meaning": error.meaning,
        "remedy": error.remedy,
        "reference": error.reference,
    }


def stated_os_error(error: OSError) -> ServiceError:
    """What the operating system refused, in sentences."""
    name = f" “{error.filename}”" if error.filename else ""
    reason = error.strerror or str(error)
    return ServiceError(
        f"A file or folder{name} could not be used: {reason}.",
        meaning="Nothing was changed there, and no partial result is left behind.",
        remedy="Check the path, the permissions and the free space, then run the command again.",
    )


def _has_tables() -> bool:
    try:
        return bool(connection.introspection.table_names())
    except DatabaseError:
        return True  # it does not answer at all, which is another trouble


def _no_tables(error: DatabaseError) -> ServiceError:
    return ServiceError(
        f"The data folder {settings.DATA_DIR} was never set up: its database has no tables.",
        meaning="Nothing was read or changed.",
        remedy="Run script/manage migrate once, or name the right folder in DATA_DIR.",
        reference=type(error).__name__,
    )


def read_secret_file(path: str, *, noun: str = "credential") -> str:
    """The text of a file with a secret, from standard input where `path` is `-`.

    `noun` is what an error calls it. Raises StatedError where it cannot be read, is too long or is
    not text; never repeats its content.
    """
    try:
        raw = _secret_bytes(path, noun)
        return raw.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise ServiceError(
            f"The {noun} file “{path}” could not be read: {reason}.",
            meaning="Nothing was stored and nothing was sent.",
            remedy="Name a readable file, or - for standard input.",
        ) from None


def _secret_bytes(path: str, noun: str) -> bytes:
    if path == "-":
        raw = sys.stdin.buffer.read(LONGEST_SECRET + 1)
    else:
        with open(path, "rb") as file:
            raw = file.read(LONGEST_SECRET + 1)
    if len(raw) > LONGEST_SECRET:
        raise ServiceError(
            f"The {noun} file “{path}” is longer than any {noun}.",
            meaning="Nothing was stored and nothing was sent.",
            remedy=f"Name the file with the {noun}.",
        )
    return raw


def printable(text: str) -> str:
    """The text with control characters shown as escapes: a file name must not drive a terminal."""
    return "".join(c if c.isprintable() or c in "\n\t" else ascii(c)[1:-1] for c in text)


def file_size(size: int) -> str:
    """A number of bytes for a person, in decimal units as the service states its limits."""
    amount = float(size)
    for unit in ("bytes", "kB", "MB", "GB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}" if unit == "bytes" else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} TB"


def table(rows: list[tuple[str, str]], *, is_number: bool = True) -> list[str]:
    """Lines of two columns: names to the left, values flush right where they are numbers."""
    if not rows:
        return []
    left = max(len(name) for name, _ in rows)
    right = max(len(value) for _, value in rows) if is_number else 0
    return [f"  {name:<{left}}  {value:>{right}}" for name, value in rows]
