"""Exports as plain values, to be edited and written again."""

import copy
import json
import random
import uuid
import zipfile
from pathlib import Path
from typing import Any

from migrator.formats.corpus_writer import write_corpus
from migrator.formats.jackson import pretty

Plain = dict[str, Any]


class PlainCorpus:
    """A corpus as JSON values; `ground_truths` by document id. No dataclass: its print is long."""

    def __init__(
        self, documents: list[Plain], sets: list[Plain], ground_truths: dict[str, Plain]
    ) -> None:
        self.documents = documents
        self.sets = sets
        self.ground_truths = ground_truths

    def __repr__(self) -> str:
        """Short: a failing test would print it all."""
        return f"PlainCorpus of {len(self.documents)} documents"

    def copy(self) -> "PlainCorpus":
        return copy.deepcopy(self)

    def write(self, path: Path) -> Path:
        files = ((key, pretty(value).encode()) for key, value in self.ground_truths.items())
        with path.open("wb") as file:
            write_corpus(file, self.documents, self.sets, files)
        return path


def read_plain(path: Path) -> PlainCorpus:
    with zipfile.ZipFile(path) as corpus:
        names = [name for name in corpus.namelist() if name.startswith("gt/")]
        return PlainCorpus(
            json.loads(corpus.read("documents.json")),
            json.loads(corpus.read("sets.json")),
            {name[3:-5]: json.loads(corpus.read(name)) for name in names},
        )


def with_new_ids(corpus: PlainCorpus, seed: int = 0) -> PlainCorpus:
    """The same content under other ids and in another order, as after a restore."""
    rng = random.Random(seed)
    made = corpus.copy()
    sets = {one["id"]: str(uuid.UUID(int=rng.getrandbits(128))) for one in made.sets}
    documents = {
        one["id"]: f"{uuid.UUID(int=rng.getrandbits(128))}-{rng.randint(0, 99)}"
        for one in made.documents
    }
    for one in made.documents:
        one["id"] = documents[one["id"]]
    for one in made.sets:
        one["id"] = sets[one["id"]]
        one["documents"] = [documents[member] for member in one["documents"]]
        rng.shuffle(one["documents"])
    made.ground_truths = {
        documents[key]: _with_new_ids(value | {"id": documents[key]}, rng)
        for key, value in made.ground_truths.items()
    }
    rng.shuffle(made.documents)
    rng.shuffle(made.sets)
    return made


def _with_new_ids(document: Plain, rng: random.Random) -> Plain:
    mentions = {one["id"]: f"x{n}" for n, one in enumerate(document["mentions"])}
    for number, one in enumerate(document["mentions"]):
        one["id"] = f"x{number}"
    for number, one in enumerate(document["relations"]):
        one["id"] = f"y{number}"
        one["args"] = [mentions.get(arg, f"{arg}?") for arg in one["args"]]
    for number, one in enumerate(document["corefs"]):
        one["id"] = f"z{number}"
        one["mentions"] = [mentions.get(member, f"{member}?") for member in one["mentions"]]
        rng.shuffle(one["mentions"])
    for name in ("mentions", "relations", "corefs"):
        rng.shuffle(document[name])
    return document


def types_with_new_ids(types: Plain) -> Plain:
    """The same type system under other ids and in another order."""
    made = copy.deepcopy(types)
    ids = {one["id"]: str(uuid.uuid4()) for one in made["entityTypes"]}
    for one in made["entityTypes"]:
        one["id"] = ids[one["id"]]
        one["sireProp"]["roles"] = [ids[role] for role in one["sireProp"]["roles"]][::-1]
        one["creationDate"] = 1
    for one in made["relationshipTypes"]:
        one["id"] = str(uuid.uuid4())
        one["srcEntType"], one["tgtEntType"] = ids[one["srcEntType"]], ids[one["tgtEntType"]]
    made["entityTypes"].reverse()
    made["relationshipTypes"].reverse()
    made["pid"] = str(uuid.uuid4())
    return made
