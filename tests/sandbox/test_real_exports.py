"""Real exports go into the sandbox and come back: only sentences and tokens are made anew."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from migrator.formats.compare import Comparison, compare
from sandbox.seed_exports import sorted_out
from sandbox.seeding import seed
from sandbox.state import Options
from tests.sandbox.fixtures import RunningSandbox, running

FOLDERS = ("food", "pandemic", "proc-36a", "sms-2018", "telco-voc", "travel")
KINDS = {"typestore": "json", "dictionaries": "zip", "documentsets": "zip"}
RETOKENIZED = {"changed_sentences", "changed_tokens"}


@pytest.fixture(scope="module")
def real(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    """A sandbox seeded with all real exports, for the tests of this module."""
    with running(tmp_path_factory.mktemp("real"), options=Options(job_seconds=0)) as started:
        assert seed(started.server.state, str(shared_data))
        yield started


def _downloaded(real: RunningSandbox, w: str, instance: str, folder: Path) -> list[Path]:
    folder.mkdir()
    paths = []
    for kind, ending in KINDS.items():
        path = folder / f"{kind}.{ending}"
        path.write_bytes(real.call("GET", f"/workspaces/{w}/{kind}/export", instance).content)
        paths.append(path)
    return paths


@pytest.mark.parametrize("name", FOLDERS)
def test_what_was_seeded_downloads_equal(
    real: RunningSandbox, shared_data: Path, tmp_path: Path, name: str
) -> None:
    found = _downloaded(real, real.workspaces()[name]["id"], "source", tmp_path / "source")
    sent = sorted_out(shared_data / name)
    assert sent.types is not None
    assert sent.corpus is not None
    assert found[0].read_bytes() == sent.types.read_bytes()
    assert _differences(compare([sent.corpus], [found[2]])) == set()


@pytest.mark.parametrize("name", FOLDERS)
def test_what_is_restored_differs_by_sentences_and_tokens_only(
    real: RunningSandbox, tmp_path: Path, name: str
) -> None:
    source = _downloaded(real, real.workspaces()[name]["id"], "source", tmp_path / "source")
    new = real.create_workspace(name)
    for kind, path in zip(KINDS, source, strict=True):
        answer = real.upload(new, kind, path)
        assert answer.status_code in (200, 202), answer.text
    assert real.finished(new, answer.json()["job"])["state"] == "done"
    target = _downloaded(real, new, "target", tmp_path / "target")
    assert _differences(compare(source, target)) <= RETOKENIZED


def _differences(found: Comparison) -> set[str]:
    return set(found.totals)
