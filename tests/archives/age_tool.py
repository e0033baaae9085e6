"""The ordinary `age` program, which shares no line with what it is held against."""

import os
import pty
import select
import shutil
import subprocess
from pathlib import Path

import pytest

SECONDS = 60


def require_age() -> None:
    """Skip the test where there is no `age` on this machine."""
    if shutil.which("age") is None:
        pytest.skip("the program age is not on this machine (Debian: apt install age)")


def age(*arguments: object, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run it; what it answered."""
    require_age()
    command = ["age", *map(str, arguments)]
    return subprocess.run(command, input=stdin, capture_output=True, timeout=SECONDS, check=False)


def age_with_passphrase(passphrase: str, *arguments: object) -> None:
    """Run it at a terminal of its own, and type the passphrase as often as it asks."""
    require_age()
    ours, theirs = pty.openpty()
    command = ["setsid", "--ctty", "--wait", "age", *map(str, arguments)]
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        told = _typed(ours, passphrase)
        code = process.wait(SECONDS)
    os.close(ours)
    assert code == 0, told


def _typed(terminal: int, passphrase: str) -> bytes:
    told, answered = b"", 0
    while select.select([terminal], [], [], SECONDS)[0]:
        try:
            told += os.read(terminal, 4096)
        except OSError:  # the other end is closed
            break
        if told.count(b"passphrase") > answered and told.rstrip().endswith((b":", b"):")):
            answered = told.count(b"passphrase")
            os.write(terminal, passphrase.encode() + b"\n")
    return told


def new_identity(folder: Path) -> tuple[Path, str]:
    """The file that age-keygen writes, and the recipient that belongs to it."""
    require_age()
    file = folder / "key.txt"
    subprocess.run(["age-keygen", "-o", str(file)], check=True, capture_output=True)
    lines = file.read_text().splitlines()
    return file, next(line.split()[-1] for line in lines if "public key:" in line)
