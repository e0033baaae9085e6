"""Worksheets in an archive: sealed, shown, proven, read again."""

import dataclasses
import hashlib
import json
import zipfile
from pathlib import Path
from typing import Any

import bagit
import pytest

from migrator.archives.check import check_archive
from migrator.archives.contents import Contents
from migrator.archives.errors import ArchiveError
from migrator.archives.page import render
from migrator.archives.read import open_archive
from migrator.archives.worksheets import Attached, Sheet
from migrator.archives.write import write_archive
from tests.archives.spoiling import Entries, repack, reseal


def sheet(kind: str = "read_only", files: list[Attached] | None = None, **said: Any) -> Sheet:
    """A worksheet with one line."""
    document = {
        "kind": kind,
        "title": "Read-only dictionaries",
        "state": "complete",
        "reason": "",
        "stated_by": "Ann",
        "stated_at": "2026-11-24T10:00:00+00:00",
        "columns": [
            {"key": "dictionary", "label": "Dictionary"},
            {"key": "entries", "label": "Entries", "sort": "number"},
        ],
        "rows": [{"cells": {"dictionary": "Drugs <b>", "entries": 3118}}],
        **said,
    }
    return Sheet(document, "Dictionary,Entries\r\nDrugs <b>,3118\r\n", files or [])


@pytest.fixture
def originals(tmp_path: Path) -> list[Attached]:
    """Two files of one name, one of them with a suffix that would not be safe."""
    found = []
    for number, name in enumerate(("Drügs.csv", "drügs.CSV", "notes")):
        path = tmp_path / f"original-{number}"
        path.write_text(f"content {number}")
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        found.append(Attached(name, path, digest, {"row": 0 if number < 2 else None}))
    return found


@pytest.fixture
def sealed(contents: Contents, originals: list[Attached], tmp_path: Path) -> Path:
    """An archive with two worksheets and three files."""
    sheets = [sheet(files=originals), sheet("roles", title="User roles", state="waived", rows=[])]
    full = dataclasses.replace(contents, worksheets=sheets)
    return write_archive(tmp_path / "sealed.zip", full).path


def test_worksheets_are_sealed_and_other_tools_accept_the_bag(sealed: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(sealed) as opened:
        opened.extractall(tmp_path / "out")
    folder = next((tmp_path / "out").iterdir())
    bagit.Bag(str(folder)).validate()
    names = {path.name for path in (folder / "data/worksheets/files/read_only").iterdir()}
    assert names == {"Drügs.csv", "drügs-2.CSV", "notes"}
    assert (folder / "data/worksheets/read_only.csv").read_text().startswith("Dictionary")


def test_they_are_listed_and_read_again(
    sealed: Path, originals: list[Attached], tmp_path: Path
) -> None:
    listed = check_archive(sealed).workspace["worksheets"]
    assert [(entry["kind"], entry["state"], entry["rows"]) for entry in listed] == [
        ("read_only", "complete", 1),
        ("roles", "waived", 0),
    ]
    with open_archive(sealed) as opened:
        document = opened.worksheets()[0]
        assert document["rows"] == [{"cells": {"dictionary": "Drugs <b>", "entries": 3118}}]
        assert [file["row"] for file in document["files"]] == [0, 0, None]
        taken = opened.extract(document["files"][1]["path"], tmp_path / "taken")
        assert taken.read_bytes() == originals[1].path.read_bytes()
        # What goes back into Knowledge Studio as editable is not mixed with it.
        assert not any("worksheets" in name for name in opened.artifact_names)


def test_the_page_shows_them_and_links_the_files(
    contents: Contents, originals: list[Attached]
) -> None:
    full = dataclasses.replace(contents, worksheets=[sheet(files=originals)])
    names = [*contents.artifacts(), "data/worksheets/files/read_only/notes"]
    page = render(full, dict.fromkeys(names, 1), dict.fromkeys(names, "ab" * 32))
    assert "Drugs &lt;b&gt;" in page
    assert "3,118" in page
    assert "Said by Ann on 2026-11-24 10:00 UTC." in page
    assert 'href="data/worksheets/read_only.csv"' in page
    assert 'href="data/worksheets/files/read_only/Dr%C3%BCgs.csv"' in page
    assert "so that the dictionary is read-only again" in page


def test_an_archive_without_worksheets_is_whole(archive: Path) -> None:
    assert "worksheets" not in check_archive(archive).workspace
    with open_archive(archive) as opened:
        assert opened.worksheets() == []


def test_a_file_that_changed_since_it_was_attached_is_not_sealed(
    contents: Contents, originals: list[Attached], tmp_path: Path
) -> None:
    originals[0].path.write_text("something else")
    full = dataclasses.replace(contents, worksheets=[sheet(files=originals)])
    with pytest.raises(ArchiveError):
        write_archive(tmp_path / "sealed.zip", full)
    assert not (tmp_path / "sealed.zip").exists()


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda section: section[0].update(rows=7), "another number of lines"),
        (lambda section: section[0].update(json="data/workspace.json"), "listed and not there"),
        (lambda section: section[0]["files"][0].update(sha256="0" * 64), "another file"),
        (lambda section: section[0].update(csv="data/worksheets/x.csv"), "listed and not there"),
        (lambda section: section.append("no entry"), "the list in workspace.json"),
    ],
)
def test_a_list_that_contradicts_the_files_is_found(spoil: Any, said: str, sealed: Path) -> None:
    def change(entries: Entries) -> None:
        workspace = json.loads(entries["data/workspace.json"])
        spoil(workspace["worksheets"])
        reseal(entries, {"data/workspace.json": json.dumps(workspace).encode()})

    repack(sealed, change)
    with pytest.raises(ArchiveError, match=said):
        check_archive(sealed, deep=False)
