"""Workspaces out of export files: real ones in a folder, or generated ones."""

import json
import re
import sqlite3
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from migrator.formats.corpus import Corpus, open_corpus
from migrator.formats.dictionaries import read_dictionaries
from migrator.formats.errors import FormatError
from migrator.formats.open_structs import to_plain
from sandbox.corpus_files import deflate, inflate
from sandbox.dictionaries import insert
from sandbox.document_sets import insert_set
from sandbox.limits import language_code
from sandbox.seed_instances import ADMIN, fixed_id
from sandbox.state import State
from sandbox.type_systems import store_types

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_ANNOTATED = re.compile(rb'"mentions"\s*:\s*\[\s*\{')
_LANGUAGE = re.compile(rb'"language"\s*:\s*"([A-Za-z_-]+)"')
_LOCAL_HEADER = 30  # bytes; the lengths of name and extra field stand in its last four
CREATED_MS = 1_700_000_000_000  # when seeded workspaces say they were made


@dataclass
class Export:
    """The files of one workspace, and what no file says."""

    name: str
    types: Path | None = None
    corpus: Path | None = None
    dictionaries: list[Path] = field(default_factory=list)
    description: str = ""
    tokenizer: str = "ml"
    workspace_id: str = ""


def seed_folder(state: State, db: sqlite3.Connection, folder: Path, instance: str) -> None:
    """Each sub-folder of `folder` that holds an export becomes a workspace of the instance.

    FormatError when there is none, or when one cannot be read.
    """
    exports = [sorted_out(each) for each in sorted(folder.iterdir()) if each.is_dir()]
    found = [each for each in exports if each.types is not None or each.corpus is not None]
    if not found:
        raise FormatError(
            f"No folder in {folder} holds an export.",
            remedy="Name a folder that has a folder for each export in it.",
        )
    for export in found:
        seed_workspace(state, db, instance, export)


def sorted_out(folder: Path) -> Export:
    """The files of one export folder, told apart by what is in them."""
    export = Export(folder.name)
    for path in sorted(folder.iterdir()):
        if path.suffix == ".csv":
            export.dictionaries.append(path)
        elif path.suffix == ".json":
            export.types = path
        elif zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as packed:
                is_corpus = "documents.json" in packed.namelist()
            if is_corpus:
                export.corpus = path
            else:
                export.dictionaries.append(path)
    return export


def seed_workspace(state: State, db: sqlite3.Connection, instance: str, export: Export) -> str:
    """Store an export as a workspace, its files as they are; returns the workspace's id."""
    new = export.workspace_id or _workspace_id(db, export)
    language = _language(export.corpus)
    db.execute(
        "INSERT INTO workspaces (id, instance, name, description, language, tokenizer, owner,"
        " kind, created, modified) VALUES (?, ?, ?, ?, ?, ?, ?, 'standard', ?, ?)",
        (
            new,
            instance,
            export.name,
            export.description,
            language,
            export.tokenizer,
            ADMIN,
            CREATED_MS,
            CREATED_MS,
        ),
    )
    db.execute("INSERT INTO members VALUES (?, ?)", (new, ADMIN))
    if export.types is not None:
        store_types(db, new, export.types.read_bytes())
    for path in export.dictionaries:
        for dictionary in read_dictionaries(path):
            insert(state, db, new, dictionary, read_only=False)
    if export.corpus is not None:
        _seed_corpus(state, db, new, export.corpus)
    return new


def _workspace_id(db: sqlite3.Connection, export: Export) -> str:
    """The id in the files' names, made up where they tell none or it is taken."""
    for path in (export.corpus, export.types):
        found = _UUID.search(path.name) if path is not None else None
        if found is not None:
            row = db.execute("SELECT 1 FROM workspaces WHERE id = ?", (found[0],)).fetchone()
            if row is None:
                return found[0]
    return fixed_id("workspace", export.name)


def _language(corpus: Path | None) -> str:
    if corpus is not None:
        with open_corpus(corpus) as opened:
            for document_id in islice(opened.document_ids, 1):
                found = _LANGUAGE.search(opened.ground_truth(document_id))
                if found is not None:
                    return language_code(found[1].decode())
    return "en"


def _seed_corpus(state: State, db: sqlite3.Connection, w: str, path: Path) -> None:
    db.execute("INSERT INTO imports VALUES (?, ?, ?)", (f"seed-{w}", w, state.now() - 1))
    with open_corpus(path) as corpus:
        keys = dict(_seed_documents(db, w, corpus))
        for each in corpus.sets():
            if each.type != "ALL":
                documents = [keys[one] for one in each.documents if one in keys]
                insert_set(db, w, to_plain(each), documents)
        names = {corpus.ground_truth_name(one): one for one in corpus.document_ids}
    for name, entry in _packed_entries(path):
        if names.get(name) in keys:
            content = inflate(entry[0])
            annotated = bool(_ANNOTATED.search(content))
            row = (keys[names[name]], *entry, annotated)
            db.execute("INSERT INTO ground_truths VALUES (?, ?, ?, ?, ?)", row)


def _seed_documents(db: sqlite3.Connection, w: str, corpus: Corpus) -> Iterator[tuple[str, int]]:
    """Store the documents; yields the id and the key of each."""
    for document in corpus.documents():
        item = json.dumps({**to_plain(document), "text": ""})
        row = db.execute(
            "INSERT INTO documents (workspace, import_id, id, item, text) VALUES (?, ?, ?, ?, ?)",
            (w, f"seed-{w}", document.id, item, document.text),
        )
        assert row.lastrowid is not None
        yield document.id, row.lastrowid


def _packed_entries(path: Path) -> Iterator[tuple[str, tuple[bytes, int, int]]]:
    """Name, and raw deflate stream with CRC and size, of each entry: nothing is packed anew."""
    with zipfile.ZipFile(path) as packed, path.open("rb") as file:
        for entry in packed.infolist():
            if entry.compress_type == zipfile.ZIP_DEFLATED:
                raw = _raw(file, entry)
                yield entry.filename, (raw, entry.CRC, entry.file_size)
            else:
                yield entry.filename, deflate(packed.read(entry))


def _raw(file: BinaryIO, entry: zipfile.ZipInfo) -> bytes:
    file.seek(entry.header_offset)
    header = file.read(_LOCAL_HEADER)
    file.seek(sum(struct.unpack("<2H", header[-4:])), 1)
    return file.read(entry.compress_size)
