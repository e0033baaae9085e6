"""Documents go up as a job and come down as approved annotations only."""

import io
import json
import shutil
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
import requests

from sandbox.generator import generate
from sandbox.generator.export import GeneratedExport
from sandbox.limits import Limits
from sandbox.state import Options
from tests.sandbox.fixtures import RunningSandbox, running


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> GeneratedExport:
    """A small English export without anomalies."""
    folder = tmp_path_factory.mktemp("export")
    return generate(folder, seed=21, documents=12, anomalies=False)


def _prepared(sandbox: RunningSandbox, export: GeneratedExport, **fields: str) -> str:
    new = sandbox.create_workspace(**fields)
    assert sandbox.upload(new, "typestore", export.types).status_code == 200
    return new


def _import(sandbox: RunningSandbox, new: str, path: Path, **params: str) -> dict[str, Any]:
    answer = sandbox.upload(new, "documentsets", path, **params)
    assert answer.status_code == 202, answer.text
    return sandbox.finished(new, answer.json()["job"])


def _corpus(sandbox: RunningSandbox, w: str, instance: str = "target") -> zipfile.ZipFile:
    content = sandbox.call("GET", f"/workspaces/{w}/documentsets/export", instance).content
    return zipfile.ZipFile(io.BytesIO(content))


def _truths(corpus: zipfile.ZipFile) -> dict[str, Any]:
    """Ground truths by the name and text of their documents."""
    found = [json.loads(corpus.read(n)) for n in corpus.namelist() if n.startswith("gt/")]
    return {f"{each['name']}|{each['text']}": each for each in found}


def _contents(truth: dict[str, Any]) -> Any:
    return [truth[name] for name in ("mentions", "relations", "corefs", "preannotation")]


def test_an_upload_comes_back_with_new_ids_and_equal_annotations(
    sandbox: RunningSandbox, export: GeneratedExport
) -> None:
    new = _prepared(sandbox, export)
    assert _import(sandbox, new, export.corpus)["result"] == {"documents": 12}
    before, after = zipfile.ZipFile(export.corpus), _corpus(sandbox, new)
    sent, back = _truths(before), _truths(after)
    assert {name: _contents(one) for name, one in sent.items()} == {
        name: _contents(one) for name, one in back.items()
    }
    assert not {one["id"] for one in sent.values()} & {one["id"] for one in back.values()}
    before.close()


def test_the_download_has_the_shape_of_the_services_files(
    sandbox: RunningSandbox, export: GeneratedExport
) -> None:
    new = _prepared(sandbox, export)
    _import(sandbox, new, export.corpus)
    with _corpus(sandbox, new) as corpus:
        assert corpus.testzip() is None
        assert corpus.namelist()[:2] == ["documents.json", "sets.json"]
        assert {entry.flag_bits for entry in corpus.infolist()} == {0x808}
        documents = json.loads(corpus.read("documents.json"))
        sets = json.loads(corpus.read("sets.json"))
        assert corpus.read("documents.json").startswith(b'[ {\n  "id" : "')
    ids = {each["id"] for each in documents}
    assert set(sets[0]["documents"]) == ids
    sources = [each for each in sets if each["type"] == "SOURCE"]
    assert all(one.startswith(each["id"]) for each in sources for one in each["documents"])


def test_ids_are_kept_where_the_sandbox_is_told_so(
    sandbox: RunningSandbox, export: GeneratedExport
) -> None:
    sandbox.options(keep_ids=1)
    new = _prepared(sandbox, export)
    _import(sandbox, new, export.corpus)
    with zipfile.ZipFile(export.corpus) as before, _corpus(sandbox, new) as after:
        assert set(before.namelist()) == set(after.namelist())


def test_training_sets_are_merged_and_a_second_import_stands_there_twice(
    sandbox: RunningSandbox, export: GeneratedExport
) -> None:
    new = _prepared(sandbox, export)
    _import(sandbox, new, export.corpus)
    once = _listed_sets(sandbox, new)
    _import(sandbox, new, export.corpus)
    twice = _listed_sets(sandbox, new)
    assert len(once) == len(twice)
    assert {name: 2 * count for name, count in once.items()} == twice


def _listed_sets(sandbox: RunningSandbox, w: str) -> dict[str, int]:
    found = sandbox.call("GET", f"/workspaces/{w}/documentsets", "target").json()["items"]
    return {f"{each['type']} {each['name']}": each["count"] for each in found}


