"""Reduces every ground truth of a corpus to a digest, in several processes where it is large."""

from collections import Counter
from collections.abc import Iterator

from migrator.formats.compare_content import Digest, digest
from migrator.formats.compare_work import DigestedChunk
from migrator.formats.corpus import Corpus
from migrator.formats.inspecting.chunks import Chunk, ZippedChunks
from migrator.formats.inspecting.corpora import is_large
from migrator.formats.inspecting.pool import Pool
from migrator.formats.members import ZipMembers

Digests = Iterator[dict[str, Digest]]


def digest_corpus(corpus: Corpus, pool: Pool, labels: Counter[str]) -> Digests:
    """Document id → digest, some documents at a time; the processes begin at once.

    Their mentions are added to `labels` by type as they come. Raises FormatError where a ground
    truth is damaged: then nobody can tell what it said.
    """
    members = corpus.members
    if not isinstance(members, ZipMembers):
        return ({document: digest(payload, labels)} for document, payload in corpus.ground_truths())
    if is_large(members):
        pool.start()
    chunks = ZippedChunks(members, corpus.prefix)
    shared = pool.share(members.reader, chunks, DigestedChunk)
    return (_named(corpus, chunks[number], one, labels) for number, one in enumerate(shared))


def _named(
    corpus: Corpus, chunk: Chunk, found: DigestedChunk, labels: Counter[str]
) -> dict[str, Digest]:
    labels.update(found.mentions)
    return {
        wanted.document: one or digest(corpus.ground_truth(wanted.document), labels)
        for wanted, one in zip(chunk, found.digests, strict=True)
    }
