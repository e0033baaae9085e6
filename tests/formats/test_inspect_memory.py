"""What an inspection holds hardly grows with the documents: their names, ids and digests."""

import json
import tracemalloc
from pathlib import Path

from migrator.formats.inspect import inspect
from tests.formats.small_exports import small_corpus
from tests.formats.zips import zipped

FEW, MANY = 200, 2_000
EACH = 400  # bytes for a document; objects for each would take three times that
SOURCE = "5b1c9c70-0000-11e9-8000-0000000000aa"


def corpus_of(number: int, folder: Path) -> Path:
    """So many documents, each with a name and a text of its own, all in two sets."""
    model = small_corpus()
    truth = next(iter(model.ground_truths.values()))
    ids = [f"{SOURCE}-{place}" for place in range(number)]
    documents = [
        {"id": one, "name": f"{one}.txt", "text": f"The number {one}.", "status": "SUBMITTED"}
        for one in ids
    ]
    sets = [model.sets[place] | {"documents": ids, "count": number} for place in (0, 1)]
    members = [(f"gt/{one}.json", json.dumps(truth | {"id": one}).encode()) for one in ids]
    lists = [("documents.json", documents), ("sets.json", sets)]
    members += [(name, json.dumps(plain, indent=2).encode()) for name, plain in lists]
    return zipped(folder / f"{number}.zip", members)


def peak(path: Path) -> int:
    tracemalloc.start()
    try:
        assert inspect([path]).counts["documents"]
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_hardly_grows_with_the_documents(tmp_path: Path) -> None:
    few, many = (corpus_of(number, tmp_path) for number in (FEW, MANY))
    peak(few)  # what is kept of the first one ever: caches of the interpreter
    assert peak(many) - peak(few) < (MANY - FEW) * EACH
