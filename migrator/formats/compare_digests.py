"""Reduces every ground truth of a corpus to a digest, in several processes where it is large."""

from collections.abc import Callable, Iterator

from migrator.formats.compare_content import Digest, digest
from migrator.formats.compare_work import DIGESTER
from migrator.formats.corpus import Corpus
from migrator.formats.inspecting.chunks import Wanted, in_chunks
from migrator.formats.inspecting.corpora import is_large
from migrator.formats.inspecting.pool import Pool
from migrator.formats.members import ZipMembers


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
    if not isinstance(members, ZipMembers) or not is_large(corpus):
        for document, payload in corpus.ground_truths():
            yield {document: digest(payload)}
        return
    entries = members.by_name
    chunks = list(in_chunks(Wanted(one, entries[name]) for one, name in names.items()))
    with Pool(DIGESTER) as pool:
        shared = pool.share(members.reader, chunks, list[Digest | None])
        for chunk, digests in zip(chunks, shared, strict=True):
            yield {
                wanted.document: one or digest(corpus.ground_truth(wanted.document))
                for wanted, one in zip(chunk, digests, strict=True)
            }
