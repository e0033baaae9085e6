"""The sandbox as a process: it says when it is ready, remembers, and ends cleanly."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from sandbox.generator import generate
from sandbox.seeding import seed
from sandbox.state import Options
from tests.sandbox.fixtures import TIMEOUT, RunningInstance, running

ROOT = Path(__file__).resolve().parent.parent.parent


@contextmanager
def _process(*arguments: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    command = [sys.executable, "-m", "sandbox", "--port", "0", *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            assert line.startswith("sandbox: ready at http://127.0.0.1:")
            yield line.split()[-1], process
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(TIMEOUT) == 0


def test_it_remembers_after_a_restart_on_another_port(tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    arguments = ("--data", str(tmp_path / "data"), "--seed", "empty", "--write-config", str(config))
    body = {"name": "Kept", "language": "en"}
    names = []
    for _ in range(2):
        with _process(*arguments) as (base, _running):
            held = json.loads(config.read_text())["instances"]
            instance = RunningInstance(**held[1])
            assert instance.address.startswith(base)
            url, headers = f"{instance.api}/workspaces", instance.headers()
            requests.post(url, json=body, headers=headers, timeout=TIMEOUT)
            found = requests.get(url, headers=headers, timeout=TIMEOUT).json()
            names.append([each["name"] for each in found["items"]])
    assert names == [["Kept"], ["Kept"]]
    assert config.stat().st_mode & 0o777 == 0o600


def test_the_configuration_names_what_a_client_needs(tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    data = str(tmp_path / "data")
    with _process("--data", data, "--seed", "empty", "--write-config", str(config)):
        held = json.loads(config.read_text())["instances"]
    assert [each["name"] for each in held] == ["source", "target", "cp4d"]
    for each in held:
        assert {"kind", "address", "credential", "iam_url", "cp4d_url", "nlu_url"} <= set(each)
        assert each["credential"]["kind"] in ("apikey", "cp4d")


def test_a_folder_of_exports_becomes_workspaces_of_the_source(tmp_path: Path) -> None:
    exports, config = tmp_path / "exports", tmp_path / "config.json"
    generate(exports / "first", seed=1, documents=3)
    german = generate(exports / "second", seed=2, documents=4, language="de")
    (exports / "README.md").write_text("nothing to see")
    data = str(tmp_path / "data")
    with _process("--data", data, "--seed", str(exports), "--write-config", str(config)):
        instance = RunningInstance(**json.loads(config.read_text())["instances"][0])
        headers = instance.headers()
        url = f"{instance.api}/workspaces"
        found = requests.get(url, headers=headers, timeout=TIMEOUT).json()["items"]
        url = f"{url}/{german.workspace_id}/typestore/export"
        types = requests.get(url, headers=headers, timeout=TIMEOUT)
    seen = {each["name"]: (each["language"], each["documents"]) for each in found}
    assert seen == {"first": ("en", 3), "second": ("de", 4)}
    assert types.content == german.types.read_bytes()


def test_a_missing_seed_folder_is_said_and_not_tried(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sandbox", "--data", str(tmp_path), "--seed", "nowhere"]
    ended = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=TIMEOUT, check=False
    )
    assert ended.returncode == 2
    assert "nowhere" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_the_management_command_is_the_same(tmp_path: Path) -> None:
    command = [sys.executable, "manage.py", "sandbox", "--help"]
    environment = {**os.environ, "DATA_DIR": str(tmp_path)}
    ended = subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    for option in ("--port", "--data", "--seed", "--size", "--write-config", "--job-seconds"):
        assert option in ended.stdout


def test_an_import_that_a_stop_interrupted_is_done_after_the_next_start(
    tmp_path: Path,
) -> None:
    export = generate(tmp_path / "export", seed=3, documents=5)
    folder = tmp_path / "second"
    with running(folder, options=Options(job_seconds=0)) as empty:
        seed(empty.server.state, "empty")
        new = empty.create_workspace()
        empty.upload(new, "typestore", export.types)
        empty.server.interrupt_imports()
        job = empty.upload(new, "documentsets", export.corpus).json()["job"]
    with running(folder, options=Options(job_seconds=0)) as again:
        assert again.finished(new, job)["result"] == {"documents": 5}
        assert not list(again.server.state.uploads.iterdir())


@pytest.mark.slow
def test_a_large_corpus_costs_no_memory(tmp_path: Path) -> None:
    config, data = tmp_path / "config.json", str(tmp_path / "data")
    export = generate(tmp_path / "export", seed=5, documents=600, tokens_per_document=375)
    arguments = ("--data", data, "--seed", "empty", "--job-seconds", "0")
    with _process(*arguments, "--write-config", str(config)) as (base, process):
        instance = RunningInstance(**json.loads(config.read_text())["instances"][1])
        peak = _peak_of_a_round_trip(instance, export.types, export.corpus, process.pid)
    assert peak < 120_000_000, base


def _peak_of_a_round_trip(instance: RunningInstance, types: Path, corpus: Path, pid: int) -> int:
    """Bytes of the process at most while a corpus goes up, is worked, and comes down again."""
    headers, url = instance.headers(), f"{instance.api}/workspaces"
    body = {"name": "Large", "language": "en"}
    new = requests.post(url, json=body, headers=headers, timeout=TIMEOUT).json()["id"]
    with types.open("rb") as file:
        target = f"{url}/{new}/typestore/import"
        requests.post(target, headers=headers, files={"file": file}, timeout=TIMEOUT)
    with corpus.open("rb") as file:
        target = f"{url}/{new}/documentsets/import"
        job = requests.post(target, headers=headers, files={"file": file}, timeout=TIMEOUT)
    state = "queued"
    while state not in ("done", "failed"):
        target = f"{url}/{new}/jobs/{job.json()['job']}"
        state = requests.get(target, headers=headers, timeout=TIMEOUT).json()["state"]
    assert state == "done"
    target = f"{url}/{new}/documentsets/export"
    with requests.get(target, headers=headers, stream=True, timeout=TIMEOUT) as answer:
        for _block in answer.iter_content(1 << 20):
            pass
    return _peak(pid)


def _peak(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    found = next(line for line in lines if line.startswith("VmHWM"))
    return int(found.split()[1]) * 1024
