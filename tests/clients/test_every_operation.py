"""Each operation of the profile in each kind of trouble: an error in words, never anything else."""

import contextlib
from collections.abc import Callable
from pathlib import Path

import pytest

from migrator.clients.credentials import SessionCredential
from migrator.clients.http import Http
from migrator.clients.profile import load_profile
from migrator.clients.tool import ToolClient
from migrator.errors import ServiceError, SessionLost, TransientError
from migrator.formats.errors import StatedError
from tests.clients.conftest import RawServer

NLU = "natural-language-understanding"
CALLS: dict[str, Callable[[ToolClient, Path], object]] = {
    "list_workspaces": lambda tool, _: tool.workspaces(),
    "read_workspace": lambda tool, _: tool.workspace("w"),
    "create_workspace": lambda tool, _: tool.create_workspace(
        name="A", description="", language="en", tokenizer="ml"
    ),
    "delete_workspace": lambda tool, _: tool.delete_workspace("w"),
    "list_users": lambda tool, _: tool.users(),
    "add_user": lambda tool, _: tool.add_user(user_id="a@example.com", role="Admin"),
    "list_members": lambda tool, _: tool.members("w"),
    "set_members": lambda tool, _: tool.set_members("w", project_managers=[]),
    "download_types": lambda tool, file: tool.download_types("w", file.with_name("new")),
    "upload_types": lambda tool, file: tool.upload_types("w", file),
    "create_entity_type": lambda tool, _: tool.create_entity_type("w", label="A"),
    "list_rule_classes": lambda tool, _: tool.rule_classes("w"),
    "list_dictionaries": lambda tool, _: tool.dictionaries("w"),
    "download_dictionaries": lambda tool, file: tool.download_dictionaries(
        "w", file.with_name("new")
    ),
    "upload_dictionaries": lambda tool, file: tool.upload_dictionaries("w", file),
    "upload_read_only_dictionary": lambda tool, file: tool.upload_read_only_dictionary(
        "w", file, "A"
    ),
    "map_dictionary": lambda tool, _: tool.map_dictionary("w", "d", "A"),
    "list_document_sets": lambda tool, _: tool.document_sets("w"),
    "download_documents": lambda tool, file: tool.download_documents("w", file.with_name("new")),
    "upload_documents": lambda tool, file: tool.upload_documents("w", file),
    "read_job": lambda tool, _: tool.job("w", "j"),
    "list_tasks": lambda tool, _: tool.tasks("w"),
    "create_task": lambda tool, _: tool.create_task("w", name="A", due=0, sets=[]),
    "create_annotation_sets": lambda tool, _: tool.create_annotation_sets(
        "w", base_set="b", overlap=0, annotators={}
    ),
    "list_models": lambda tool, _: tool.models("w"),
    "train": lambda tool, _: tool.train("w", "ml"),
    "snapshot": lambda tool, _: tool.snapshot("w", "ml"),
    "deploy": lambda tool, _: tool.deploy("w", "ml", "1.0", service=NLU, instance="i"),
    "undeploy": lambda tool, _: tool.undeploy("w", "ml", "1.0", "10:m"),
    "export_model": lambda tool, file: tool.export_model("w", "ml", "1.0", file.with_name("new")),
}
REPEATABLE = ("GET", "DELETE")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "file.zip"
    path.write_bytes(b"PK" * 1000)
    return path


def tool_at(http: Http, url: str) -> ToolClient:
    return ToolClient(http, address=f"{url}/t", credential=SessionCredential("x1", "d1"))


def times(name: str) -> int:
    """How often a call in passing trouble is sent."""
    return 4 if load_profile().operations[name].method in REPEATABLE else 1


def test_every_operation_can_be_called() -> None:
    assert CALLS.keys() | {"health"} == load_profile().operations.keys()


@pytest.mark.parametrize("name", CALLS)
def test_passing_trouble_is_transient_and_only_what_is_safe_is_repeated(
    http: Http, raw_server: RawServer, file: Path, name: str
) -> None:
    raw_server.answers = [b"HTTP/1.1 500 No\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}"]
    with pytest.raises(TransientError) as caught:
        CALLS[name](tool_at(http, raw_server.url), file)
    assert caught.value.happened.startswith("Could not ")
    assert len(raw_server.asked) == times(name)
    assert sorted(path.name for path in file.parent.iterdir()) == ["file.zip"]


@pytest.mark.parametrize("name", CALLS)
def test_a_line_that_breaks_is_transient(
    http: Http, raw_server: RawServer, file: Path, name: str
) -> None:
    raw_server.answers = [b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{"]
    with pytest.raises(TransientError):
        CALLS[name](tool_at(http, raw_server.url), file)
    assert len(raw_server.asked) == times(name)


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("lost", ["redirection", "page"])
def test_a_lost_session_is_known_everywhere(
    http: Http, raw_server: RawServer, file: Path, name: str, lost: str
) -> None:
    page = b"Content-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>"
    status = b"302 Found\r\nLocation: /login" if lost == "redirection" else b"200 OK"
    raw_server.answers = [b"HTTP/1.1 " + status + b"\r\n" + page]
    with pytest.raises(SessionLost, match="store the two new cookies"):
        CALLS[name](tool_at(http, raw_server.url), file)
    assert len(raw_server.asked) == 1


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("status", [400, 403, 404, 409, 413, 422])
def test_a_refusal_is_final_and_has_three_sentences(
    http: Http, raw_server: RawServer, file: Path, name: str, status: int
) -> None:
    raw_server.answers = [b"HTTP/1.1 %d No\r\nContent-Length: 2\r\n\r\n{}" % status]
    with pytest.raises(ServiceError) as caught:
        CALLS[name](tool_at(http, raw_server.url), file)
    assert caught.value.http_status == status
    assert all((caught.value.happened, caught.value.meaning, caught.value.remedy))
    assert len(raw_server.asked) == 1


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("content", [b"", b"{}", b"7", b'"a"', b"[[]]", b"{broken", b"\xff"])
def test_an_odd_answer_is_a_value_or_an_error_in_words(
    http: Http, raw_server: RawServer, file: Path, name: str, content: bytes
) -> None:
    raw_server.answers = [b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(content) + content]
    with contextlib.suppress(StatedError):
        CALLS[name](tool_at(http, raw_server.url), file)
    assert len(raw_server.asked) <= 2
