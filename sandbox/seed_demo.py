"""The demo: generated workspaces with everything in them that a migration has to think of."""

import json
import re
import sqlite3
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from migrator.formats.dictionaries import read_dictionaries
from sandbox.corpus_files import deflate, inflate
from sandbox.dictionaries import insert
from sandbox.generator.export import BENCHMARK_TOKENS, DEMO_TOKENS, generate
from sandbox.seed_exports import CREATED_MS, Export, seed_workspace
from sandbox.seed_instances import PEOPLE, fixed_id
from sandbox.state import State
from sandbox.type_systems import stored_types

LARGE = 1000  # documents; from here on each is as long as real ones, about 65 KB of JSON
LARGEST = 60  # documents, where nobody names a size
DAY = 86_400.0  # seconds
_STATUS = re.compile(rb'"status" : "[A-Z_]+"')


@dataclass(frozen=True)
class Generated:
    """One generated workspace; `seed` decides its content."""

    instance: str
    name: str
    seed: int
    description: str
    documents: int = LARGEST
    language: str = "en"
    tokenizer: str = "ml"


CLAIMS = Generated("source", "Claims", 1, "Trained and deployed")
TICKETS = Generated("source", "Support tickets", 2, "Annotation is going on", 24)
NEWS = Generated("source", "News", 3, "Pre-annotated by Natural Language Understanding", 12)
OTHERS = (
    Generated("source", "Schadensmeldungen", 4, "German, dictionaries", 15, "de", "dictionary"),
    Generated("cp4d", "On premises", 5, "On Cloud Pak for Data", 10),
)


def seed_demo(state: State, db: sqlite3.Connection, size: int = LARGEST) -> None:
    """Workspaces on `source` and `cp4d`; `target` starts empty. `size` is that of the largest."""
    with tempfile.TemporaryDirectory(dir=state.folder) as name:
        folder = Path(name)
        claims = _generated(state, db, folder, replace(CLAIMS, documents=size))
        tickets = _generated(state, db, folder, TICKETS)
        news = _generated(state, db, folder, NEWS)
        for each in OTHERS:
            _generated(state, db, folder, each)
    _train_and_deploy(state, db, claims)
    _orphan(state, db)
    _rule_classes(db, claims)
    _task(db, claims, "Spring round", ("COMPLETED", "COMPLETED"))
    _annotation_in_progress(db, tickets)
    _read_only_dictionary(state, db, claims)
    _read_only_dictionary(state, db, tickets)
    _preannotate(db, news)


