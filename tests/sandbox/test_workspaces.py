"""Workspaces, people, type systems and dictionaries: the rules that a restore meets."""

import io
import json
import zipfile
from pathlib import Path

import pytest

from sandbox.generator import generate
from sandbox.generator.export import GeneratedExport
from tests.sandbox.fixtures import RunningSandbox


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> GeneratedExport:
    """A small English export."""
    return generate(tmp_path_factory.mktemp("export"), seed=11, documents=12)


def test_a_new_workspace_is_empty_and_its_name_is_taken(sandbox: RunningSandbox) -> None:
    new = sandbox.create_workspace("Copy")
    read = sandbox.call("GET", f"/workspaces/{new}", "target").json()
    assert (read["name"], read["language"], read["documents"]) == ("Copy", "en", 0)
    again = sandbox.call("POST", "/workspaces", "target", json={"name": "Copy", "language": "en"})
    assert again.status_code == 409


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"name": "A", "language": "xx"}, 422),
        ({"name": "A", "language": "en", "tokenizer": "other"}, 422),
        ({"language": "en"}, 400),
        ({"name": " ", "language": "en"}, 400),
    ],
)
def test_a_workspace_that_cannot_be_is_refused(
    sandbox: RunningSandbox, body: dict[str, str], status: int
) -> None:
    assert sandbox.call("POST", "/workspaces", "target", json=body).status_code == status


def test_an_unknown_workspace_is_404_and_so_is_that_of_another_instance(
    sandbox: RunningSandbox,
) -> None:
    known = sandbox.workspaces()["Claims"]["id"]
    for path in ("/workspaces/unknown", "/workspaces/unknown/tasks", f"/workspaces/{known}"):
        assert sandbox.call("GET", path, "target").status_code == 404


def test_an_empty_workspace_exports_empty_files(sandbox: RunningSandbox) -> None:
    new = sandbox.create_workspace()
    types = sandbox.call("GET", f"/workspaces/{new}/typestore/export", "target")
    assert f"types-{new}.json" in types.headers["Content-Disposition"]
    assert types.json()["entityTypes"] == []
    packed = sandbox.call("GET", f"/workspaces/{new}/dictionaries/export", "target").content
    with zipfile.ZipFile(io.BytesIO(packed)) as opened:
        assert json.loads(opened.read("schema.json")) == []
    corpus = sandbox.call("GET", f"/workspaces/{new}/documentsets/export", "target").content
    with zipfile.ZipFile(io.BytesIO(corpus)) as opened:
        assert opened.namelist() == ["documents.json", "sets.json"]
        assert [each["count"] for each in json.loads(opened.read("sets.json"))] == [0]


def test_roles_are_raised_and_never_lowered(sandbox: RunningSandbox) -> None:
    def put(role: str) -> int:
        body = {"user_id": "new@example.com", "role": role}
        return sandbox.call("POST", "/users", json=body).status_code

    assert put("Human annotator") == 201
    assert put("Project manager") == 200
    assert put("Human annotator") == 409
    assert put("Emperor") == 422


def test_an_annotator_manages_no_workspace(sandbox: RunningSandbox) -> None:
    path = f"/workspaces/{sandbox.workspaces()['Claims']['id']}/members"
    refused = sandbox.call("PUT", path, json={"project_managers": ["annotator.1@example.com"]})
    assert refused.status_code == 422
    taken = sandbox.call("PUT", path, json={"project_managers": ["project.manager@example.com"]})
    assert [each["user_id"] for each in taken.json()] == ["project.manager@example.com"]


def test_types_come_before_dictionaries_and_documents(
    sandbox: RunningSandbox, export: GeneratedExport
) -> None:
    new = sandbox.create_workspace()
    assert sandbox.upload(new, "dictionaries", export.dictionaries).status_code == 409
    assert sandbox.upload(new, "documentsets", export.corpus).status_code == 409
    taken = sandbox.upload(new, "typestore", export.types)
    assert taken.json()["entity_types"] > 0
    assert sandbox.upload(new, "typestore", export.types).status_code == 409
    assert sandbox.upload(new, "dictionaries", export.dictionaries).status_code == 200


def test_uploaded_types_download_equal_under_the_new_workspace(
    sandbox: RunningSandbox, export: GeneratedExport
) -> None:
    new = sandbox.create_workspace()
    sandbox.upload(new, "typestore", export.types)
    back = sandbox.call("GET", f"/workspaces/{new}/typestore/export", "target").json()
    sent = json.loads(export.types.read_bytes())
    assert back["pid"] == new
    for part in ("entityTypes", "relationshipTypes", "sireInfo", "functionalEntityTypes"):
        assert back[part] == sent[part]


def test_a_stranger_is_no_type_system(sandbox: RunningSandbox, tmp_path: Path) -> None:
    new = sandbox.create_workspace()
    for number, content in enumerate(("no json", "[]", "{}", '{"entityTypes": [1]}')):
        path = tmp_path / f"{number}.json"
        path.write_text(content)
        assert sandbox.upload(new, "typestore", path).status_code == 400
    assert sandbox.call("POST", f"/workspaces/{new}/typestore/import", "target").status_code == 400


