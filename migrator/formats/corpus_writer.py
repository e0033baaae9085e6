"""Writes a corpus as the service does, in one pass, whatever its size."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from migrator.formats.corpus import DOCUMENTS, GROUND_TRUTH_FOLDER, SETS, Document, DocumentSet
from migrator.formats.jackson import pretty_list
from migrator.formats.open_structs import OpenStruct, to_plain
from migrator.formats.zip_writer import Sink, ZipWriter

Plain = Mapping[str, Any]


def write_corpus(
    file: Sink,
    documents: Iterable[Document | Plain],
    sets: Iterable[DocumentSet | Plain],
    ground_truths: Iterable[tuple[str, bytes]],
    *,
    made_at: datetime | None = None,
    level: int = 6,
) -> None:
    """Write documents, sets and (document id, ground truth file) pairs, in this order.

    Each iterable is read once and after the one before it. `file` need not be seekable. The
    ground truth files go in byte for byte. `made_at` is the time stamp of all entries, now where
    not given; `level` is the deflate level, 6 as the service uses.
    """
    with ZipWriter(file, made_at=made_at, level=level) as writer:
        writer.add(DOCUMENTS, pretty_list(_plain(documents)))
        writer.add(SETS, pretty_list(_plain(sets)))
        for document_id, payload in ground_truths:
            writer.add(f"{GROUND_TRUTH_FOLDER}{document_id}.json", (payload,))


def _plain(items: Iterable[OpenStruct | Plain]) -> Iterator[Plain]:
    for item in items:
        yield to_plain(item) if isinstance(item, OpenStruct) else item
