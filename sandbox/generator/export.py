"""Writes the three files of an export: type system, dictionaries, corpus."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from migrator.formats.corpus_writer import write_corpus
from sandbox.generator.dictionaries import write_generated_dictionaries
from sandbox.generator.documents import Planned, Shape, compose, facts, listed_text
from sandbox.generator.ground_truth import ground_truth_json
from sandbox.generator.ontology import CREATED, MADE_AT, new_id, seeded, write_generated_types
from sandbox.generator.sets import SourceSet, set_documents, source_sets
from sandbox.generator.texts import LANGUAGES

DEMO_TOKENS = 120  # a document that a person reads at a glance
BENCHMARK_TOKENS = 375  # about 65 KB of JSON per document: 10,000 of them are about 650 MB
_SETS = 12  # SOURCE sets, where the caller names no size


class GeneratedExport(NamedTuple):
    """The files of one generated workspace."""

    types: Path
    dictionaries: Path
    corpus: Path
    workspace_id: str


def generate(
    folder: Path,
    *,
    seed: int,
    documents: int,
    language: str = "en",
    anomalies: bool = True,
    tokens_per_document: int = DEMO_TOKENS,
    documents_per_set: int | None = None,
    level: int = 6,
) -> GeneratedExport:
    """Write an export of `documents` documents into `folder` and name its files.

    `anomalies=False` gives a corpus without a single finding of level error or warning. `level`
    is the deflate level of the corpus. Raises ValueError for a language without words.
    """
    if language not in LANGUAGES:
        raise ValueError(f"no words for {language!r}; there are {', '.join(LANGUAGES)}")
    rng = seeded(seed)
    workspace_id = new_id(rng)
    folder.mkdir(parents=True, exist_ok=True)
    export = GeneratedExport(
        folder / f"types-{workspace_id}.json",
        folder / f"Claims+{language}_dictionary_{CREATED}.zip",
        folder / f"corpus-{workspace_id}.zip",
        workspace_id,
    )
    write_generated_types(export.types, rng, workspace_id)
    write_generated_dictionaries(
        export.dictionaries, rng, language, workspace_id, anomalies=anomalies
    )
    shape = Shape(seed, language, tokens_per_document)
    per_set = documents_per_set or max(10, -(-documents // _SETS))
    sources = source_sets(rng, documents=documents, per_set=per_set, anomalies=anomalies)
    _write_corpus(export.corpus, shape, sources, rng, anomalies=anomalies, level=level)
    return export


def _write_corpus(
    path: Path,
    shape: Shape,
    sources: list[SourceSet],
    rng: random.Random,
    *,
    anomalies: bool,
    level: int,
) -> None:
    sets = set_documents(rng, sources, anomalies=anomalies)
    planned = sorted(
        (one for source in sources for one in source.documents), key=lambda one: one.id
    )
    with path.open("wb") as file:
        write_corpus(
            file,
            _listed(shape, planned),
            sets,
            _ground_truths(shape, planned),
            made_at=MADE_AT,
            level=level,
        )


def _listed(shape: Shape, planned: list[Planned]) -> Iterator[dict[str, Any]]:
    """The items of documents.json."""
    for one in planned:
        said = facts(shape, one)
        yield {
            "id": one.id,
            "name": said["name"],
            "createdDate": said["createdDate"],
            "text": listed_text(one, compose(shape, one)),
            "status": said["status"],
            "modifiedDate": said["modifiedDate"],
        }


def _ground_truths(shape: Shape, planned: list[Planned]) -> Iterator[tuple[str, bytes]]:
    for one in planned:
        yield one.id, ground_truth_json(facts(shape, one), compose(shape, one))
