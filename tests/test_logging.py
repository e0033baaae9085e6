"""LOG_FORMAT=json writes one object a line, also for what broke."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from migrator.launcher.output import Output
from tests import houses

ROOT = Path(__file__).resolve().parent.parent
LOGGED = """
import django; django.setup()
import logging
logger = logging.getLogger("migrator.services.runs")
logger.info("run %s: started\\nand a line", 7)
try:
    1 / 0
except ZeroDivisionError:
    logger.exception("broken")
"""


def logged(folder: Path, **variables: str) -> str:
    """What a process writes to its log."""
    result = subprocess.run(
        [sys.executable, "-c", LOGGED],
        cwd=ROOT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "migrator.settings",
            **houses.variables(folder),
            **variables,
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.returncode == 0 or variables.get("LOG_FORMAT") == "xml", result.stderr
    return result.stderr


def test_each_line_is_an_object_that_says_who_and_when(tmp_path: Path) -> None:
    first, second = map(json.loads, logged(tmp_path, LOG_FORMAT="json").splitlines())
    assert first["message"] == "run 7: started\nand a line"
    assert (first["level"], first["logger"]) == ("INFO", "migrator.services.runs")
    assert first["at"].endswith("+00:00")
    assert "ZeroDivisionError" in second["exc_info"]


def test_plain_lines_stay_the_default(tmp_path: Path) -> None:
    assert "INFO migrator.services.runs: run 7: started" in logged(tmp_path)


def test_another_format_is_refused(tmp_path: Path) -> None:
    assert "LOG_FORMAT must be plain or json" in logged(tmp_path, LOG_FORMAT="xml")


def test_the_launcher_leaves_json_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOG_FORMAT", "json")
    stream = io.StringIO()
    output = Output(stream)
    output.line("web", '{"message": "x"}')
    output.line("web", "words")
    left, marked = stream.getvalue().splitlines()
    assert json.loads(left) == {"message": "x"}
    assert marked == "web      | words"
