"""A ZIP that is cut off, locked, a bomb or climbs out is refused in words; damage is named."""

import contextlib
import io
import random
import struct
import zipfile
from pathlib import Path

import pytest

from migrator.formats.corpus import open_corpus
from migrator.formats.errors import FormatError
from migrator.formats.inspect import inspect
from migrator.formats.kinds import Kind
from migrator.formats.recognize import recognize
from migrator.formats.zip_directory import ZipDirectory
from migrator.formats.zip_reader import DamagedEntry, ZipReader
from migrator.formats.zip_writer import ZipWriter
from tests.formats.small_exports import DOCUMENTS, document_id, small_corpus, write_corpus_zip
from tests.formats.zips import content, entries_of, patched, set_field, zipped

FIRST = f"gt/{document_id(0)}.json"


def test_every_cut_of_a_zip_is_refused(tmp_path: Path) -> None:
    whole = write_corpus_zip(tmp_path).read_bytes()
    cut = tmp_path / "cut.zip"
    for size in (*range(3, 60), *range(60, len(whole), 997), len(whole) - 1):
        cut.write_bytes(whole[:size])
        with pytest.raises(FormatError, match=r"cut off or damaged"):
            recognize(cut)


def test_an_encrypted_zip_is_refused(tmp_path: Path) -> None:
    path = patched(write_corpus_zip(tmp_path), lambda raw: set_field(raw, FIRST, 8, "<H", 0x809))
    with pytest.raises(FormatError, match="encrypted") as refused:
        recognize(path)
    assert "password" in refused.value.remedy


