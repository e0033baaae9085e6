"""The sandbox's memory: SQLite in WAL mode and the files of one data folder."""

import collections
import contextlib
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sandbox.limits import Limits
from sandbox.schema import SCHEMA

REMEMBERED_REQUESTS = 5000
BUSY_SECONDS = 30.0  # a writer waits this long for the other writer


@dataclass
class Options:
    """How the sandbox behaves where the service's behaviour varies; tests and faults change it."""

    job_seconds: float = 2.0  # how long imports, training and publishing seem to take
    keep_ids: bool = False  # imported documents keep their ids instead of getting new ones
    token_seconds: float = 3600.0
    ranges: bool = True  # downloads honour Range and carry an ETag
    chunked: bool = False  # downloads come without a Content-Length
    undeploy_seconds: float = 0.0  # how long NLU still lists a model that was deleted there
    nlu_per_second: int = 5  # calls that an NLU instance answers before 429; 0 for any number
    gzip: bool = True  # JSON answers are compressed for those who accept it


@dataclass
class State:
    """One data folder, with the options and the clock that everything on it shares.

    `composing` is held while a corpus file is composed, so that two downloads compose it once;
    `nlu_calls` are the moments of the last calls to each NLU instance; `work` is set when an
    import waits; `requests` remembers what was called, latest last.
    """

    folder: Path
    options: Options = field(default_factory=Options)
    limits: Limits = field(default_factory=Limits)
    now: Callable[[], float] = time.time  # epoch seconds
    composing: threading.Lock = field(default_factory=threading.Lock, repr=False)
    nlu_calls: dict[str, list[float]] = field(default_factory=dict, repr=False)
    work: threading.Event = field(default_factory=threading.Event, repr=False)
    requests: collections.deque[dict[str, Any]] = field(
        default_factory=lambda: collections.deque(maxlen=REMEMBERED_REQUESTS), repr=False
    )

    def __post_init__(self) -> None:
        """Make the folder and the tables where they are missing."""
        for name in (self.folder, self.uploads, self.downloads):
            name.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self.connect() as db:
            db.execute("PRAGMA journal_mode=WAL")
            db.executescript(SCHEMA)

    @property
    def uploads(self) -> Path:
        """Where request bodies and the files of waiting imports lie."""
        return self.folder / "uploads"

    @property
    def downloads(self) -> Path:
        """Where composed corpus files lie until the workspace changes."""
        return self.folder / "downloads"

    @contextlib.contextmanager
    def connect(self) -> Iterator[sqlite3.Connection]:
        """A connection of one request or one job, in autocommit mode, closed afterwards."""
        db = sqlite3.connect(
            self.folder / "sandbox.sqlite3", timeout=BUSY_SECONDS, isolation_level=None
        )
        db.row_factory = sqlite3.Row
        db.execute("PRAGMA synchronous=NORMAL")
        try:
            yield db
        finally:
            db.close()

    def now_ms(self) -> int:
        """The present moment as the service writes it: epoch milliseconds."""
        return int(self.now() * 1000)


@contextlib.contextmanager
def writing(db: sqlite3.Connection) -> Iterator[None]:
    """One transaction: all of it or nothing, nobody else writes meanwhile."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")
