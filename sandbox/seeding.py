"""Fills an empty sandbox; one that remembers something is left as it is."""

import json
import os
from pathlib import Path
from typing import Any

from migrator.formats.errors import FormatError
from sandbox.seed_demo import LARGEST, seed_demo
from sandbox.seed_exports import seed_folder
from sandbox.seed_instances import configuration, seed_instances
from sandbox.state import State, writing

DEMO = "demo"
EMPTY = "empty"


def seed(state: State, what: str, size: int = LARGEST) -> bool:
    """Seed with `demo`, `empty` or a folder of export folders; whether anything was done.

    FormatError when there is no such folder or nothing in it that can be read.
    """
    if what not in (DEMO, EMPTY) and not Path(what).is_dir():
        raise FormatError(f"There is no folder {what} to seed from.")
    with state.connect() as db:
        if db.execute("SELECT 1 FROM instances").fetchone() is not None:
            return False
        with writing(db):  # all of it or nothing: a half seeded sandbox would stay so
            seed_instances(db)
            if what == DEMO:
                seed_demo(state, db, size)
            elif what != EMPTY:
                seed_folder(state, db, Path(what), "source")
    return True


def read_configuration(state: State, base: str) -> dict[str, Any]:
    """What a client needs to connect: see `seed_instances.configuration`."""
    with state.connect() as db:
        return configuration(db, base)


def write_configuration(state: State, base: str, path: Path) -> None:
    """The same as a JSON file that only its owner may read."""
    unfinished = path.with_name(path.name + ".tmp")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(read_configuration(state, base), file, indent=2)
        file.write("\n")
    unfinished.replace(path)
