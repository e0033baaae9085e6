"""The clients against the sandbox: every operation, every credential, every kind of trouble."""

import hashlib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from migrator.clients.credentials import parse_credential
from migrator.clients.hosts import HostPolicy
from migrator.clients.http import Http
from migrator.clients.nlu import NluClient
from migrator.clients.tool import ToolClient
from migrator.errors import ServiceError, SessionLost, TransientError
from tests.sandbox.fixtures import RunningInstance, RunningSandbox


@pytest.fixture
def http() -> Iterator[Http]:
    with Http(HostPolicy(["127.0.0.1"]), timeout=(10, 30), sleep=lambda _: None) as http:
        yield http


def tool_of(http: Http, instance: RunningInstance, credential: Any = None) -> ToolClient:
    return ToolClient(
        http,
        address=instance.address,
        credential=parse_credential(credential or instance.credential),
        iam_url=instance.iam_url,
        cp4d_url=instance.cp4d_url,
    )


@pytest.fixture
def source(http: Http, sandbox: RunningSandbox) -> ToolClient:
    return tool_of(http, sandbox.source)


@pytest.fixture
def target(http: Http, sandbox: RunningSandbox) -> ToolClient:
    return tool_of(http, sandbox.target)


@pytest.fixture
def claims(source: ToolClient) -> str:
    """The id of the workspace that has everything: dictionaries, tasks, models, deployments."""
    return named(source, "Claims")


def named(tool: ToolClient, name: str) -> str:
    return next(each.id for each in tool.workspaces() if each.name == name)


def copy_of(target: ToolClient, language: str) -> str:
    return target.create_workspace(
        name="Copy", description="A copy", language=language, tokenizer="ml"
    ).id


def finished(tool: ToolClient, workspace_id: str, job_id: str) -> Any:
    for _ in range(1000):
        job = tool.job(workspace_id, job_id)
        if job.state in {"done", "failed"}:
            return job
    raise AssertionError(job)


@pytest.mark.parametrize("name", ["source", "target", "cp4d"])
def test_each_kind_of_credential_opens_its_instance(
    http: Http, sandbox: RunningSandbox, name: str
) -> None:
    tool_of(http, sandbox.instance(name)).workspaces()


def test_a_browser_session_opens_its_instance(http: Http, sandbox: RunningSandbox) -> None:
    instance = sandbox.source
    tool = tool_of(http, instance, instance.session_credential)
    assert tool.workspaces()
    sandbox.expire_sessions("source")
    with pytest.raises(SessionLost, match="store the two new cookies"):
        tool.workspaces()


def test_a_wrong_header_is_refused_and_not_called_a_lost_session(
    http: Http, sandbox: RunningSandbox
) -> None:
    foreign = tool_of(http, sandbox.target, sandbox.source.session_credential)
    with pytest.raises(ServiceError, match="refuses access") as caught:
        foreign.workspaces()
    assert caught.value.http_status == 403
    assert caught.value.reference


def test_a_wrong_key_asks_for_another(http: Http, sandbox: RunningSandbox) -> None:
    tool = tool_of(http, sandbox.source, {"kind": "apikey", "apikey": "wrong"})
    with pytest.raises(SessionLost, match="does not accept the stored API key"):
        tool.workspaces()


def test_an_expired_token_is_renewed_unseen(source: ToolClient, sandbox: RunningSandbox) -> None:
    source.workspaces()
    sandbox.expire_sessions("source")
    assert source.workspaces()


@pytest.mark.parametrize("name", ["source", "target", "cp4d"])
def test_the_check_finds_every_entry_that_can_be_tried(
    http: Http, sandbox: RunningSandbox, name: str
) -> None:
    answers = tool_of(http, sandbox.instance(name)).check()
    assert not [answer for answer in answers if answer.answered is False]
    assert all(answer.transaction_id for answer in answers if answer.answered)
    tried = {answer.operation for answer in answers if answer.answered}
    if name == "source":
        assert {answer.operation for answer in answers} - tried == {"read_job"}
    assert {"health", "list_workspaces", "list_users"} <= tried


def test_every_list_is_read(source: ToolClient, claims: str) -> None:
    assert source.workspace(claims).id == claims
    assert source.users()
    assert source.members(claims)
    assert source.dictionaries(claims)
    assert source.document_sets(claims)
    assert source.models(claims)[0].versions[0].deployments
    assert source.tasks(named(source, "Support tickets"))[0].sets
    source.rule_classes(claims)


