"""Archives of real exports, under the names that people gave the files."""

import zipfile
from pathlib import Path

import bagit
import pytest

from migrator.archives.check import check_archive
from migrator.archives.contents import Contents
from migrator.archives.read import open_archive
from migrator.archives.write import write_archive
from migrator.formats.compare import compare
from migrator.formats.inspect import inspect
from migrator.formats.kinds import Kind
from migrator.formats.recognize import recognize
from tests.archives.conftest import CREATED_AT, workspace_json


def contents_of(folder: Path) -> Contents:
    paths = sorted(folder.iterdir())
    kinds = {path: recognize(path).kind for path in paths}
    found = inspect(paths)
    return Contents(
        workspace=workspace_json(folder.name),
        inspection={**found.to_json_dict(), "details": found.details},
        created_at=CREATED_AT,
        types=next(path for path in paths if kinds[path] is Kind.TYPE_SYSTEM),
        dictionaries=[
            path for path in paths if kinds[path] in {Kind.DICTIONARIES, Kind.DICTIONARY}
        ],
        corpus=next(path for path in paths if kinds[path] is Kind.CORPUS),
    )


@pytest.mark.parametrize(
    "name", ["food", "pandemic", "proc-36a", "sms-2018", "telco-voc", "travel"]
)
def test_a_real_export_becomes_a_valid_archive(
    shared_data: Path, tmp_path: Path, name: str
) -> None:
    contents = contents_of(shared_data / name)
    path = write_archive(tmp_path / "a.zip", contents).path
    assert check_archive(path).counts == contents.inspection["counts"]
    with zipfile.ZipFile(path) as packed:
        packed.extractall(tmp_path / "out")
    (bag,) = (tmp_path / "out").iterdir()
    bagit.Bag(str(bag)).validate()
    page = (bag / "index.html").read_text()
    assert "Mentions by entity type" in page
    with open_archive(path) as opened:
        files = [opened.extract(one, tmp_path / Path(one).name) for one in opened.artifact_names]
    assert compare(files, contents.artifacts().values()).identical