def _generated(state: State, db: sqlite3.Connection, folder: Path, what: Generated) -> str:
    """Make and load one workspace; its files are gone afterwards."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        made = generate(
            Path(name),
            seed=what.seed,
            documents=what.documents,
            language=what.language,
            tokens_per_document=BENCHMARK_TOKENS if what.documents >= LARGE else DEMO_TOKENS,
            level=1,
        )
        export = Export(
            what.name,
            made.types,
            made.corpus,
            [made.dictionaries],
            what.description,
            what.tokenizer,
            made.workspace_id,
        )
        return seed_workspace(state, db, what.instance, export)


def _train_and_deploy(state: State, db: sqlite3.Connection, w: str) -> None:
    """A trained model with two versions, the first deployed, and its mapped dictionary."""
    now = state.now()
    db.execute(
        "INSERT INTO jobs (id, workspace, instance, kind, subject, queued, starts, due, result)"
        " VALUES (?, ?, 'source', 'train', 'ml', ?, ?, ?, ?)",
        (
            fixed_id("train", w),
            w,
            now - 3 * DAY,
            now - 3 * DAY,
            now - 3 * DAY + 60,
            json.dumps({"score": 0.78}),
        ),
    )
    for number, description in enumerate(("First version", "More documents")):
        made_at = CREATED_MS + int(number * DAY * 1000)
        db.execute(
            "INSERT INTO versions VALUES (?, 'ml', ?, ?, ?)",
            (w, f"1.{number}", description, made_at),
        )
    _deploy(state, db, w, "Claims", "First version")
    label = stored_types(db, w)["entityTypes"][0]["label"]
    db.execute(
        "UPDATE dictionaries SET entity_type = ? WHERE pk ="
        " (SELECT min(pk) FROM dictionaries WHERE workspace = ?)",
        (label, w),
    )
    db.execute("INSERT INTO members VALUES (?, ?)", (w, PEOPLE[1][0]))


def _deploy(state: State, db: sqlite3.Connection, w: str, name: str, description: str) -> None:
    then = state.now() - 2 * DAY
    service = "natural-language-understanding"
    db.execute(
        "INSERT INTO deployments VALUES (?, ?, 'source', 'ml', '1.0', ?, ?, ?, ?, 'en', ?, ?)",
        (
            f"10:{fixed_id('model', w)}",
            w,
            service,
            fixed_id(service, "source"),
            name,
            description,
            then,
            then + 60,
        ),
    )


def _orphan(state: State, db: sqlite3.Connection) -> None:
    """A model in NLU whose workspace was deleted: nobody uses it and it keeps charging."""
    _deploy(state, db, fixed_id("workspace", "deleted"), "Old claims", "Its workspace is gone")


def _rule_classes(db: sqlite3.Connection, w: str) -> None:
    """Classes of a rule-based model: all of it that anything lists."""
    names = ("FirstName", "FullName", "PolicyNumber")
    db.executemany("INSERT INTO rule_classes VALUES (?, ?)", [(w, name) for name in names])


def _task(db: sqlite3.Connection, w: str, name: str, states: tuple[str, str]) -> None:
    """A task over all annotation sets; `states` of the first set, of the others."""
    sets = db.execute(
        "SELECT pk, id FROM document_sets WHERE workspace = ? AND type = 'ASSIGNMENT' ORDER BY pk",
        (w,),
    ).fetchall()
    task, due = fixed_id("task", w), CREATED_MS + int(400 * DAY * 1000)
    db.execute("INSERT INTO tasks VALUES (?, ?, ?, ?, ?)", (task, w, name, due, states[0]))
    for number, row in enumerate(sets):
        annotator = PEOPLE[2 + number % 3][0]
        db.execute(
            "UPDATE document_sets SET annotator = ?, item = json_set(item, '$.annotator', ?)"
            " WHERE pk = ?",
            (annotator, annotator, row["pk"]),
        )
        db.execute(
            "INSERT INTO task_sets SELECT ?, ?, count(*), ? FROM set_documents"
            " WHERE document_set = ?",
            (task, row["id"], states[min(number, 1)], row["pk"]),
        )


def _annotation_in_progress(db: sqlite3.Connection, w: str) -> None:
    """An unfinished task: in its first set two documents are done and three have a draft."""
    _task(db, w, "Autumn round", ("IN_PROGRESS", "SUBMITTED"))
    first = db.execute(
        "SELECT pk, id FROM document_sets WHERE workspace = ? AND type = 'ASSIGNMENT' ORDER BY pk",
        (w,),
    ).fetchone()
    db.execute("UPDATE task_sets SET annotated = 2 WHERE set_id = ?", (first["id"],))
    _start_annotating(db, first["pk"])


def _start_annotating(db: sqlite3.Connection, set_pk: int) -> None:
    found = db.execute(
        "SELECT document, text FROM set_documents JOIN documents ON pk = document"
        " WHERE document_set = ? ORDER BY position LIMIT 3",
        (set_pk,),
    )
    for row in found.fetchall():
        draft = [{"type": "Draft", "begin": 0, "end": len(row["text"].split()[0])}]
        db.execute("INSERT INTO drafts VALUES (?, ?)", (row["document"], json.dumps(draft)))
        db.execute(
            "UPDATE documents SET item = json_set(item, '$.status', 'IN_PROGRESS') WHERE pk = ?",
            (row["document"],),
        )
        truth = db.execute(
            "SELECT deflated FROM ground_truths WHERE document = ?", (row["document"],)
        ).fetchone()
        content = _STATUS.sub(b'"status" : "IN_PROGRESS"', inflate(truth["deflated"]), count=1)
        db.execute(
            "UPDATE ground_truths SET deflated = ?, crc = ?, size = ? WHERE document = ?",
            (*deflate(content), row["document"]),
        )


def _read_only_dictionary(state: State, db: sqlite3.Connection, w: str) -> None:
    with tempfile.TemporaryDirectory(dir=state.folder) as folder:
        path = Path(folder) / "Harbours and bridges.csv"
        lines = ("lemma,poscode,surface", "harbour,3,harbour,harbours", "bridge,3,bridge,bridges")
        path.write_text("\r\n".join(lines) + "\r\n")
        insert(state, db, w, read_dictionaries(path)[0], read_only=True)


def _preannotate(db: sqlite3.Connection, w: str) -> None:
    db.execute(
        "UPDATE document_sets SET preannotated = 1 WHERE pk ="
        " (SELECT min(pk) FROM document_sets WHERE workspace = ? AND type = 'SOURCE')",
        (w,),
    )