def test_pages_are_put_together(http: Http, tiny_sandbox: RunningSandbox) -> None:
    tool = tool_of(http, tiny_sandbox.source)
    known = tiny_sandbox.workspaces("source")
    for each in tool.workspaces():
        tool.document_sets(each.id)
    assert {each.name for each in tool.workspaces()} == set(known)


def test_a_workspace_goes_from_one_instance_to_another(
    source: ToolClient, target: ToolClient, claims: str, tmp_path: Path
) -> None:
    types, dictionaries, corpus = (tmp_path / name for name in ("t.json", "d.zip", "c.zip"))
    received = source.download_types(claims, types)
    assert received.filename == f"types-{claims}.json"
    source.download_dictionaries(claims, dictionaries)
    source.download_documents(claims, corpus)
    assert zipfile.ZipFile(corpus).testzip() is None

    original = source.workspace(claims)
    copy = copy_of(target, original.language)
    uploaded = target.upload_types(copy, types)
    assert uploaded.entity_types
    target.upload_dictionaries(copy, dictionaries)
    job = finished(target, copy, target.upload_documents(copy, corpus))
    assert (job.state, job.error) == ("done", None)
    assert target.workspace(copy).documents == job.result["documents"]

    mapped = next(d for d in source.dictionaries(claims) if d.entity_type and not d.read_only)
    twin = next(d for d in target.dictionaries(copy) if d.name == mapped.name)
    assert twin.entity_type is None
    target.map_dictionary(copy, twin.id, mapped.entity_type)
    assert {d.entity_type for d in target.dictionaries(copy) if d.id == twin.id} == {
        mapped.entity_type
    }
    target.map_dictionary(copy, twin.id, None)
    with pytest.raises(ServiceError, match="no entity type of this label"):
        target.map_dictionary(copy, twin.id, "No such type")


def test_the_order_of_a_restore_is_told(
    source: ToolClient, target: ToolClient, claims: str, tmp_path: Path
) -> None:
    corpus, types = tmp_path / "c.zip", tmp_path / "t.json"
    source.download_documents(claims, corpus)
    source.download_types(claims, types)
    copy = copy_of(target, "en")
    with pytest.raises(ServiceError, match="no type system yet"):
        target.upload_documents(copy, corpus)
    target.upload_types(copy, types)
    with pytest.raises(ServiceError, match="has a type system already"):
        target.upload_types(copy, types)
    with pytest.raises(ServiceError, match="cannot read the file as documents"):
        target.upload_documents(copy, types)


def test_people_and_tasks_are_made(source: ToolClient, target: ToolClient, claims: str) -> None:
    target.add_user(user_id="new@example.com", role="Human annotator")
    assert "new@example.com" in {user.user_id for user in target.users()}
    with pytest.raises(ServiceError, match="never lowered"):
        target.add_user(user_id="admin@example.com", role="Human annotator")
    manager = "project.manager@example.com"
    assert manager in {
        one.user_id for one in source.set_members(claims, project_managers=[manager])
    }
    base = next(each for each in source.document_sets(claims) if each.type == "SOURCE")
    drawn = source.create_annotation_sets(
        claims, base_set=base.id, overlap=0, annotators={"Again": "annotator.1@example.com"}
    )
    task = source.create_task(
        claims, name="New task", due=1_900_000_000_000, sets=[one.id for one in drawn]
    )
    assert task.id in {each.id for each in source.tasks(claims)}


def test_a_read_only_dictionary_and_an_entity_type_are_made(
    target: ToolClient, tmp_path: Path
) -> None:
    csv = tmp_path / "places.csv"
    csv.write_text('"lemma","poscode","surface"\r\n"here","5","here"\r\n')
    copy = copy_of(target, "en")
    target.create_entity_type(copy, label="PLACE")
    target.upload_read_only_dictionary(copy, csv, "Places")
    (made,) = target.dictionaries(copy)
    assert (made.name, made.read_only) == ("Places", True)


