"""What goes into an archive, and the names it has there."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from migrator.archives import worksheets
from migrator.archives.naming import free_name, readable_name, safe_name
from migrator.archives.worksheets import Sheet

WORKSPACE = "data/workspace.json"
INSPECTION = "data/inspection.json"
INDEX = "index.html"
DICTIONARIES = "data/dictionaries/"
TYPES_PATTERN = re.compile(r"data/types-[^/]+\.json")
CORPUS_PATTERN = re.compile(r"data/corpus-[^/]+\.zip")


@dataclass(frozen=True)
class Contents:
    """The artifacts of one workspace, byte for byte as downloaded, and what is known about it.

    `workspace` becomes workspace.json, `inspection` inspection.json: both plain JSON values.
    `created_at` is an aware time; it dates the bag and every entry of the ZIP. `fingerprints` are
    the SHA-256 that the artifacts had when they were inspected, in hex, where they are known.
    """

    workspace: dict[str, Any]
    inspection: dict[str, Any]
    created_at: datetime
    types: Path | None = None
    dictionaries: list[Path] = field(default_factory=list)
    corpus: Path | None = None
    fingerprints: dict[Path, str] = field(default_factory=dict)
    worksheets: Sequence[Sheet] = ()

    @property
    def workspace_id(self) -> str:
        """The workspace's id made safe for a file name."""
        return safe_name(str(self._facts.get("id") or ""), otherwise="unknown")

    @property
    def workspace_name(self) -> str:
        """The workspace's name on one line; its id where it has none."""
        return " ".join(str(self._facts.get("name") or "").split()) or self.workspace_id

    @property
    def folder(self) -> str:
        """The bag's top-level folder in the ZIP."""
        return f"knowledge-studio-{self.workspace_id}"

    def workspace_json(self) -> dict[str, Any]:
        """What stands in workspace.json: the facts, and a list of the worksheets."""
        return {**self.workspace, **worksheets.listed(self.worksheets)}

    @property
    def _facts(self) -> dict[str, Any]:
        facts = self.workspace.get("workspace")
        return facts if isinstance(facts, dict) else {}

    def artifacts(self) -> dict[str, Path]:
        """Name in the bag → file, in the order in which a restore needs them."""
        named: dict[str, Path] = {}
        if self.types is not None:
            named[f"data/types-{self.workspace_id}.json"] = self.types
        for path in self.dictionaries:
            named[free_name(self._dictionary_name(path), named)] = path
        if self.corpus is not None:
            named[f"data/corpus-{self.workspace_id}.zip"] = self.corpus
        return named

    def portable_inspection(self) -> dict[str, Any]:
        """The inspection with the bag's names for its files: no folder of this machine is kept."""
        names = {str(path): name for name, path in self.artifacts().items()}
        files = [
            {**file, "path": names.get(file["path"], Path(file["path"]).name)}
            for file in self.inspection.get("files") or []
        ]
        return {**self.inspection, "files": files}

    def _dictionary_name(self, path: Path) -> str:
        # A CSV carries its dictionary's name in its file name only, so that name is kept.
        if is_zip(path):
            return f"{DICTIONARIES}dictionaries-{self.workspace_id}.zip"
        return f"{DICTIONARIES}{readable_name(path.stem, otherwise='dictionary')}.csv"


def is_zip(path: Path) -> bool:
    """True where the file starts like a ZIP; its name says nothing."""
    with open(path, "rb") as file:
        return file.read(2) == b"PK"
