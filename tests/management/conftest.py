"""Commands as a shell sees them: exit code, standard output, standard error."""

import dataclasses
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from migrator.archives.contents import Contents
from migrator.archives.write import write_archive
from migrator.formats.inspect import inspect
from sandbox.generator import GeneratedExport, generate


@dataclasses.dataclass
class Answer:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """Standard output as the one JSON document that it must be."""
        return json.loads(self.out)


def run(*arguments: object) -> Answer:
    """Run a command in this process."""
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command(*[str(argument) for argument in arguments], stdout=out, stderr=err)
        code = 0
    except SystemExit as leaving:
        code = int(leaving.code or 0)
    return Answer(code, out.getvalue(), err.getvalue())


@pytest.fixture(scope="session")
def export(tmp_path_factory: pytest.TempPathFactory) -> GeneratedExport:
    """An export without errors or warnings."""
    folder = tmp_path_factory.mktemp("clean")
    return generate(folder, seed=5, documents=6, anomalies=False)


@pytest.fixture(scope="session")
def other_export(tmp_path_factory: pytest.TempPathFactory) -> GeneratedExport:
    """The export of another workspace."""
    folder = tmp_path_factory.mktemp("other")
    return generate(folder, seed=6, documents=6, anomalies=False)


def write_archive_of(export: GeneratedExport, destination: Path) -> Path:
    """An archive of a generated export."""
    paths = [export.types, export.dictionaries, export.corpus]
    contents = Contents(
        workspace={"format": 1, "workspace": {"id": export.workspace_id, "name": "Claims"}},
        inspection=inspect(paths).to_json_dict(),
        created_at=datetime(2026, 11, 22, tzinfo=UTC),
        types=export.types,
        dictionaries=[export.dictionaries],
        corpus=export.corpus,
    )
    return write_archive(destination, contents).path


@pytest.fixture
def archive(export: GeneratedExport, tmp_path: Path) -> Path:
    """An archive of the clean export."""
    return write_archive_of(export, tmp_path / "claims.zip")
