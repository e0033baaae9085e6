"""Reading the worksheets of an archive, and proving that they are what was sealed."""

import json
from collections.abc import Mapping
from typing import Any

from migrator.archives.errors import ArchiveError
from migrator.archives.fingerprints import payload_fingerprints
from migrator.archives.worksheets import SECTION, WORKSHEETS
from migrator.archives.zipped import ANOTHER_COPY, OpenedBag


def read_worksheets(opened: OpenedBag, workspace: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The documents of the worksheets that workspace.json lists, each proven to fit what it lists.

    Empty for an archive without. Raises ArchiveError where a file is missing, differs from what is
    said of it, or cannot be read.
    """
    section = workspace.get(SECTION)
    if section is None:
        return []
    if not isinstance(section, list) or not all(isinstance(entry, dict) for entry in section):
        raise _contradicted("the list in workspace.json is none")
    fingerprints = payload_fingerprints(opened) if section else {}
    return [_read(opened, entry, fingerprints) for entry in section]


def _read(
    opened: OpenedBag, entry: Mapping[str, Any], fingerprints: Mapping[str, str]
) -> dict[str, Any]:
    name = str(entry.get("json"))
    if not name.startswith(WORKSHEETS) or name not in fingerprints:
        raise _contradicted(f"“{name}” is listed and not there")
    try:
        document = json.loads(opened.text(name))
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict) or not isinstance(document.get("rows"), list):
        raise _contradicted(f"“{name}” is no worksheet")
    if len(document["rows"]) != entry.get("rows"):
        raise _contradicted(f"“{name}” has another number of lines than listed")
    for file in [{"path": entry.get("csv")}, *_files(entry), *_files(document)]:
        _check_file(file, fingerprints)
    return document


def _files(of: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = of.get("files")
    return [file for file in found if isinstance(file, dict)] if isinstance(found, list) else []


def _check_file(file: Mapping[str, Any], fingerprints: Mapping[str, str]) -> None:
    path = str(file.get("path"))
    if not path.startswith(WORKSHEETS) or path not in fingerprints:
        raise _contradicted(f"“{path}” is listed and not there")
    if file.get("sha256", fingerprints[path]) != fingerprints[path]:
        raise _contradicted(f"“{path}” is another file than the one that was attached")


def _contradicted(how: str) -> ArchiveError:
    return ArchiveError(
        f"The archive contradicts itself about its worksheets: {how}.",
        meaning="Types, dictionaries and documents are not touched by this, but what people noted "
        "to make again cannot be relied on.",
        remedy=ANOTHER_COPY,
        files=[WORKSHEETS],
    )
