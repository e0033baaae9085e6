"""A workspace's documents as the file that a download brings, composed once for each revision."""

import json
import sqlite3
import struct
import zlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from migrator.formats.jackson import pretty_list
from migrator.formats.zip_writer import ZipWriter
from sandbox.document_sets import ALL
from sandbox.obscure import obscured
from sandbox.state import State

RAW = -15  # zlib's word for a deflate stream without a header, as it stands in a ZIP
FLAGS = 0x808  # UTF-8 names, sizes in a descriptor behind the content
DESCRIPTOR = struct.Struct("<4s3L")
VISIBLE = (
    "FROM documents d JOIN imports i ON i.id = d.import_id AND i.visible_at <= :now"
    " WHERE d.workspace = :workspace"
)


class PackedZipWriter(ZipWriter):
    """Also takes entries that are deflated already, so that a download costs no compressing."""

    def add_packed(self, name: str, packed: bytes, crc: int, size: int) -> None:
        """One entry out of its raw deflate stream, sizes behind it as in the service's files."""
        start, sums = self._at, (crc, len(packed), size)
        self._local_header(name, FLAGS, (0, 0, 0))
        self._write(packed)
        self._write(DESCRIPTOR.pack(b"PK\x07\x08", *sums))
        self._remember(name, FLAGS, sums, start)


def deflate(content: bytes) -> tuple[bytes, int, int]:
    """(raw deflate stream, CRC, size) of a file's content."""
    packer = zlib.compressobj(6, zlib.DEFLATED, RAW)
    return packer.compress(content) + packer.flush(), zlib.crc32(content), len(content)


def inflate(packed: bytes) -> bytes:
    """The content of a raw deflate stream."""
    return zlib.decompress(packed, RAW)


def corpus_file(state: State, db: sqlite3.Connection, workspace: sqlite3.Row) -> Path:
    """The corpus ZIP of the workspace at its present revision.

    Files of earlier revisions are removed but for the last, which a request may be about to open.
    """
    name = f"{workspace['id']}-{workspace['revision']}.zip"
    path = state.downloads / name
    with state.composing:
        if not path.exists():
            for old in _oldest_first(state.downloads.glob(f"{workspace['id']}-*"))[:-1]:
                old.unlink()
            unfinished = path.with_suffix(".tmp")
            with unfinished.open("wb") as file:
                _compose(state, db, workspace, file)
            unfinished.rename(path)
    return path


def _oldest_first(paths: Iterable[Path]) -> list[Path]:
    return sorted(paths, key=lambda path: path.stat().st_mtime)


def _compose(state: State, db: sqlite3.Connection, workspace: sqlite3.Row, file: BinaryIO) -> None:
    made_at = datetime.fromtimestamp(workspace["modified"] / 1000, UTC)
    here = {"workspace": workspace["id"], "now": state.now()}
    with PackedZipWriter(file, made_at=made_at) as packed:
        packed.add("documents.json", pretty_list(_items(db, here)))
        packed.add("sets.json", pretty_list(_sets(db, here)))
        for document_id, entry in _ground_truths(db, here):
            packed.add_packed(f"gt/{document_id}.json", *entry)


def _items(db: sqlite3.Connection, here: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for row in db.execute(f"SELECT d.item, d.text {VISIBLE} ORDER BY d.id", here):
        item = json.loads(row["item"])
        yield {**item, "text": row["text"]}


def _sets(db: sqlite3.Connection, here: dict[str, Any]) -> Iterator[dict[str, Any]]:
    everything = _ids(db.execute(f"SELECT d.id {VISIBLE} ORDER BY d.id", here))
    yield _set(
        {"id": ALL, "name": "All", "createdDate": 0, "type": "ALL", "modifiedDate": 0}, everything
    )
    found = db.execute(
        "SELECT pk, item FROM document_sets WHERE workspace = :workspace ORDER BY pk", here
    )
    for row in found:
        members = db.execute(
            "SELECT d.id FROM set_documents m JOIN documents d ON d.pk = m.document"
            " WHERE m.document_set = ? ORDER BY m.position",
            (row["pk"],),
        )
        yield _set(json.loads(row["item"]), _ids(members))


def _ids(found: Iterable[sqlite3.Row]) -> list[str]:
    return [row["id"] for row in found]


def _set(item: dict[str, Any], documents: list[str]) -> dict[str, Any]:
    """An item of sets.json with its fields in the service's order."""
    first = ("id", "name", "createdDate")
    head = {name: item[name] for name in first if name in item}
    tail = {name: value for name, value in item.items() if name not in head}
    return {**head, "documents": documents, **tail, "count": len(documents)}


def _ground_truths(
    db: sqlite3.Connection, here: dict[str, Any]
) -> Iterator[tuple[str, tuple[bytes, int, int]]]:
    """Name, raw deflate stream, CRC and size of each, in the order of the documents."""
    hidden = _preannotated(db, here["workspace"])
    found = db.execute(
        "SELECT d.pk, d.id, g.deflated, g.crc, g.size FROM documents d"
        " JOIN imports i ON i.id = d.import_id AND i.visible_at <= :now"
        " JOIN ground_truths g ON g.document = d.pk WHERE d.workspace = :workspace ORDER BY d.id",
        here,
    )
    number = 0
    for row in found:
        entry = row["deflated"], row["crc"], row["size"]
        if row["pk"] in hidden:
            entry = deflate(obscured(inflate(row["deflated"]), number))
            number += 1
        yield row["id"], entry


def _preannotated(db: sqlite3.Connection, workspace_id: str) -> set[int]:
    """The documents that Natural Language Understanding pre-annotated."""
    found = db.execute(
        "SELECT m.document FROM document_sets s JOIN set_documents m ON m.document_set = s.pk"
        " WHERE s.workspace = ? AND s.preannotated",
        (workspace_id,),
    )
    return {row["document"] for row in found}