def test_single_entity_types_take_no_hyphen_and_no_label_twice(sandbox: RunningSandbox) -> None:
    new = sandbox.create_workspace()
    path = f"/workspaces/{new}/typestore/entitytypes?create_default_role=true"
    made = sandbox.call("POST", path, "target", json={"label": "Place"})
    assert made.status_code == 201
    assert made.json()["sireProp"]["roles"] == [made.json()["id"]]
    assert sandbox.call("POST", path, "target", json={"label": "Place"}).status_code == 409
    assert sandbox.call("POST", path, "target", json={"label": "A-B"}).status_code == 422


def test_dictionaries_download_in_the_services_shape(
    sandbox: RunningSandbox, export: GeneratedExport
) -> None:
    new = sandbox.create_workspace("My copy")
    sandbox.upload(new, "typestore", export.types)
    sandbox.upload(new, "dictionaries", export.dictionaries)
    answer = sandbox.call("GET", f"/workspaces/{new}/dictionaries/export", "target")
    assert "My+copy_dictionary_" in answer.headers["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as opened:
        schema = json.loads(opened.read("schema.json"))
        for each in schema:
            lines = opened.read(f"{each['id']}.csv").decode().splitlines()
            assert lines[0] == '"lemma","poscode","surface"'
            assert each["workspace"] == new


def test_read_only_dictionaries_and_mappings_are_in_no_download(sandbox: RunningSandbox) -> None:
    tickets = sandbox.workspaces()["Support tickets"]["id"]
    listed = sandbox.call("GET", f"/workspaces/{tickets}/dictionaries").json()["items"]
    read_only = [each["name"] for each in listed if each["read_only"]]
    packed = sandbox.call("GET", f"/workspaces/{tickets}/dictionaries/export").content
    with zipfile.ZipFile(io.BytesIO(packed)) as opened:
        schema = json.loads(opened.read("schema.json"))
    assert read_only
    assert not {each["name"] for each in schema} & set(read_only)
    assert all("entity_type" not in each["properties"] for each in schema)


def test_a_dictionary_is_mapped_to_a_known_type_only(sandbox: RunningSandbox) -> None:
    claims = sandbox.workspaces()["Claims"]["id"]
    listed = sandbox.call("GET", f"/workspaces/{claims}/dictionaries").json()["items"]
    label = next(each["entity_type"] for each in listed if each["entity_type"])
    path = f"/workspaces/{claims}/dictionaries/{listed[1]['id']}"
    assert sandbox.call("PUT", path, json={"entity_type": label}).json()["entity_type"] == label
    assert sandbox.call("PUT", path, json={"entity_type": None}).json()["entity_type"] is None
    assert sandbox.call("PUT", path, json={"entity_type": "Nothing"}).status_code == 422
    unknown = f"/workspaces/{claims}/dictionaries/unknown"
    assert sandbox.call("PUT", unknown, json={"entity_type": None}).status_code == 404


def test_a_read_only_dictionary_is_one_csv_with_a_name(
    sandbox: RunningSandbox, tmp_path: Path
) -> None:
    claims = sandbox.workspaces()["Claims"]["id"]
    path = tmp_path / "any.csv"
    path.write_text("lemma,poscode,surface\nharbour,3,harbour,harbours\n")

    def send(name: str) -> int:
        with path.open("rb") as file:
            answer = sandbox.call(
                "POST",
                f"/workspaces/{claims}/dictionaries/readonly",
                files={"file": ("any.csv", file)},
                data={"name": name},
            )
        return answer.status_code

    assert (send("Big"), send("Big"), send("")) == (201, 409, 400)


def test_a_dictionary_of_another_language_is_422(
    sandbox: RunningSandbox, tmp_path: Path, export: GeneratedExport
) -> None:
    german = generate(tmp_path, seed=12, documents=2, language="de")
    new = sandbox.create_workspace()
    sandbox.upload(new, "typestore", export.types)
    assert sandbox.upload(new, "dictionaries", german.dictionaries).status_code == 422
    assert sandbox.call("GET", f"/workspaces/{new}/dictionaries", "target").json()["total"] == 0


def test_files_over_the_limit_are_413(
    tiny_sandbox: RunningSandbox, export: GeneratedExport, tmp_path: Path
) -> None:
    new = tiny_sandbox.create_workspace()
    big = tmp_path / "big.json"
    big.write_bytes(b" " * 20_001)
    assert tiny_sandbox.upload(new, "typestore", big).status_code == 413
    assert tiny_sandbox.upload(new, "documentsets", export.corpus).status_code == 413


def test_lists_come_in_pages(tiny_sandbox: RunningSandbox) -> None:
    claims = tiny_sandbox.workspaces()["Claims"]["id"]
    path = f"/workspaces/{claims}/documentsets"
    seen: list[str] = []
    while True:
        found = tiny_sandbox.call("GET", path, params={"limit": 100, "offset": len(seen)}).json()
        assert len(found["items"]) <= 5
        seen += [each["id"] for each in found["items"]]
        if not found["items"]:
            break
    assert len(seen) == len(set(seen)) == found["total"] > 5
    assert tiny_sandbox.call("GET", path, params={"limit": "x"}).status_code == 400


def test_deleting_a_workspace_leaves_its_deployed_models_behind(sandbox: RunningSandbox) -> None:
    claims = sandbox.workspaces()["Claims"]["id"]
    assert sandbox.call("DELETE", f"/workspaces/{claims}").status_code == 204
    assert sandbox.call("GET", f"/workspaces/{claims}").status_code == 404
    left = sandbox.admin("GET", "state")["deployments"]
    assert claims in [each["workspace"] for each in left]
