"""Exports to measure with: generated corpora, and two that are large in one place."""

import json
import random
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from migrator.formats.jackson import pretty_list
from migrator.formats.zip_writer import ZipWriter
from sandbox.generator import generate
from sandbox.generator.export import BENCHMARK_TOKENS
from sandbox.generator.ontology import seeded, type_system_document

SEED = 20


def corpus(folder: Path, documents: int) -> Path:
    """A corpus of documents with some 65 KB of JSON each."""
    started = time.monotonic()
    made = generate(
        folder / str(documents),
        seed=SEED,
        documents=documents,
        tokens_per_document=BENCHMARK_TOKENS,
    )
    size, taken = made.corpus.stat().st_size / 1e6, time.monotonic() - started
    print(f"{documents:,} documents made in {taken:.0f} s, {size:.0f} MB packed", flush=True)
    return made.corpus


def large_listing(folder: Path, size: int) -> Path:
    """A corpus whose documents.json has about `size` bytes; it has no ground truths."""
    path = folder / "listing.zip"
    rng = seeded(SEED)
    words = [f"{rng.randrange(1 << 40):x}" for _ in range(5_000)]
    with path.open("wb") as file, ZipWriter(file, level=1) as writer:
        writer.add("documents.json", pretty_list(_documents(rng, words, size)))
        writer.add("sets.json", [b"[ ]"])
    return path


def _documents(rng: random.Random, words: list[str], size: int) -> Iterator[dict[str, Any]]:
    made = number = 0
    while made < size:
        text = " ".join(rng.choices(words, k=2_000))
        made += len(text) + 160
        number += 1
        yield {
            "id": f"00000000-0000-0000-0000-000000000000-{number}",
            "name": f"report-{number}.txt",
            "createdDate": 0,
            "text": text,
            "status": "READY",
            "modifiedDate": 0,
        }


def large_types(folder: Path, relation_types: int, size: int) -> Path:
    """A type system of about `size` bytes; each relation type has a signature of its own."""
    whole = type_system_document(seeded(SEED), "00000000-0000-0000-0000-000000000000")
    ids = [one["id"] for one in whole["entityTypes"]]
    template = whole["relationshipTypes"][0]
    padding = "p" * max(0, size // relation_types - len(json.dumps(template)))
    whole["relationshipTypes"] = [
        template
        | {
            "id": str(uuid.UUID(int=number)),
            "label": f"relation{number // len(ids) ** 2}",
            "srcEntType": ids[number // len(ids) % len(ids)],
            "tgtEntType": ids[number % len(ids)],
            "typeDesc": padding,
        }
        for number in range(relation_types)
    ]
    path = folder / "types.json"
    path.write_text(json.dumps(whole))
    return path