@pytest.mark.parametrize("fields", [{"language": "de"}, {"language": "pt-br"}])
def test_another_language_fails_the_job_and_stores_nothing(
    sandbox: RunningSandbox, export: GeneratedExport, fields: dict[str, str]
) -> None:
    new = _prepared(sandbox, export, **fields)
    job = _import(sandbox, new, export.corpus)
    assert job["state"] == "failed"
    assert "en" in job["error"].lower()
    assert sandbox.workspaces("target")["Copy"]["counts"]["documents"] == 0
    assert sandbox.call("GET", f"/workspaces/{new}/documentsets", "target").json()["total"] == 1


def test_an_undefined_type_fails_the_job_and_stores_nothing(
    sandbox: RunningSandbox, export: GeneratedExport, tmp_path: Path
) -> None:
    types = json.loads(export.types.read_bytes())
    types["entityTypes"] = types["entityTypes"][:1]
    types["relationshipTypes"] = []
    path = tmp_path / "types.json"
    path.write_text(json.dumps(types))
    new = sandbox.create_workspace()
    sandbox.upload(new, "typestore", path)
    assert "not defined" in _import(sandbox, new, export.corpus)["error"]
    assert sandbox.workspaces("target")["Copy"]["counts"]["documents"] == 0


def test_documents_without_ground_truth_have_sentences_and_no_annotation(
    sandbox: RunningSandbox, export: GeneratedExport
) -> None:
    new = _prepared(sandbox, export)
    _import(sandbox, new, export.corpus, ground_truth="false")
    with _corpus(sandbox, new) as corpus:
        for truth in _truths(corpus).values():
            assert truth["sentences"]
            assert not truth["mentions"]


def test_csv_and_text_need_no_types(sandbox: RunningSandbox, tmp_path: Path) -> None:
    table, text = tmp_path / "two.csv", tmp_path / "one.txt"
    table.write_bytes('\ufefffirst,"A line.\nAnother."\rsecond,Text.'.encode())
    text.write_text("Only one. But two sentences.")
    new = sandbox.create_workspace()
    assert _import(sandbox, new, table)["result"] == {"documents": 2}
    assert _import(sandbox, new, text)["result"] == {"documents": 1}
    with _corpus(sandbox, new) as corpus:
        names = {truth["name"]: truth for truth in _truths(corpus).values()}
    assert set(names) == {"first", "second", "one.txt"}
    assert names["first"]["text"] == "A line.\nAnother."
    assert len(names["one.txt"]["sentences"]) == 2
    assert "SOURCE two.csv_set" in _listed_sets(sandbox, new)


def test_what_is_no_corpus_is_400(
    sandbox: RunningSandbox, export: GeneratedExport, tmp_path: Path
) -> None:
    new = _prepared(sandbox, export)
    truncated = tmp_path / "cut.zip"
    truncated.write_bytes(export.corpus.read_bytes()[:5000])
    for path in (truncated, export.dictionaries, export.types):
        assert sandbox.upload(new, "documentsets", path).status_code == 400


def test_the_limits_of_a_workspace_hold(tiny_sandbox: RunningSandbox, tmp_path: Path) -> None:
    new = tiny_sandbox.create_workspace()
    many, long = tmp_path / "many.csv", tmp_path / "long.txt"
    many.write_text("".join(f"{number},Text.\n" for number in range(15)))
    long.write_text("x" * 2_001)
    assert "at most 14 documents" in _import(tiny_sandbox, new, many)["error"]
    assert "2000 characters" in _import(tiny_sandbox, new, long)["error"]
    assert tiny_sandbox.workspaces("target")["Copy"]["counts"]["documents"] == 0


def test_annotation_in_progress_is_in_no_download(sandbox: RunningSandbox) -> None:
    tickets = sandbox.workspaces()["Support tickets"]["id"]
    held = sandbox.workspace_state(tickets)["documents"]
    drafts = {each["id"] for each in held if each["draft"]}
    assert drafts
    with _corpus(sandbox, tickets, "source") as corpus:
        truths = {truth["id"]: truth for truth in _truths(corpus).values()}
    assert all(truths[each]["status"] == "IN_PROGRESS" for each in drafts)
    assert "Draft" not in json.dumps([truths[each]["mentions"] for each in drafts])


def test_preannotated_documents_download_obscured_and_go_back_only_here(
    sandbox: RunningSandbox, tmp_path: Path
) -> None:
    news = sandbox.workspaces()["News"]["id"]
    listed = sandbox.call("GET", f"/workspaces/{news}/documentsets").json()["items"]
    hidden = sum(each["count"] for each in listed if each["preannotated"])
    path = tmp_path / "corpus.zip"
    path.write_bytes(sandbox.call("GET", f"/workspaces/{news}/documentsets/export").content)
    assert hidden
    assert _unreadable(path) == hidden
    types = tmp_path / "types.json"
    types.write_bytes(sandbox.call("GET", f"/workspaces/{news}/typestore/export").content)
    new = sandbox.create_workspace()
    sandbox.upload(new, "typestore", types)
    assert _import(sandbox, new, path)["state"] == "done"
    held = sandbox.workspaces()["News"]["counts"]["annotated"]
    assert sandbox.workspaces("target")["Copy"]["counts"]["annotated"] == held
    path.write_bytes(
        sandbox.call("GET", f"/workspaces/{new}/documentsets/export", "target").content
    )
    assert _unreadable(path) == hidden


