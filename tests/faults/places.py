"""Where a house keeps its rows and messages: embedded, or on servers of their own."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Protocol

import psycopg
import redis
from psycopg.conninfo import make_conninfo

from tests.postgres import postgres_address, postgres_folder
from tests.valkey import Valkey, valkey


class Place(Protocol):
    """A database and a broker, and what may befall them."""

    # The environment of every process that uses them.
    variables: dict[str, str]
    # Worker processes beside the server's own.
    more_workers: int

    def empty_broker(self) -> None:
        """Every message is gone."""

    def kill_broker(self) -> bool:
        """SIGKILL to the broker, and start it again; False where the server looks after it."""

    def lock_database(self, seconds: float) -> None:
        """Nobody else can write for a while."""


class Embedded:
    """SQLite and the broker that the server starts, with one worker of four threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.variables = {"WORKERS": "4"}
        self.more_workers = 0

    def empty_broker(self) -> None:
        """Flush it, if it is there in this moment."""
        _flush(f"unix://{self._folder / 'broker.sock'}")

    def kill_broker(self) -> bool:
        """The server looks after it."""
        return False

    def lock_database(self, seconds: float) -> None:
        """Hold SQLite's write lock."""
        file = self._folder / "migrator.sqlite3"
        with closing(sqlite3.connect(file, timeout=60, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            threading.Event().wait(seconds)
            other.execute("ROLLBACK")


class Grown:
    """PostgreSQL and Valkey on a TCP port, with four worker processes."""

    def __init__(self, database: str, broker: Valkey) -> None:
        self._broker = broker
        self.variables = {"WORKERS": "1", "DATABASE_URL": database, "REDIS_URL": broker.url}
        self.more_workers = 3
        self._database = make_conninfo(
            host=postgres_folder(database), user="postgres", dbname="postgres"
        )

    def empty_broker(self) -> None:
        """Flush it."""
        _flush(self._broker.url)

    def kill_broker(self) -> bool:
        """Its service manager starts it again at once."""
        self._broker.close()
        self._broker.start()
        return True

    def lock_database(self, seconds: float) -> None:
        """Lock the table that all work goes through."""
        with psycopg.connect(self._database) as other:
            other.execute("LOCK TABLE migrator_step IN ACCESS EXCLUSIVE MODE")
            threading.Event().wait(seconds)


@contextmanager
def opened(name: str, folder: Path) -> Iterator[Place]:
    """The place *embedded* or *grown* for a server on `folder`."""
    folder.mkdir(parents=True)
    if name == "embedded":
        yield Embedded(folder)
        return
    with postgres_address() as database, valkey() as broker:
        yield Grown(database, broker)


def _flush(url: str) -> None:
    try:
        with closing(redis.Redis.from_url(url)) as broker:
            broker.flushall()
    except redis.ConnectionError:
        return  # it was just killed, which empties it as well
