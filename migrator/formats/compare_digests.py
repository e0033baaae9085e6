"""Reduces every ground truth of a corpus to a digest, in several processes where it is large."""

from collections.abc import Callable, Iterator

from migrator.formats.compare_content import Digest, digest
from migrator.formats.corpus import Corpus
from migrator.formats.inspecting.chunks import Chunk, in_chunks
from migrator.formats.inspecting.corpora import LARGE
from migrator.formats.inspecting.pool import Pool, processes
from migrator.formats.members import ZipMembers
from migrator.formats.zip_directory import ZipEntry
from migrator.formats.zip_reader import DamagedEntry, EntryReader


def digest_corpus(corpus: Corpus, done: Callable[[int], None]) -> dict[str, Digest]:
    """Document id → digest. `done` gets how many more are done, and may raise to abort.

    Raises FormatError where a ground truth is damaged: then nobody can tell what it said.
    """
    digests: dict[str, Digest] = {}
    for chunk in _digested(corpus):
        digests.update(chunk)
        done(len(chunk))
    return digests


def _digested(corpus: Corpus) -> Iterator[dict[str, Digest]]:
    members, names = corpus.members, corpus.ground_truth_names
    size = sum(members.size(name) for name in names.values())
    if not isinstance(members, ZipMembers) or size < LARGE or processes() == 1:
        for document, payload in corpus.ground_truths():
            yield {document: digest(payload)}
        return
    chunks = list(in_chunks((document, members.by_name[name]) for document, name in names.items()))
    with Pool(members.reader, chunks, digest_chunk, list[Digest | None]) as pool:
        for chunk, digests in zip(chunks, pool.results(), strict=True):
            documents = [document for document, _ in chunk]
            yield {
                document: one if one is not None else digest(corpus.ground_truth(document))
                for document, one in zip(documents, digests, strict=True)
            }


def digest_chunk(reader: EntryReader, chunk: Chunk) -> list[Digest | None]:
    """The digest of each document, None for a damaged entry: an error cannot travel."""
    return [_digest(reader, entry) for _, entry in chunk]


def _digest(reader: EntryReader, entry: ZipEntry) -> Digest | None:
    try:
        return digest(reader.read(entry))
    except DamagedEntry:
        return None