@pytest.mark.parametrize(
    "name", ["../up.json", "gt/../../up.json", "/etc/passwd", "C:/up.json", "..\\up.json"]
)
def test_a_path_that_climbs_out_is_refused(name: str, tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", [("documents.json", b"[]"), (name, b"{}")])
    with pytest.raises(FormatError, match="outside of itself"):
        recognize(path)


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", [("documents.json", b" " * 40_000_000)])
    with pytest.raises(FormatError, match="far more than any export"):
        recognize(path)


def test_a_bomb_that_hides_its_size_is_damaged_not_unpacked(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", [("documents.json", b"[" + b" " * 40_000_000)])
    patched(path, lambda raw: set_field(raw, "documents.json", 24, "<L", 900_000))
    with open_corpus(path) as corpus, pytest.raises(FormatError, match="damaged"):
        list(corpus.documents())


def test_overlapping_entries_are_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", [("documents.json", random.Random(1).randbytes(9_000))])
    raw = path.read_bytes()
    at, end = raw.find(b"PK\x01\x02"), raw.find(b"PK\x05\x06")
    many = raw[:at] + raw[at:end] * 9
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 9, 9, (end - at) * 9, at, 0)
    path.write_bytes(many + tail)
    with pytest.raises(FormatError, match="far more than any export"):
        recognize(path)


def test_a_compression_of_22_to_1_is_accepted(tmp_path: Path) -> None:
    corpus = small_corpus()
    for truth in corpus.ground_truths.values():
        truth["preannotation"] = ["PRE_RULE"] * 3_000
    path = write_corpus_zip(tmp_path, corpus)
    with ZipReader(path) as reader:
        assert max(entry.size / entry.packed_size for _, entry in reader.entries()) > 22
    assert inspect([path]).counts["documents"] == DOCUMENTS


def test_a_wrong_crc_costs_one_document_and_is_an_error(tmp_path: Path) -> None:
    path = patched(write_corpus_zip(tmp_path), lambda raw: set_field(raw, FIRST, 16, "<L", 1))
    inspection = inspect([path])
    assert [(one.code, one.count) for one in inspection.findings] == [("damaged_entry", 1)]
    assert inspection.counts["mentions"] == 3 * (DOCUMENTS - 1)
    with open_corpus(path) as corpus, pytest.raises(DamagedEntry, match="damaged"):
        corpus.ground_truth(document_id(0))


def test_damaged_bytes_cost_one_document(tmp_path: Path) -> None:
    def damage(raw: bytearray) -> None:
        at = content(raw, FIRST)
        raw[at + 20 : at + 60] = bytes(40)

    path = patched(write_corpus_zip(tmp_path), damage)
    assert [one.code for one in inspect([path]).findings] == ["damaged_entry"]


def test_damage_in_documents_json_is_refused_with_the_files_name(tmp_path: Path) -> None:
    path = write_corpus_zip(tmp_path)
    patched(path, lambda raw: set_field(raw, "documents.json", 16, "<L", 1))
    with pytest.raises(FormatError, match=rf"“{path.name}”.*damaged"):
        inspect([path])


def test_a_file_that_stands_there_twice_is_an_error(tmp_path: Path) -> None:
    path = write_corpus_zip(tmp_path)
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(path, "a") as opened:
        opened.writestr(FIRST, b"{}")
    inspection = inspect([path])
    assert [(one.code, one.count) for one in inspection.findings] == [("duplicate_entry", 1)]
    assert inspection.counts["mentions"] == 3 * DOCUMENTS


def test_documents_json_twice_is_refused(tmp_path: Path) -> None:
    path = write_corpus_zip(tmp_path)
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(path, "a") as opened:
        opened.writestr("documents.json", b"[]")
    with pytest.raises(FormatError, match="twice"):
        inspect([path])


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_another_compression_is_named(method: int, tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", entries_of(write_corpus_zip(tmp_path)), method)
    with pytest.raises(FormatError, match=r"cannot be read \(method \d+\)"):
        inspect([path])


def test_a_stored_zip_with_a_comment_and_bytes_before_it_is_read(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", entries_of(write_corpus_zip(tmp_path)), zipfile.ZIP_STORED)
    with zipfile.ZipFile(path, "a") as opened:
        opened.comment = b"re-zipped by hand PK\x01\x02"
    path.write_bytes(path.read_bytes())
    before = inspect([path])
    shifted = tmp_path / "b.zip"
    shifted.write_bytes(b"PK\0\0" + b"x" * 1_000 + path.read_bytes())
    assert before.findings == []
    assert inspect([shifted]).counts == before.counts


def test_zip64_is_read_and_written_only_when_needed(tmp_path: Path) -> None:
    path = tmp_path / "many.zip"
    with path.open("wb") as file, ZipWriter(file) as writer:
        for number in range(66_000):
            writer.add_sized(f"{number}", b"")
    with zipfile.ZipFile(path) as opened:
        assert len(opened.namelist()) == 66_000
    with ZipReader(path) as reader:
        assert [entry.name for _, entry in reader.entries()][-1:] == ["65999"]
    assert b"PK\x06\x06" not in write_corpus_zip(tmp_path).read_bytes()


def test_zip64_sizes_are_read_from_the_extra_field(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as made, made.open("one", "w", force_zip64=True) as entry:
        entry.write(b"payload")
    extra = struct.pack("<2H3Q", 1, 24, 7, 7, 0)

    def widen(raw: bytearray) -> None:
        at = raw.find(b"PK\x01\x02")
        for offset in (20, 24, 42):
            struct.pack_into("<L", raw, at + offset, 0xFFFFFFFF)
        struct.pack_into("<H", raw, at + 30, len(extra))
        raw[at + 49 : at + 49] = extra
        end = raw.find(b"PK\x05\x06")
        struct.pack_into("<L", raw, end + 12, end - at)

    patched(path, widen)
    with ZipReader(path) as reader:
        assert reader.read(next(reader.entries())[1]) == b"payload"


def test_a_directory_full_of_noise_never_raises_anything_else(tmp_path: Path) -> None:
    whole = write_corpus_zip(tmp_path).read_bytes()
    rng = random.Random(7)
    for _ in range(300):
        raw = bytearray(whole)
        for _ in range(rng.randint(1, 12)):
            raw[rng.randrange(len(raw) - 1_800, len(raw))] = rng.randrange(256)
        path = tmp_path / "noise.zip"
        path.write_bytes(raw)
        with contextlib.suppress(FormatError):
            inspect([path])


def test_an_empty_zip_is_no_export(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", [])
    recognized = recognize(path)
    assert (recognized.kind, recognized.near) == (Kind.UNKNOWN, "empty")


def test_a_split_zip_is_refused() -> None:
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 2, 1, 1, 3, 50, 0, 0)
    with pytest.raises(FormatError, match="split"):
        ZipDirectory(io.BytesIO(b"PK" + b"x" * 100 + end))
