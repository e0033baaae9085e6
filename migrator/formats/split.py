"""Splits a corpus for upload: the service takes 200 MB and 10,000 documents at a time.

Ground truths are copied as they are, compressed, so that a part costs little more than copying.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from migrator.formats.corpus import DOCUMENTS, SETS, Corpus, DocumentSet, open_corpus
from migrator.formats.jackson import pretty_list
from migrator.formats.members import ZipMembers
from migrator.formats.open_structs import to_plain
from migrator.formats.split_plan import Limits, Part, document_id, plan_parts
from migrator.formats.zip_reader import DEFLATED
from migrator.formats.zip_writer import ZipWriter

Progress = Callable[[int, int | None], None]

MAX_BYTES = 200_000_000  # decimal, of the file
MAX_DOCUMENTS = 10_000


def split_corpus(
    path: Path,
    into: Path,
    *,
    only: set[str] | None = None,
    max_bytes: int = MAX_BYTES,
    max_documents: int = MAX_DOCUMENTS,
    progress: Progress | None = None,
) -> list[Path]:
    """Parts of the corpus at `path`, written into the folder `into`, each a whole corpus.

    Returns `[path]` itself where it fits and `only` is None. `only` names the documents to take;
    an empty list comes back where it names none that are there. A document set is divided only
    where it exceeds a limit alone; its parts keep its id. `progress` gets (documents written,
    total) and may raise: then no part is left behind. Raises FormatError for what is no corpus.
    """
    limits = Limits(max_bytes, max_documents)
    with open_corpus(path) as corpus:
        if only is None and _fits(path, corpus, limits):
            return [path]
        parts = plan_parts(corpus, only, limits)
        writer = _Parts(corpus, progress, sum(len(part.documents) for part in parts))
        return writer.write_all(parts, into, keep_empty_sets=only is None)


def _fits(path: Path, corpus: Corpus, limits: Limits) -> bool:
    if path.is_dir() or path.stat().st_size > limits.size:
        return False
    listed = sum(1 for _ in corpus.document_items())
    return max(listed, corpus.ground_truth_count) <= limits.documents


class _Parts:
    """Writes the parts of one corpus and reports how far it is."""

    def __init__(self, corpus: Corpus, progress: Progress | None, total: int) -> None:
        self._corpus = corpus
        self._progress = progress
        self._done = 0
        self._total = total

    def write_all(self, parts: list[Part], into: Path, *, keep_empty_sets: bool) -> list[Path]:
        """All parts, or none when writing one fails."""
        written: list[Path] = []
        try:
            for number, part in enumerate(parts, 1):
                path = into / f"{self._corpus.path.stem}-part-{number}.zip"
                written.append(path)
                self._write(path, part, keep_empty_sets=keep_empty_sets and number == 1)
        except BaseException:
            for path in written:
                path.unlink(missing_ok=True)
            raise
        return written

    def _write(self, path: Path, part: Part, *, keep_empty_sets: bool) -> None:
        sets = _sets(self._corpus.sets(), part.documents, keep_empty_sets=keep_empty_sets)
        with path.open("wb") as file, ZipWriter(file) as writer:
            writer.add(DOCUMENTS, _listed(self._corpus, part.documents))
            writer.add(SETS, pretty_list(sets))
            for document in self._corpus.document_ids:
                if document in part.documents:
                    self._copy(writer, document)

    def _copy(self, writer: ZipWriter, document: str) -> None:
        """One ground truth; as it is stored where it is deflated already."""
        members = self._corpus.members
        name = self._corpus.ground_truth_name(document)
        clean_name = f"gt/{document}.json"
        entry = members.entry(name) if isinstance(members, ZipMembers) else None
        if isinstance(members, ZipMembers) and entry and entry.method == DEFLATED:
            packed = members.reader.packed(entry)
            writer.add_packed(clean_name, packed, crc=entry.crc, size=entry.size)
        else:
            writer.add(clean_name, (members.read(name),))
        self._done += 1
        if self._progress is not None:
            self._progress(self._done, self._total)


def _listed(corpus: Corpus, documents: set[str]) -> Iterator[bytes]:
    """documents.json with these documents only, each printed as it was."""
    before = b"[ "
    for item in corpus.document_items():
        if document_id(item) in documents:
            yield before + item
            before = b", "
    yield b"[ ]" if before == b"[ " else b" ]"


def _sets(
    sets: Iterable[DocumentSet], documents: set[str], *, keep_empty_sets: bool
) -> Iterator[dict[str, Any]]:
    """The sets with the documents of one part; those that hold none of them are left out."""
    for one in sets:
        members = [member for member in one.documents if member in documents]
        was_empty = not one.documents and keep_empty_sets
        if members or was_empty or one.type == "ALL":
            yield {**to_plain(one), "documents": members, "count": len(members)}
