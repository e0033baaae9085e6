"""Files that a person should not have brought: a sentence for each, and nothing half-stored."""

import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.auth.models import User

from migrator.formats.errors import StatedError
from migrator.models import Run, StepFile
from migrator.services import arrivals, queue, work_files
from sandbox.generator import generate

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A small generated corpus ZIP."""
    export = generate(tmp_path_factory.mktemp("export"), seed=7, documents=3)
    return export.corpus.read_bytes()


def _zipped(entries: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in entries.items():
            out.writestr(name, content)
    return file.getvalue()


def _encrypted(corpus: bytes) -> bytes:
    """The same ZIP with the flag that says that its entries are encrypted."""
    made = bytearray(corpus)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = made.find(signature)
        while at >= 0:
            flags = struct.unpack_from("<H", made, at + offset)[0]
            struct.pack_into("<H", made, at + offset, flags | 1)
            at = made.find(signature, at + 4)
    return bytes(made)


BAD: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "truncated": lambda corpus: corpus[: len(corpus) // 2],
    "encrypted": _encrypted,
    "climbing": lambda _: _zipped({"../../etc/cron.d/x": b"x", "documents.json": b"[]"}),
    "bomb": lambda _: _zipped({"documents.json": b"[" + b" " * 300_000_000 + b"]"}),
    "another JSON": lambda _: b'{"name": "package", "version": "1.0.0"}',
    "half a JSON": lambda _: b'{"entityTypes": [{"id": "a", "label"',
    "HTML": lambda _: b"<!doctype html><title>Sign in</title>",
    "pictures": lambda _: _zipped({"a.png": b"\x89PNG\r\n", "b.png": b"\x89PNG\r\n"}),
    "deep JSON": lambda _: b"[" * 200_000,
    "UTF-16": lambda _: '{"entityTypes": []}'.encode("utf-16"),
}


@pytest.mark.parametrize("what", BAD)
def test_a_bad_file_gets_a_sentence_and_leaves_nothing(
    what: str, corpus: bytes, run: Run, operator: User, tmp_path: Path
) -> None:
    path = tmp_path / "corpus-1.zip"
    path.write_bytes(BAD[what](corpus))
    with queue.in_process(), pytest.raises(StatedError) as refused:
        arrivals.bring_file(run, run.plan.items.get(), path, name=path.name, user=operator)
    assert refused.value.happened
    assert refused.value.meaning
    assert refused.value.remedy
    assert not StepFile.objects.exists()
    folder = work_files.run_folder(run.pk)
    assert not folder.exists() or not any(each.is_file() for each in folder.rglob("*"))


def test_a_name_with_a_path_in_it_stays_a_name(
    corpus: bytes, run: Run, operator: User, tmp_path: Path
) -> None:
    path = tmp_path / "upload"
    path.write_bytes(corpus)
    with queue.in_process():
        arrival = arrivals.bring_file(
            run, run.plan.items.get(), path, name="../../../etc/passwd\x00.zip", user=operator
        )
    stored = work_files.absolute(arrival.file)
    assert stored.is_relative_to(work_files.run_folder(run.pk))
    assert "/" not in arrival.file.name
