"""Worksheets in an archive: what a person has to make again, as CSV, as JSON, with original files.

Each is `data/worksheets/<kind>.csv` and `.json`, its original files lie in
`data/worksheets/files/<kind>/`, and all are listed under `worksheets` in workspace.json. An archive
without them has no such list and is whole all the same.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from migrator.archives.naming import free_name, readable_name, safe_name

WORKSHEETS = "data/worksheets/"
FILES = f"{WORKSHEETS}files/"
SECTION = "worksheets"  # of workspace.json
LONGEST_SUFFIX = 10  # characters


@dataclass(frozen=True)
class Attached:
    """An original file: what people call it, where it lies, and what else is known of it.

    `facts` are plain JSON values, among them `row`: the place of its line, None for the worksheet.
    """

    name: str
    path: Path
    sha256: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Sheet:
    """One worksheet: its document (plain JSON values), the same as CSV text, and its files.

    The document has `kind`, `title`, `state`, `reason`, `stated_by`, `stated_at`, `columns`
    ({key, label}) and `rows` ({cells}).
    """

    document: Mapping[str, Any]
    csv: str
    files: Sequence[Attached] = ()

    @property
    def kind(self) -> str:
        """Its kind, safe for a file name."""
        return safe_name(str(self.document["kind"]), otherwise="worksheet")

    @property
    def csv_name(self) -> str:
        """The name of its CSV file in the bag."""
        return f"{WORKSHEETS}{self.kind}.csv"

    @property
    def json_name(self) -> str:
        """The name of its JSON file in the bag."""
        return f"{WORKSHEETS}{self.kind}.json"

    def named_files(self) -> dict[str, Attached]:
        """Name in the bag → original file."""
        named: dict[str, Attached] = {}
        for file in self.files:
            path = f"{FILES}{self.kind}/{_readable(file.name)}"
            named[free_name(path, named)] = file
        return named

    def file_documents(self) -> list[dict[str, Any]]:
        """The files as the JSON lists them."""
        return [
            {**file.facts, "name": file.name, "path": name, "sha256": file.sha256}
            for name, file in self.named_files().items()
        ]


def _readable(name: str) -> str:
    """The name as the bag has it; a suffix of ordinary length is kept."""
    stem, dot, suffix = name.rpartition(".")
    if dot and len(suffix) <= LONGEST_SUFFIX:
        return f"{readable_name(stem, otherwise='file')}.{safe_name(suffix, otherwise='bin')}"
    return readable_name(name, otherwise="file")


def attachments(sheets: Iterable[Sheet]) -> dict[str, Attached]:
    """Name in the bag → original file, of all worksheets."""
    return {name: file for sheet in sheets for name, file in sheet.named_files().items()}


def texts(sheets: Iterable[Sheet]) -> dict[str, bytes]:
    """Name in the bag → content of the CSV and JSON files."""
    found: dict[str, bytes] = {}
    for sheet in sheets:
        document = {**sheet.document, "files": sheet.file_documents()}
        found[sheet.csv_name] = sheet.csv.encode()
        found[sheet.json_name] = json.dumps(document, ensure_ascii=False, indent=2).encode() + b"\n"
    return found


def listed(sheets: Sequence[Sheet]) -> dict[str, Any]:
    """The section of workspace.json; nothing where there are no worksheets."""
    if not sheets:
        return {}
    told = ("kind", "title", "state", "reason", "stated_by", "stated_at")
    return {
        SECTION: [
            {
                **{name: sheet.document.get(name) for name in told},
                "rows": len(sheet.document["rows"]),
                "csv": sheet.csv_name,
                "json": sheet.json_name,
                "files": [
                    {"name": file["name"], "path": file["path"], "sha256": file["sha256"]}
                    for file in sheet.file_documents()
                ],
            }
            for sheet in sheets
        ]
    }
