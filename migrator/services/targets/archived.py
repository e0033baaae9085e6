"""What an archive brings into a target: its files laid out, and what it knows about them."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from migrator.archives.read import Archive as OpenArchive
from migrator.models import Archive, PlanItem
from migrator.services.beats import Progress


@dataclass(frozen=True)
class Source:
    """The files of an archive in a working folder, and its facts and details."""

    types: Path | None
    dictionaries: list[Path]
    corpus: Path | None
    facts: dict[str, Any]
    details: dict[str, Any]

    @property
    def mentions_by_label(self) -> dict[str, int]:
        """How many mentions need each entity type."""
        found: dict[str, int] = self.details.get("entity_types") or {}
        return found

    @property
    def relations_by_signature(self) -> dict[str, int]:
        """How many relations need each relation type."""
        counted: Counter[str] = Counter()
        for label, signatures in (self.details.get("relation_signatures") or {}).items():
            for source, target, relations in signatures:
                counted[f"{source} → {label} → {target}"] += relations
        return counted

    @property
    def read_only(self) -> list[dict[str, Any]]:
        """The read-only dictionaries that the source had, as far as it was looked at."""
        return [one for one in self.facts.get("dictionaries") or [] if one["read_only"]]


def archive_of(item: PlanItem) -> Archive | None:
    """What the item is restored from: the newest whole one of its backup, else the chosen one."""
    return item.archives.filter(verify_problem="").first() or item.archive


def laid_out(opened: OpenArchive, folder: Path, progress: Progress) -> Source:
    """The archive's artifacts written below `folder`, verified on the way."""
    inside = folder / "archive"
    inside.mkdir(exist_ok=True)

    def out(name: str) -> Path:
        # A dictionary's CSV carries the dictionary's name in its file name only.
        return opened.extract(name, inside / Path(name).name, progress=progress)

    return Source(
        types=out(opened.types_name) if opened.types_name else None,
        dictionaries=[out(name) for name in opened.dictionary_names],
        corpus=out(opened.corpus_name) if opened.corpus_name else None,
        facts=opened.workspace,
        details=opened.inspection.get("details") or {},
    )
