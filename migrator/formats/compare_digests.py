"""Reduces every ground truth of a corpus to a digest."""

from collections.abc import Callable

from migrator.formats.compare_content import Digest, digest
from migrator.formats.corpus import Corpus


def digest_corpus(corpus: Corpus, done: Callable[[int], None]) -> dict[str, Digest]:
    """Document id → digest. `done` is called with 1 for each document and may raise to abort."""
    digests = {}
    for document_id, payload in corpus.ground_truths():
        digests[document_id] = digest(payload)
        done(1)
    return digests
