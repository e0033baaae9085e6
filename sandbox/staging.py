"""One import on its way in: rows that nobody sees until all of it is in order."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from migrator.formats.errors import FormatError
from sandbox.answers import new_id
from sandbox.corpus_files import deflate
from sandbox.document_sets import append, insert_set
from sandbox.limits import language_code
from sandbox.obscure import revealed
from sandbox.retokenize import Incoming, plain_text, read_ground_truth, retokenized
from sandbox.state import State, writing
from sandbox.type_systems import stored_types

MERGED = ("TRAINING", "TEST", "BLIND")
BATCH = 100  # documents in one transaction, so that nobody else waits long for the database


@dataclass
class Staged:
    """One document that is in: its key, its new id, and what a ground truth needs of it."""

    pk: int
    head: dict[str, Any]


@dataclass
class Staging:
    """Takes documents and ground truths in, then publishes all of them in one transaction."""

    state: State
    db: sqlite3.Connection
    workspace: sqlite3.Row
    import_id: str
    sets: Sequence[dict[str, Any]]  # items of the upload's sets.json, without the set of all
    upload_name: str = "Upload"  # of the set for documents that come in none
    documents: dict[str, Staged] = field(default_factory=dict)  # by id in the upload
    hidden: set[int] = field(default_factory=set)  # keys of documents that came obscured

    def __post_init__(self) -> None:
        """Open the import and look up what the workspace says."""
        self.db.execute("INSERT INTO imports VALUES (?, ?, NULL)", (self.import_id, self._w))
        types = stored_types(self.db, self._w)
        self._entity_labels = {each["label"] for each in types["entityTypes"]}
        self._relation_labels = {each["label"] for each in types["relationshipTypes"]}
        known = self.db.execute(
            "SELECT id, original_id FROM document_sets WHERE workspace = ?", (self._w,)
        ).fetchall()
        self._known = {row["original_id"]: row["id"] for row in known}
        self._targets = {each["id"]: self._target_id(each["id"]) for each in self.sets}
        self._source_of = {
            document: each["id"]
            for each in self.sets
            if each["type"] == "SOURCE"
            for document in each["documents"]
        }
        self._numbers: dict[str, int] = {}
        self._present: int = self.db.execute(
            "SELECT count(*) FROM documents WHERE workspace = ?", (self._w,)
        ).fetchone()[0]

    @property
    def _w(self) -> str:
        workspace_id: str = self.workspace["id"]
        return workspace_id

    def _target_id(self, set_id: str) -> str:
        if set_id in self._known:
            return str(self._known[set_id])
        return set_id if self.state.options.keep_ids else new_id()

    def add_document(self, item: dict[str, Any]) -> None:
        """Store one item of documents.json under its new id."""
        limits = self.state.limits
        if len(item["text"]) > limits.document_characters:
            raise FormatError(f"A document is over {limits.document_characters} characters.")
        self._present += 1
        if self._present > limits.documents:
            raise FormatError(f"A workspace holds at most {limits.documents} documents.")
        head = {"name": "", "createdDate": 0, "status": "READY", "modifiedDate": 0} | {
            name: value for name, value in item.items() if name != "text"
        }
        head["id"] = self._new_document_id(item["id"])
        row = self.db.execute(
            "INSERT INTO documents (workspace, import_id, id, item, text) VALUES (?, ?, ?, ?, ?)",
            (self._w, self.import_id, head["id"], json.dumps(_ordered(head)), item["text"]),
        )
        assert row.lastrowid is not None
        self.documents[item["id"]] = Staged(row.lastrowid, head)

    def _new_document_id(self, original: str) -> str:
        if self.state.options.keep_ids and not self._taken(original):
            return original
        source = self._targets.get(self._source_of.get(original, ""), self.import_id)
        if source not in self._numbers:
            self._numbers[source] = self.db.execute(
                "SELECT count(*) FROM documents WHERE workspace = ? AND id LIKE ?",
                (self._w, f"{source}-%"),
            ).fetchone()[0]
        number = self._numbers[source]
        while self._taken(f"{source}-{number}"):
            number += 1
        self._numbers[source] = number + 1
        return f"{source}-{number}"

    def _taken(self, document_id: str) -> bool:
        found = self.db.execute(
            "SELECT 1 FROM documents WHERE workspace = ? AND id = ?", (self._w, document_id)
        ).fetchone()
        return found is not None

    def add_ground_truth(self, original: str, content: bytes) -> None:
        """Check, re-tokenize and store the ground truth of a document that is in already."""
        document = self.documents.get(original)
        if document is None:
            raise FormatError(f"There is a ground truth for {original}, but no such document.")
        opened = revealed(content)
        if opened is not None:
            self.hidden.add(document.pk)
        incoming = read_ground_truth(content if opened is None else opened)
        self._check(incoming)
        self._store(document, incoming)

    def add_plain(self, document: Staged, text: str) -> None:
        """Store a document without annotations."""
        self._store(document, plain_text(text, self.workspace["language"]))

    def _store(self, document: Staged, incoming: Incoming) -> None:
        content, annotated = retokenized(incoming, document.head, self.workspace["tokenizer"])
        self.db.execute(
            "INSERT OR REPLACE INTO ground_truths VALUES (?, ?, ?, ?, ?)",
            (document.pk, *deflate(content), annotated),
        )

    def _check(self, incoming: Incoming) -> None:
        if incoming.language and language_code(incoming.language) != self.workspace["language"]:
            raise FormatError(
                f"The documents are {incoming.language}, the workspace is"
                f" {self.workspace['language']}."
            )
        for mention in incoming.annotations.mentions:
            role = mention.get("properties", {}).get("SIRE_MENTION_ROLE")
            for label in (mention["type"], role):
                if label is not None and label not in self._entity_labels:
                    raise FormatError(f"The entity type {label} is not defined.")
        for relation in incoming.annotations.relations:
            if relation["type"] not in self._relation_labels:
                raise FormatError(f"The relation type {relation['type']} is not defined.")

    def publish(self) -> None:
        """Show everything at once: documents, their sets, the workspace's new revision."""
        with writing(self.db):
            for item in self.sets:
                self._publish_set(item)
            loose = [
                d.pk for original, d in self.documents.items() if original not in self._source_of
            ]
            if loose:
                insert_set(self.db, self._w, self._upload_set(), loose)
            now = self.state.now()
            self.db.execute("UPDATE imports SET visible_at = ? WHERE id = ?", (now, self.import_id))
            self.db.execute(
                "UPDATE workspaces SET modified = ?, revision = revision + 1 WHERE id = ?",
                (int(now * 1000), self._w),
            )

    def _upload_set(self) -> dict[str, Any]:
        """The set of documents that come without one."""
        now = self.state.now_ms()
        item = {"id": self.import_id, "name": self.upload_name, "createdDate": now}
        return {**item, "type": "SOURCE", "modifiedDate": now}

    def _publish_set(self, item: dict[str, Any]) -> None:
        found = (self.documents.get(each) for each in item["documents"])
        documents = [document.pk for document in found if document is not None]
        row = self.db.execute(
            "SELECT pk FROM document_sets WHERE workspace = ? AND (original_id = ? OR type = ?)",
            (self._w, item["id"], item["type"] if item["type"] in MERGED else ""),
        ).fetchone()
        if row is not None:
            append(self.db, row["pk"], documents)
            return
        self._refuse_too_many_sets()
        pk = insert_set(self.db, self._w, {**item, "id": self._targets[item["id"]]}, documents)
        hides = item["type"] == "SOURCE" and not self.hidden.isdisjoint(documents)
        self.db.execute(
            "UPDATE document_sets SET original_id = ?, preannotated = ? WHERE pk = ?",
            (item["id"], hides, pk),
        )

    def _refuse_too_many_sets(self) -> None:
        present = self.db.execute(
            "SELECT count(*) FROM document_sets WHERE workspace = ?", (self._w,)
        ).fetchone()[0]
        if present >= self.state.limits.document_sets:
            raise FormatError(f"A workspace holds {self.state.limits.document_sets} sets at most.")


def _ordered(head: dict[str, Any]) -> dict[str, Any]:
    """The item with its fields in the service's order; the text is filled in when it is read."""
    first = {name: head.get(name) for name in ("id", "name", "createdDate")}
    return {
        **first,
        "text": "",
        **{name: value for name, value in head.items() if name not in first},
    }


def forget_import(db: sqlite3.Connection, import_id: str) -> None:
    """Remove what an import left that was not published."""
    with writing(db):
        for statement in (
            "DELETE FROM ground_truths WHERE document IN"
            " (SELECT pk FROM documents WHERE import_id = ?)",
            "DELETE FROM documents WHERE import_id = ?",
            "DELETE FROM imports WHERE id = ? AND visible_at IS NULL",
        ):
            db.execute(statement, (import_id,))
