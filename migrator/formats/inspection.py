"""What an inspection gives back: plain facts, ready for JSON."""

from pathlib import Path
from typing import Any

import msgspec

from migrator.formats.kinds import Kind
from migrator.formats.wording import ERROR

COUNT_NAMES = (
    "documents",
    "document_sets",
    "characters",
    "sentences",
    "tokens",
    "mentions",
    "relations",
    "coreferences",
    "entity_types",
    "relation_types",
    "relation_labels",
    "dictionaries",
    "entries",
)

LONGEST = 200  # characters of a label or id that are shown


def shown(text: str) -> str:
    """Short enough for a page, and without lone surrogates, which no page and no file can hold."""
    return text[:LONGEST].encode("utf-8", "replace").decode()


class Finding(msgspec.Struct):
    """All occurrences of one anomaly. Its words are in `findings.CATALOGUE[code]`.

    `count` is the number of occurrences, `documents` that of the documents concerned. `examples`
    are the first ones, as "document: detail"; they hold ids and labels, never document text.
    """

    code: str
    level: str
    count: int
    examples: list[str]
    documents: int = 0


class Occurrence(msgspec.Struct, gc=False):
    """One occurrence, for whoever wants them all. `document` is empty beyond documents."""

    code: str
    document: str
    detail: str = ""
    count: int = 1


class InspectedFile(msgspec.Struct):
    """One file and what it is; `sentence` says so in words, `counts` holds what it has."""

    path: Path
    kind: Kind
    counts: dict[str, int]
    workspace_id: str
    sentence: str


class Inspection(msgspec.Struct):
    """Everything found in a bundle of files.

    `counts` has every name of COUNT_NAMES. `details` holds dicts: `document_sets` (by set id:
    name, type, documents, annotated, mentions, relations, coreferences), `entity_types` (mentions
    by label), `relation_types` (relations by label), `relation_signatures` (by relation label:
    source type, target type, relations, of relations that name two mentions and are defined),
    `languages` and `statuses` (documents by value), `dictionaries` (by id or name: name, language,
    entries, entity_type_id).
    """

    files: list[InspectedFile]
    counts: dict[str, int]
    findings: list[Finding]
    details: dict[str, dict[str, Any]]

    @property
    def is_recognized(self) -> bool:
        """Whether every file is one that the product knows."""
        return all(file.kind != Kind.UNKNOWN for file in self.files)

    @property
    def has_errors(self) -> bool:
        """Whether anything found is at the level of an error."""
        return any(finding.level == ERROR for finding in self.findings)

    def to_json_dict(self) -> dict[str, Any]:
        """The published JSON shape: files, counts, findings."""
        return {
            "files": [
                {"path": str(file.path), "kind": str(file.kind), "counts": file.counts}
                for file in self.files
            ],
            "counts": self.counts,
            "findings": [
                {
                    "code": finding.code,
                    "level": finding.level,
                    "count": finding.count,
                    "examples": finding.examples,
                }
                for finding in self.findings
            ],
        }
