"""`compare A B`"""

import json
import zipfile
from pathlib import Path

from sandbox.generator import GeneratedExport
from tests.management.conftest import run


def without_a_mention(corpus: Path, destination: Path) -> Path:
    """The corpus, one mention and what refers to it removed."""
    with zipfile.ZipFile(corpus) as whole, zipfile.ZipFile(destination, "w") as packed:
        is_done = False
        for name in whole.namelist():
            content = whole.read(name)
            if name.startswith("gt/") and not is_done:
                document = json.loads(content)
                if document["mentions"]:
                    document.update(mentions=document["mentions"][1:], relations=[], corefs=[])
                    content, is_done = json.dumps(document).encode(), True
            packed.writestr(name, content)
    return destination


def test_the_same_twice_exits_0(export: GeneratedExport) -> None:
    answer = run("compare", export.corpus, export.corpus)
    assert answer.code == 0
    assert "Identical" in answer.out
    document = run("compare", "--json", export.corpus, export.corpus).document
    assert document["identical"] is True
    assert document["compared"]["documents"] == [6, 6]


def test_a_lost_mention_exits_1_and_is_named(export: GeneratedExport, tmp_path: Path) -> None:
    changed = without_a_mention(export.corpus, tmp_path / "changed.zip")
    answer = run("compare", export.corpus, changed)
    assert answer.code == 1
    assert "missing mention" in answer.out
    document = run("compare", "--json", export.corpus, changed).document
    assert document["identical"] is False
    assert document["totals"]
    assert document["examples"]


def test_all_lists_every_difference(export: GeneratedExport, other_export: GeneratedExport) -> None:
    few = run("compare", export.corpus, other_export.corpus)
    every = run("compare", "--all", export.corpus, other_export.corpus)
    assert few.code == every.code == 1
    total = sum(
        run("compare", "--json", export.corpus, other_export.corpus).document["totals"].values()
    )
    arrows = [line for line in every.out.splitlines() if line.startswith(("  missing", "  extra"))]
    changed = [line for line in every.out.splitlines() if line.startswith("  changed")]
    assert len(arrows) + len(changed) == total


def test_an_archive_equals_what_it_was_made_of(export: GeneratedExport, archive: Path) -> None:
    answer = run("compare", archive, export.types.parent)
    assert (answer.code, answer.err) == (0, "")


def test_what_cannot_be_read_exits_2(export: GeneratedExport, tmp_path: Path) -> None:
    assert run("compare", export.corpus, tmp_path / "none").code == 2
    stranger = tmp_path / "x.zip"
    stranger.write_bytes(b"hello")
    answer = run("compare", "--json", export.corpus, stranger)
    assert answer.code == 2
    assert answer.document["error"]["happened"]