def _unreadable(path: Path) -> int:
    """How many ground truths fail what a readable one must satisfy."""
    found = 0
    with zipfile.ZipFile(path) as corpus:
        for name in corpus.namelist():
            if name.startswith("gt/"):
                try:
                    found += not _fits(json.loads(corpus.read(name)))
                except ValueError:
                    found += 1
    return found


def _fits(truth: dict[str, Any]) -> bool:
    sentences = truth["sentences"]
    slices = [truth["text"][each["begin"] : each["end"]] for each in sentences]
    return bool(sentences) and slices == [each["text"] for each in sentences]


def test_annotation_sets_are_dealt_by_overlap(sandbox: RunningSandbox) -> None:
    claims = sandbox.workspaces()["Claims"]["id"]
    sets = [
        {"name": "Left", "annotator": "annotator.1@example.com"},
        {"name": "Right", "annotator": "annotator.2@example.com"},
    ]
    body = {"base_set": "id-all", "overlap": 50, "sets": sets}
    made = sandbox.call("POST", f"/workspaces/{claims}/annotationsets", json=body)
    assert made.status_code == 201
    assert sum(each["count"] for each in made.json()) == 12 + 6
    assert (
        sandbox.call("POST", f"/workspaces/{claims}/annotationsets", json=body).status_code == 409
    )
    body["sets"] = [{"name": "Third", "annotator": "stranger@example.com"}]
    assert (
        sandbox.call("POST", f"/workspaces/{claims}/annotationsets", json=body).status_code == 422
    )


def test_tasks_take_annotation_sets_and_are_limited(tiny_sandbox: RunningSandbox) -> None:
    tickets = tiny_sandbox.workspaces()["Support tickets"]["id"]
    path = f"/workspaces/{tickets}/tasks"
    sets = tiny_sandbox.call("GET", path).json()["items"][0]["sets"]
    body = {"name": "Winter", "due": None, "sets": [sets[0]["id"]]}
    made = tiny_sandbox.call("POST", path, json=body)
    assert made.status_code == 201
    assert made.json()["sets"][0]["documents"] == sets[0]["documents"]
    assert tiny_sandbox.call("POST", path, json=body).status_code == 409
    assert tiny_sandbox.call("POST", path, json={**body, "name": "One more"}).status_code == 409
    wrong = {"name": "Wrong", "due": None, "sets": ["unknown"]}
    assert tiny_sandbox.call("POST", path, json=wrong).status_code == 404


def test_an_import_shows_nothing_until_its_time(
    tmp_path: Path, export: GeneratedExport, seeded_folder: Path
) -> None:
    folder = tmp_path / "slow"
    shutil.copytree(seeded_folder, folder)
    with running(folder, options=Options(job_seconds=60)) as sandbox:
        new = _prepared(sandbox, export)
        job = sandbox.upload(new, "documentsets", export.corpus).json()["job"]
        state = sandbox.call("GET", f"/workspaces/{new}/jobs/{job}", "target").json()["state"]
        assert state in ("queued", "running")
        assert sandbox.call("GET", f"/workspaces/{new}", "target").json()["documents"] == 0
    with running(folder, limits=Limits()) as sandbox:
        sandbox.server.state.now = lambda: time.time() + 120
        sandbox.server.state.work.set()
        assert sandbox.finished(new, job)["state"] == "done"
        assert sandbox.call("GET", f"/workspaces/{new}", "target").json()["documents"] == 12


def test_a_download_resumes_by_range_and_etag(sandbox: RunningSandbox) -> None:
    path = f"/workspaces/{sandbox.workspaces()['Claims']['id']}/documentsets/export"
    whole = sandbox.call("GET", path)
    instance = sandbox.source
    headers = {**instance.headers(), "Range": "bytes=1000-", "If-Range": whole.headers["ETag"]}
    rest = requests.get(instance.api + path, headers=headers, timeout=20)
    assert rest.status_code == 206
    assert rest.content == whole.content[1000:]
    headers["If-Range"] = '"other"'
    assert requests.get(instance.api + path, headers=headers, timeout=20).status_code == 200
    sandbox.fault("no_ranges", "documentsets/export")
    without = requests.get(instance.api + path, headers=headers, timeout=20)
    assert without.status_code == 200
    assert "ETag" not in without.headers
    assert without.content == whole.content
