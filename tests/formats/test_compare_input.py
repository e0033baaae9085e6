"""What a comparison accepts, and what it says of files that it cannot compare."""

import json
import shutil
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from migrator.archives.contents import Contents
from migrator.archives.write import write_archive
from migrator.formats.compare import Difference, compare
from migrator.formats.compare_corpora import SPLIT_LOOKED_AT
from migrator.formats.compare_text import SPLIT_ANEW
from migrator.formats.errors import FormatError
from migrator.formats.inspect import inspect
from sandbox.generator import BENCHMARK_TOKENS, GeneratedExport, generate
from tests.formats.plain_exports import read_plain


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> GeneratedExport:
    return generate(tmp_path_factory.mktemp("generated"), seed=41, documents=12)


def test_a_folder_of_the_three_files_is_a_side(export: GeneratedExport) -> None:
    found = compare([export.corpus.parent], export[:3])
    assert found.totals == {}
    assert found.compared["documents"] == [12, 12]
    assert found.compared["entity_types"] == [12, 12]


def test_an_unpacked_corpus_equals_its_zip(export: GeneratedExport, tmp_path: Path) -> None:
    with zipfile.ZipFile(export.corpus) as corpus:
        corpus.extractall(tmp_path / "unpacked")
    assert compare([export.corpus], [tmp_path / "unpacked"]).totals == {}


def test_a_zip_of_the_three_files_is_a_side(export: GeneratedExport, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.zip"
    with zipfile.ZipFile(bundle, "w") as packed:
        for path in export[:3]:
            packed.write(path, Path(path).name)
    assert compare(export[:3], [bundle]).totals == {}


def test_names_say_nothing(export: GeneratedExport, tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("a.bin", "b.bin", "c.bin")]
    for source, target in zip(export[:3], paths, strict=True):
        shutil.copy(source, target)
    assert compare(export[:3], paths).totals == {}


def test_a_strange_file_is_refused_with_a_reason(export: GeneratedExport, tmp_path: Path) -> None:
    stranger = tmp_path / "letter.txt"
    stranger.write_text("Dear all,\nthis is no export.\n")
    with pytest.raises(FormatError) as caught:
        compare([stranger], [export.corpus])
    assert "letter.txt" in caught.value.happened
    assert caught.value.remedy


def test_two_type_systems_on_one_side_are_refused(export: GeneratedExport, tmp_path: Path) -> None:
    other = tmp_path / "types.json"
    shutil.copy(export.types, other)
    with pytest.raises(FormatError, match="2 type systems"):
        compare([export.types, other], [export.types])


def test_a_damaged_ground_truth_is_refused_even_where_both_sides_have_it(
    tmp_path: Path,
) -> None:
    """Nobody can tell what it said, so it must not pass for equal."""
    small = generate(tmp_path / "small", seed=1, documents=3).corpus
    large = generate(
        tmp_path / "large", seed=1, documents=400, tokens_per_document=BENCHMARK_TOKENS, level=1
    ).corpus  # large enough to be read by several processes
    for corpus in (small, large):
        with zipfile.ZipFile(corpus) as packed:
            last = packed.infolist()[-1]
        content = bytearray(corpus.read_bytes())
        place = last.header_offset + 30 + len(last.filename) + last.compress_size // 2
        content[place] ^= 0xFF
        corpus.write_bytes(content)
        with pytest.raises(FormatError, match="damaged"):
            compare([corpus], [corpus])


def test_a_lone_surrogate_is_compared_like_any_other_sign(
    export: GeneratedExport, tmp_path: Path
) -> None:
    corpus = read_plain(export.corpus)
    truth = corpus.ground_truths[corpus.documents[0]["id"]]
    truth["text"] = f"\ud800{truth['text'][1:]}"
    truth["sentences"][0]["text"] = f"\ud800{truth['sentences'][0]['text'][1:]}"
    other = corpus.write(tmp_path / "other.zip")
    assert compare([other], [other]).totals == {}
    assert compare([export.corpus], [other]).totals == {"changed_text": 1, "changed_sentences": 1}


def test_several_processes_find_what_one_finds(tmp_path: Path) -> None:
    export = generate(
        tmp_path, seed=2, documents=450, tokens_per_document=BENCHMARK_TOKENS, level=1
    )
    other = tmp_path / "other.zip"
    with zipfile.ZipFile(export.corpus) as corpus, zipfile.ZipFile(other, "w") as edited:
        for place, entry in enumerate(corpus.infolist()):
            content = corpus.read(entry)
            if place in (5, 400):
                truth = json.loads(content)
                truth["mentions"][0]["properties"]["SIRE_MENTION_CLASS"] = "NEG"
                content = json.dumps(truth).encode()
            edited.writestr(entry.filename, content, zipfile.ZIP_DEFLATED)
    assert compare([export.corpus], [other]).totals == {"changed_mention": 2}


def test_every_text_split_anew_is_told_even_where_they_are_very_many(tmp_path: Path) -> None:
    export = generate(tmp_path, seed=3, documents=SPLIT_LOOKED_AT + 20, tokens_per_document=30)
    corpus = read_plain(export.corpus)
    for truth in corpus.ground_truths.values():
        del truth["sentences"][0]["tokens"][0]
    lost = next(iter(corpus.ground_truths.values()))
    lost["relations"] = []
    everything: list[Difference] = []
    other = corpus.write(tmp_path / "other.zip")
    found = compare([export.corpus], [other], sink=everything.append)
    assert found.totals["changed_tokens"] == SPLIT_LOOKED_AT + 20
    assert found.totals.keys() == {"changed_tokens", "missing_relation"}
    assert found.reasons[SPLIT_ANEW] == SPLIT_LOOKED_AT + 20
    assert any(one.kind == "missing_relation" for one in found.examples)
    told = [one for one in everything if one.kind == "changed_tokens"]
    assert all(one.left.endswith("tokens") or "tokens; " in one.left for one in told)


def test_an_archive_is_compared_by_what_it_holds(export: GeneratedExport, tmp_path: Path) -> None:
    archive = tmp_path / "archive.zip"
    contents = Contents(
        workspace={"format": 1, "workspace": {"id": export.workspace_id, "name": "Claims"}},
        inspection=inspect(export[:3]).to_json_dict(),
        created_at=datetime(2021, 5, 1, tzinfo=UTC),
        types=export.types,
        dictionaries=[export.dictionaries],
        corpus=export.corpus,
    )
    write_archive(archive, contents)
    assert compare(export[:3], [archive]).totals == {}


def test_an_abort_from_progress_comes_through(export: GeneratedExport) -> None:
    class Stopped(Exception):
        pass

    def stop(done: int, total: int | None) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        compare([export.corpus], [export.corpus], progress=stop)
