"""How every command speaks."""

import io
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from migrator.errors import ServiceError
from migrator.formats.errors import StatedError
from migrator.management.answers import (
    AnsweringCommand,
    ProgressLine,
    printable,
    read_secret_file,
    stated_os_error,
    table,
)

STATED = ServiceError("It happened.", meaning="It means.", remedy="Do this.", reference="tx-1")


class Sample(AnsweringCommand):
    """A command that does what the test says."""

    def __init__(self, act: Callable[["Sample"], int]) -> None:
        super().__init__(stdout=io.StringIO(), stderr=io.StringIO(), no_color=True)
        self.act = act

    def answer(self, **_options: Any) -> int:
        return self.act(self)

    def outcome(self, *, as_json: bool = False) -> tuple[int, str, str]:
        """Exit code, standard output, standard error."""
        code = 0
        try:
            self.handle(as_json=as_json)
        except SystemExit as leaving:
            code = int(leaving.code or 0)
        return code, _written(self.stdout), _written(self.stderr)


def _written(stream: Any) -> str:
    return str(stream._out.getvalue())


def raising(error: BaseException) -> Callable[[Sample], int]:
    def act(_command: Sample) -> int:
        raise error

    return act


def test_a_stated_error_becomes_its_sentences() -> None:
    code, out, err = Sample(raising(STATED)).outcome()
    assert (code, out) == (1, "")
    assert err.splitlines() == [
        "Error: It happened.",
        "It means.",
        "Do this.",
        "Reference: tx-1",
    ]


def test_with_json_a_failure_is_a_document_too() -> None:
    code, out, err = Sample(raising(STATED)).outcome(as_json=True)
    assert code == 1
    assert '"happened": "It happened."' in out
    assert "It happened." in err


def test_what_the_system_refuses_becomes_sentences() -> None:
    refused = PermissionError(13, "Permission denied", "/secret")
    code, _, err = Sample(raising(refused)).outcome()
    assert code == 1
    assert "“/secret” could not be used: Permission denied." in err
    assert isinstance(stated_os_error(refused), StatedError)


def test_ctrl_c_is_no_traceback() -> None:
    code, _, err = Sample(raising(KeyboardInterrupt())).outcome()
    assert (code, err) == (130, "Stopped before it was done.\n")


def test_a_defect_keeps_its_traceback() -> None:
    with pytest.raises(ZeroDivisionError):
        Sample(raising(ZeroDivisionError())).outcome()


def test_json_stands_alone_on_standard_output() -> None:
    def act(command: Sample) -> int:
        command.say("for people")
        command.remark("aside")
        command.say_json({"a": 1})
        return 3

    code, out, err = Sample(act).outcome(as_json=True)
    assert (code, err) == (3, "aside\n")
    assert out == '{\n  "a": 1\n}\n'


def test_nothing_is_drawn_where_there_is_no_terminal() -> None:
    def act(command: Sample) -> int:
        with command.progress("Reading", "bytes") as progress:
            progress(1, 2)
        return 0

    assert Sample(act).outcome() == (0, "", "")


class Terminal(io.StringIO):
    """Standard error where somebody looks at it."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_a_line_and_gets_it_back() -> None:
    command = AnsweringCommand(stderr=Terminal())
    with command.progress("Reading", "documents") as progress:
        progress(6210, 8954)
        progress(6211, 8954)  # too soon after the first to be drawn
    drawn = _written(command.stderr)
    assert "Reading: 6,210 of 8,954 documents (69 %)" in drawn
    assert "6,211" not in drawn
    assert drawn.endswith("\r\x1b[K")


def test_an_unknown_total_is_not_invented() -> None:
    assert ProgressLine("Reading", "bytes", None)._words(1_500_000, None) == "Reading: 1.5 MB"


def test_a_file_name_cannot_drive_the_terminal() -> None:
    assert printable("a\x1b[2Jb\u202e") == "a\\x1b[2Jb\\u202e"


def test_a_secret_is_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "credential.json"
    path.write_text('\ufeff{"kind": "apikey"}')
    assert read_secret_file(str(path)) == '{"kind": "apikey"}'


@pytest.mark.parametrize("content", [b"\xff\xfeopensesame", b"opensesame" * 7_000])
def test_an_unreadable_secret_is_refused_without_quoting_it(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "credential.json"
    path.write_bytes(content)
    with pytest.raises(ServiceError) as caught:
        read_secret_file(str(path))
    assert "opensesame" not in str(caught.value)
    with pytest.raises(ServiceError):
        read_secret_file(str(tmp_path / "none"))


def test_columns_line_up() -> None:
    assert table([("a", "1"), ("bcd", "1,000")]) == ["  a        1", "  bcd  1,000"]


def test_a_reader_that_goes_away_is_no_traceback(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    program = [sys.executable, "manage.py", "inspect", "--json", str(tmp_path / "none")]
    root = Path(__file__).resolve().parent.parent.parent
    with os.fdopen(writing, "w") as closed:
        done = subprocess.run(
            program, stdout=closed, stderr=subprocess.PIPE, text=True, cwd=root, check=False
        )
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr
