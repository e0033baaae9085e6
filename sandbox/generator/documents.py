"""Plans the documents of an export and writes each of them anew whenever it is asked for.

Nothing is kept: the same plan gives the same document, so a corpus of any size streams twice
(once for documents.json, once for the ground truth) without being held in memory.
"""

from dataclasses import dataclass
from typing import Any

from sandbox.generator import anomalies
from sandbox.generator.ontology import CREATED, seeded
from sandbox.generator.texts import LANGUAGES, Composed, Composer

_FAMILIES = ("s", "s", "m", "cm", "rulepre_", "-M")
_PREANNOTATION = {"rulepre_": ["PRE_RULE"], "m": ["PRE_SIRE"], "cm": ["PRE_LW"]}
_STATUSES = ("SUBMITTED", "SUBMITTED", "READY", "IN_PROGRESS")


@dataclass(frozen=True, slots=True)
class Planned:
    """One document to be written: `position` from 0 in the whole export."""

    position: int
    id: str
    anomaly: str


@dataclass(frozen=True, slots=True)
class Shape:
    """What all documents of an export share."""

    seed: int
    language: str
    tokens: int


def facts(shape: Shape, planned: Planned) -> dict[str, Any]:
    """Id, name, dates, status and the like, as both documents.json and the ground truth say."""
    position = _content_position(planned)
    return {
        "id": planned.id,
        "name": f"report-{position + 1:05}.txt",
        "createdDate": 0,
        "language": shape.language.upper(),
        "status": _STATUSES[position % len(_STATUSES)],
        "modifiedDate": CREATED + 90_000_000 + position * 1_000,
        "preannotation": _PREANNOTATION.get(_family(position), []),
    }


def compose(shape: Shape, planned: Planned) -> Composed:
    """The document's content, its anomaly included."""
    position = _content_position(planned)
    rng = seeded(f"{shape.seed}-{position}")
    composer = Composer(rng, shape.language, _family(position))
    made = composer.compose(
        shape.tokens,
        _remarks(planned, shape.language),
        "\r" if planned.anomaly == "carriage returns" else "\n",
    )
    if change := anomalies.STRUCTURAL.get(planned.anomaly):
        change(made, rng)
    return made


def listed_text(planned: Planned, made: Composed) -> str:
    """The text that documents.json gives, which is not always that of the ground truth."""
    return f"{made.text} " if planned.anomaly == "other text" else made.text


def _remarks(planned: Planned, language: str) -> tuple[str, ...]:
    if planned.anomaly == "abbreviation":
        return (LANGUAGES[language].ABBREVIATED,)
    remark = anomalies.REMARKS.get(planned.anomaly)
    return (remark,) if remark else ()


def _family(position: int) -> str:
    return _FAMILIES[position % len(_FAMILIES)]


def _content_position(planned: Planned) -> int:
    """A repeated document has the name and the text of the one before it."""
    return planned.position - (planned.anomaly == "repeated document")
