"""The profile file: complete as it comes, corrected by a file of one's own."""

import re
from pathlib import Path

import pytest

from migrator.clients.profile import load_profile
from migrator.clients.shapes import INSIDE, NAMES
from migrator.clients.tool.wording import REFUSALS, WORDS
from migrator.errors import ServiceError

SEEN = {"health", "create_entity_type", "list_rule_classes"}


def test_every_operation_has_words_and_every_shape_its_names() -> None:
    profile = load_profile()
    assert profile.operations.keys() == WORDS.keys()
    assert profile.operations.keys() >= REFUSALS.keys()
    assert set(profile.answers) == set(NAMES.values())
    for shape, name in NAMES.items():
        assert profile.answers[name] == {field: field for field in shape.__struct_fields__}
    for (outer, field), inner in INSIDE.items():
        assert field in profile.answers[outer]
        assert inner in profile.answers


def test_what_is_seen_and_what_is_assumed_is_told() -> None:
    operations = load_profile().operations
    assert {name for name, one in operations.items() if one.status == "seen"} == SEEN


def test_what_reads_is_exactly_what_gets() -> None:
    for operation in load_profile().operations.values():
        assert operation.read_only == (operation.method == "GET")


def test_what_has_a_size_limit_has_a_sentence_for_it() -> None:
    for name, operation in load_profile().operations.items():
        assert operation.max_bytes is None or 413 in REFUSALS[name]


def test_refusals_speak_in_whole_sentences() -> None:
    for refusals in REFUSALS.values():
        for refusal in refusals.values():
            assert all(re.fullmatch(r"[A-Z0-9].*\.", sentence) for sentence in refusal)


def test_ids_are_quoted_in_a_path() -> None:
    undeploy = load_profile().operations["undeploy"]
    path = undeploy.filled(w="w/1", k="ml", v="1.0", m="10:7abc")
    assert path == "/workspaces/w%2F1/models/ml/versions/1.0/deployments/10%3A7abc"


@pytest.mark.parametrize("bad", ["", ".", ".."])
def test_an_id_that_would_change_the_path_is_refused(bad: str) -> None:
    with pytest.raises(ServiceError, match="empty or a path"):
        load_profile().operations["delete_workspace"].filled(w=bad)


def test_a_file_of_ones_own_replaces_what_it_names_and_nothing_else(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(
        'name = "mine"\napi_root = "/wks/api/v11"\n'
        '[operations.list_workspaces]\npath = "/projects"\nstatus = "seen"\n'
        '[answers.workspace]\nid = "project_id"\n'
    )
    profile, built_in = load_profile(own), load_profile()
    assert (profile.name, profile.api_root) == ("mine", "/wks/api/v11")
    changed = profile.operations["list_workspaces"]
    assert (changed.method, changed.path, changed.status) == ("GET", "/projects", "seen")
    assert profile.operations["read_job"] == built_in.operations["read_job"]
    assert profile.answers["workspace"]["id"] == "project_id"
    assert profile.answers["workspace"]["name"] == "name"
    assert built_in.operations["list_workspaces"].path == "/workspaces"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("{broken", "no TOML"),
        ("name = 7", "name"),
        ("surplus = 1", "surplus"),
        ('[operations.no_such]\nmethod="GET"\npath="/x"\nstatus="seen"', "no_such"),
        ('[operations.health]\nmethod = "TRACE"', "method"),
        ('[operations.health]\npath = "monitor"', "health"),
        ('[operations.health]\npath = "//evil.example/x"', "health"),
        ('[operations.health]\npath = "/x?y=z"', "health"),
        ('[operations.health]\npath = "/{w}"', "health"),
        ('[operations.read_job]\npath = "/jobs/{job}"', "read_job"),
        ('[operations.read_job]\npath = "/{w.__class__}/{job}/{w}"', "read_job"),
        ('api_root = "x"', "api_root"),
        ("operations = 7", "operations"),
    ],
)
def test_an_unusable_file_is_refused_by_entry(tmp_path: Path, text: str, named: str) -> None:
    own = tmp_path / "own.toml"
    own.write_text(text)
    with pytest.raises(ServiceError, match=r"own\.toml cannot be used") as caught:
        load_profile(own)
    assert named in caught.value.happened
    assert str(tmp_path) not in str(caught.value)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ServiceError, match="cannot be read"):
        load_profile(tmp_path / "none.toml")