def test_a_model_is_trained_kept_deployed_and_taken_down(
    http: Http, source: ToolClient, sandbox: RunningSandbox, claims: str, tmp_path: Path
) -> None:
    instance = sandbox.source
    nlu = NluClient(
        http,
        address=instance.nlu_url,
        credential=parse_credential(instance.nlu_credential or {}),
        iam_url=instance.iam_url,
    )
    before = {model.model_id for model in nlu.models()}
    assert finished(source, claims, source.train(claims, "ml")).state == "done"
    version = source.snapshot(claims, "ml", description="kept").version
    guid = instance.nlu_url.rsplit("/", 1)[-1]
    deployed = source.deploy(
        claims, "ml", version, service="natural-language-understanding", instance=guid
    )
    (new,) = [model for model in nlu.models() if model.model_id not in before]
    assert (new.model_id, new.workspace_id) == (deployed.model_id, claims)
    source.undeploy(claims, "ml", version, deployed.model_id)
    assert {model.model_id for model in nlu.models()} == before
    with pytest.raises(ServiceError, match="not deployed here any more"):
        nlu.delete(deployed.model_id)
    assert source.export_model(claims, "ml", version, tmp_path / "model.zip").size > 0


def test_a_workspace_is_deleted_and_gone(target: ToolClient) -> None:
    copy = copy_of(target, "en")
    with pytest.raises(ServiceError, match="of this name exists already"):
        copy_of(target, "en")
    target.delete_workspace(copy)
    with pytest.raises(ServiceError, match="is not there any more"):
        target.workspace(copy)
    with pytest.raises(ServiceError, match="nothing left to delete"):
        target.delete_workspace(copy)


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("resume", [False, True])
@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("truncated", {"fraction": 0.3}),
        ("reset", {"bytes": 2000}),
        ("wrong_length", {"delta": 64}),
        ("status", {"status": 503}),
        ("status", {"status": 429, "retry_after": "1"}),
        ("status", {"status": 401}),
        ("chunked", {}),
        ("no_ranges", {}),
    ],
)
def test_a_download_survives_trouble(
    source: ToolClient,
    sandbox: RunningSandbox,
    tmp_path: Path,
    kind: str,
    fields: dict[str, Any],
    *,
    resume: bool,
) -> None:
    claims = named(source, "Claims")
    source.download_documents(claims, tmp_path / "whole.zip")
    sandbox.fault(kind, "documentsets/export", **fields)
    received = source.download_documents(claims, tmp_path / "again.zip", resume=resume)
    assert received.sha256 == digest(tmp_path / "again.zip") == digest(tmp_path / "whole.zip")
    assert received.resumed_from == 0 or (resume and kind in {"truncated", "reset", "wrong_length"})
    assert sorted(path.name for path in tmp_path.glob("*.zip*")) == ["again.zip", "whole.zip"]


def test_a_download_goes_on_where_it_broke(
    source: ToolClient, sandbox: RunningSandbox, claims: str, tmp_path: Path
) -> None:
    sandbox.fault("truncated", "documentsets/export", fraction=0.5)
    received = source.download_documents(claims, tmp_path / "c.zip", resume=True)
    assert received.size > received.resumed_from > 0
    assert zipfile.ZipFile(tmp_path / "c.zip").testzip() is None


@pytest.mark.parametrize("kind", ["html", "session_expired"])
def test_a_session_lost_in_mid_download_leaves_no_file(
    http: Http, sandbox: RunningSandbox, tmp_path: Path, kind: str
) -> None:
    instance = sandbox.source
    tool = tool_of(http, instance, instance.session_credential)
    claims = named(tool, "Claims")
    sandbox.fault(kind, "documentsets/export")
    with pytest.raises(SessionLost):
        tool.download_documents(claims, tmp_path / "c.zip", resume=True)
    assert not list(tmp_path.glob("c.zip*"))


@pytest.mark.parametrize(
    "trouble",
    [
        {"kind": "status", "status": 500, "after": True},
        {"kind": "reset", "after": True},
        {"kind": "truncated", "after": True},
        {"kind": "status", "status": 503},
    ],
)
def test_an_upload_in_trouble_is_sent_once_and_can_be_looked_for(
    source: ToolClient,
    target: ToolClient,
    sandbox: RunningSandbox,
    tmp_path: Path,
    trouble: dict[str, Any],
) -> None:
    types = tmp_path / "t.json"
    source.download_types(source.workspaces()[0].id, types)
    copy = copy_of(target, "en")
    sandbox.fault(path="typestore/import", **trouble)
    with pytest.raises(TransientError, match="not known; the next attempt looks first"):
        target.upload_types(copy, types)
    assert len([c for c in sandbox.called("typestore/import") if c["method"] == "POST"]) == 1
