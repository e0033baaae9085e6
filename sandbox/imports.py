"""The import of documents, done by one thread beside the server, resumed after a restart."""

import json
import logging
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from migrator.formats.corpus import Corpus, open_corpus
from migrator.formats.errors import FormatError, StatedError
from migrator.formats.open_structs import to_plain
from sandbox.plain_documents import csv_documents, text_documents
from sandbox.staging import BATCH, Staging, forget_import
from sandbox.state import State, writing

logger = logging.getLogger(__name__)


class Stopped(Exception):
    """The sandbox ends; the import begins again when it starts."""


@dataclass
class Waiting:
    """An import that is in and waits for its time to be published."""

    job: str
    due: float
    staging: Staging


class ImportWorker:
    """Takes the imports one after the other; `start` and `stop` as a thread."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sandbox-imports", daemon=True)
        self._waiting: list[Waiting] = []

    def start(self) -> None:
        """Begin, with what an earlier run left unfinished."""
        with self._state.connect() as db:
            self._clear_uploads(db)
        self._state.work.set()
        self._thread.start()

    def stop(self) -> None:
        """End between two documents."""
        self._stopping.set()
        self._state.work.set()
        self._thread.join()

    def _run(self) -> None:
        with self._state.connect() as db:
            while not self._stopping.is_set():
                self._state.work.wait(self._until_next())
                self._state.work.clear()
                try:
                    self._publish_due(db)
                    self._take_new(db)
                    self._publish_due(db)
                except Stopped:
                    return

    def _clear_uploads(self, db: sqlite3.Connection) -> None:
        """Remove what requests left that a sudden end cut off, before any request is answered."""
        jobs = {row["id"] for row in db.execute("SELECT id FROM jobs WHERE NOT worked")}
        for path in self._state.uploads.iterdir():
            if path.name not in jobs:
                path.unlink(missing_ok=True)

    def _until_next(self) -> float | None:
        """Seconds until something is to be published, None when nothing waits."""
        if not self._waiting:
            return None
        return max(0.0, min(each.due for each in self._waiting) - self._state.now())

    def _take_new(self, db: sqlite3.Connection) -> None:
        waiting = {each.job for each in self._waiting}
        found = db.execute(
            "SELECT * FROM jobs WHERE NOT worked AND error = '' ORDER BY queued, rowid"
        ).fetchall()
        for row in found:
            if row["id"] not in waiting:
                self._take(db, row)

    def _take(self, db: sqlite3.Connection, job: sqlite3.Row) -> None:
        """Bring one import in; a failure leaves a sentence in the job and nothing else."""
        forget_import(db, job["id"])
        try:
            staging = self._bring_in(db, job)
            self._waiting.append(Waiting(job["id"], job["due"], staging))
            return
        except StatedError as error:
            failure = error.happened
        except Stopped:
            raise
        except Exception:
            logger.exception("import %s failed", job["id"])
            failure = "The file is not as expected."
        self._fail(db, job["id"], failure)

    def _fail(self, db: sqlite3.Connection, job: str, failure: str) -> None:
        if db.in_transaction:
            db.execute("ROLLBACK")
        forget_import(db, job)
        db.execute("UPDATE jobs SET error = ? WHERE id = ?", (failure, job))
        (self._state.uploads / job).unlink(missing_ok=True)

    def _bring_in(self, db: sqlite3.Connection, job: sqlite3.Row) -> Staging:
        subject = json.loads(job["subject"])
        path = self._state.uploads / job["id"]
        row = db.execute("SELECT * FROM workspaces WHERE id = ?", (job["workspace"],)).fetchone()
        if row is None:
            raise FormatError("The workspace is gone.")
        db.execute("UPDATE jobs SET progress = 1 WHERE id = ?", (job["id"],))
        if subject["kind"] == "corpus":
            with open_corpus(path) as corpus:
                return self._corpus(db, job, row, corpus, subject["ground_truth"])
        read = csv_documents if subject["kind"] == "csv" else text_documents
        return self._plain(db, job, row, read(path, subject["name"]), subject["name"])

    def _corpus(
        self,
        db: sqlite3.Connection,
        job: sqlite3.Row,
        row: sqlite3.Row,
        corpus: Corpus,
        ground_truth: bool,
    ) -> Staging:
        sets = [to_plain(each) for each in corpus.sets() if each.type != "ALL"]
        staging = Staging(self._state, db, row, job["id"], sets)
        items = (to_plain(document) for document in corpus.documents())
        self._in_batches(db, items, staging.add_document)
        total = max(1, len(staging.documents))
        if ground_truth:
            pairs = corpus.ground_truths()
            self._in_batches(db, pairs, lambda pair: staging.add_ground_truth(*pair), job, total)
        self._fill_up(db, staging)
        return staging

    def _plain(
        self,
        db: sqlite3.Connection,
        job: sqlite3.Row,
        row: sqlite3.Row,
        documents: Iterable[tuple[str, str]],
        name: str,
    ) -> Staging:
        staging = Staging(self._state, db, row, job["id"], [], f"{name}_set")
        stated = {"createdDate": 0, "modifiedDate": self._state.now_ms()}

        def add(numbered: tuple[int, tuple[str, str]]) -> None:
            number, (title, text) = numbered
            item = {"id": f"{job['id']}-{number}", "name": title, "text": text}
            staging.add_document({**item, **stated})

        self._in_batches(db, enumerate(documents), add)
        self._fill_up(db, staging)
        return staging

    def _fill_up(self, db: sqlite3.Connection, staging: Staging) -> None:
        """Give every document without a ground truth one without annotations."""
        without = db.execute(
            "SELECT d.pk, d.text FROM documents d LEFT JOIN ground_truths g ON g.document = d.pk"
            " WHERE d.import_id = ? AND g.document IS NULL",
            (staging.import_id,),
        )
        by_pk = {document.pk: document for document in staging.documents.values()}
        pairs = ((by_pk[row["pk"]], row["text"]) for row in without.fetchall())
        self._in_batches(db, pairs, lambda pair: staging.add_plain(*pair))

    def _in_batches(
        self,
        db: sqlite3.Connection,
        items: Iterable[Any],
        add: Callable[[Any], None],
        job: sqlite3.Row | None = None,
        total: int = 1,
    ) -> None:
        """Add the items in transactions of a bounded size, telling the job how far it is."""
        done = 0
        for batch in _batches(items):
            if self._stopping.is_set():
                raise Stopped
            with writing(db):
                for item in batch:
                    add(item)
                done += len(batch)
                if job is not None:
                    progress = 1 + min(98, done * 98 // total)
                    db.execute("UPDATE jobs SET progress = ? WHERE id = ?", (progress, job["id"]))

    def _publish_due(self, db: sqlite3.Connection) -> None:
        now = self._state.now()
        for each in [each for each in self._waiting if each.due <= now]:
            self._waiting.remove(each)
            if not db.execute("SELECT 1 FROM jobs WHERE id = ?", (each.job,)).fetchone():
                forget_import(db, each.job)  # the workspace was deleted meanwhile
                continue
            try:
                each.staging.publish()
            except StatedError as error:
                self._fail(db, each.job, error.happened)
                continue
            result = json.dumps({"documents": len(each.staging.documents)})
            db.execute("UPDATE jobs SET worked = 1, result = ? WHERE id = ?", (result, each.job))
            Path(self._state.uploads / each.job).unlink(missing_ok=True)


def _batches(items: Iterable[Any]) -> Iterator[list[Any]]:
    iterator = iter(items)
    while batch := list(islice(iterator, BATCH)):
        yield batch
