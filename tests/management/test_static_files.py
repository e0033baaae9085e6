"""Static files are collected once, and again where one changed."""

from pathlib import Path

import pytest
from django.test import override_settings

from migrator.management.static_files import MARK, collect_static_files


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A folder with one file that pages load."""
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "app.css").write_text("a { color: red }")
    return folder


def test_files_are_collected_once_and_again_where_one_changed(source: Path, tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    finders = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    with override_settings(
        STATIC_ROOT=root, STATICFILES_DIRS=[source], STATICFILES_FINDERS=finders
    ):
        assert collect_static_files()
        assert not collect_static_files()
        (source / "app.css").write_text("a { color: blue }")
        assert collect_static_files()
        assert "blue" in (root / "app.css").read_text()
        (root / MARK).unlink()
        assert collect_static_files()
