"""The document sets of a generated export: ALL, SOURCE, ASSIGNMENT, TRAINING, TEST, BLIND."""

import random
from dataclasses import dataclass
from typing import Any

from sandbox.generator.anomalies import anomaly_of
from sandbox.generator.documents import Planned
from sandbox.generator.ontology import CREATED, new_id

ANNOTATORS = tuple(f"annotator-{number}@example.com" for number in (1, 2, 3))
_SHARES = (("Training", "TRAINING", 0.70), ("Test", "TEST", 0.23), ("Blind", "BLIND", 0.05))


@dataclass(frozen=True, slots=True)
class SourceSet:
    """A set that documents were uploaded as; their ids begin with its id."""

    id: str
    name: str
    documents: tuple[Planned, ...]


def source_sets(
    rng: random.Random, *, documents: int, per_set: int, anomalies: bool
) -> list[SourceSet]:
    """`documents` documents in sets of `per_set`, the last one smaller."""
    sets = []
    for number, start in enumerate(range(0, documents, per_set), 1):
        set_id = new_id(rng)
        members = tuple(
            Planned(start + n, f"{set_id}-{n}", anomaly_of(start + n) if anomalies else "")
            for n in range(min(per_set, documents - start))
        )
        sets.append(SourceSet(set_id, f"Reports {number:02}", members))
    return sets


def set_documents(
    rng: random.Random, sources: list[SourceSet], *, anomalies: bool
) -> list[dict[str, Any]]:
    """sets.json as plain data, in the service's order of fields."""
    everything = sorted(planned.id for source in sources for planned in source.documents)
    ids = [[planned.id for planned in source.documents] for source in sources]
    listed = [_set("id-all", "All", everything, "ALL", 0)]
    for number, source in enumerate(sources):
        listed.append(_set(source.id, source.name, ids[number], "SOURCE", number + 1))
        listed += _assignments(rng, source, ids[number], number + 1, anomalies=anomalies)
    if anomalies:
        listed.append(_set(new_id(rng), "Withdrawn", [], "SOURCE", len(sources) + 1))
    return listed + _shares(rng, everything, len(sources) + 2)


def _assignments(
    rng: random.Random, source: SourceSet, ids: list[str], number: int, *, anomalies: bool
) -> list[dict[str, Any]]:
    """The set goes in two halves to two people; where they overlap, some documents to both."""
    half = (len(ids) + 1) // 2
    overlap = max(1, len(ids) // 10) if anomalies and number % 2 else 0
    parts = [part for part in (ids[: half + overlap], ids[half:]) if part]
    people = [ANNOTATORS[(number + n) % len(ANNOTATORS)] for n in (0, 1)]
    return [
        _set(
            new_id(rng),
            f"{source.name} - {letter}",
            part,
            "ASSIGNMENT",
            number,
            annotator=annotator,
        )
        for letter, part, annotator in zip("AB", parts, people, strict=False)
    ]


def _shares(rng: random.Random, ids: list[str], number: int) -> list[dict[str, Any]]:
    """Disjoint sets for training, test and blind test, which leave a few documents out."""
    mixed = rng.sample(ids, len(ids))
    sets, start = [], 0
    for name, kind, share in _SHARES:
        count = max(1, int(len(ids) * share))
        sets.append(_set(new_id(rng), name, mixed[start : start + count], kind, number))
        start += count
    return [one for one in sets if one["documents"]]


def _set(
    set_id: str, name: str, documents: list[str], kind: str, number: int, *, annotator: str = ""
) -> dict[str, Any]:
    changed = 0 if kind == "ALL" else CREATED + number * 3_600_000
    return {
        "id": set_id,
        "name": name,
        "createdDate": changed,
        "documents": documents,
        "type": kind,
        **({"annotator": annotator} if annotator else {}),
        "modifiedDate": changed,
        "count": len(documents),
    }
