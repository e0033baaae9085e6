"""A small generated workspace, and its archive."""

import dataclasses
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from migrator.archives.contents import Contents
from migrator.archives.write import write_archive
from migrator.formats.inspect import inspect
from sandbox.generator import GeneratedExport, generate

CREATED_AT = datetime(2026, 11, 22, 13, 15, 31, tzinfo=UTC)


def workspace_json(workspace_id: str, **sections: Any) -> dict[str, Any]:
    """A workspace.json in which nothing beyond the workspace itself was looked at."""
    return {
        "format": 1,
        "captured_at": CREATED_AT.isoformat(),
        "instance": {"name": "Frankfurt", "kind": "ibm_cloud", "address": "https://example.com"},
        "workspace": {"id": workspace_id, "name": "Claims-EN", "language": "en", "tokenizer": "ml"},
        "document_sets": None,
        "dictionaries": None,
        "tasks": None,
        "models": None,
        "members": None,
        "mappings": None,
        "cannot_move": None,
        **sections,
    }


@pytest.fixture(scope="session")
def export(tmp_path_factory: pytest.TempPathFactory) -> GeneratedExport:
    """Eight generated documents with their types and dictionaries."""
    return generate(tmp_path_factory.mktemp("export"), seed=11, documents=8)


@pytest.fixture(scope="session")
def contents(export: GeneratedExport) -> Contents:
    """The whole workspace, inspected."""
    paths = [export.types, export.dictionaries, export.corpus]
    return Contents(
        workspace=workspace_json(export.workspace_id),
        inspection=inspect(paths).to_json_dict(),
        created_at=CREATED_AT,
        types=export.types,
        dictionaries=[export.dictionaries],
        corpus=export.corpus,
    )


@pytest.fixture(scope="session")
def sealed_once(contents: Contents, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One archive for all tests that only read."""
    return write_archive(tmp_path_factory.mktemp("archives") / "claims.zip", contents).path


@pytest.fixture
def archive(sealed_once: Path, tmp_path: Path) -> Path:
    """A copy of the archive that a test may spoil."""
    copy = tmp_path / "claims.zip"
    copy.write_bytes(sealed_once.read_bytes())
    return copy


@pytest.fixture
def with_workspace(contents: Contents) -> Any:
    """Contents with other sections in workspace.json."""

    def make(**sections: Any) -> Contents:
        return dataclasses.replace(contents, workspace={**contents.workspace, **sections})

    return make
