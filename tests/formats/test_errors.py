"""Every refusal says what happened, what it means for the data, and what to do."""

import ast
from pathlib import Path

import pytest

import migrator.formats
from migrator.formats.errors import StatedError
from migrator.formats.json_decoding import NotJson, OtherShape, decode

SOURCES = sorted(Path(migrator.formats.__file__).parent.rglob("*.py"))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_no_refusal_leaves_out_meaning_or_remedy(path: Path) -> None:
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    for call in calls:
        if isinstance(call.func, ast.Name) and call.func.id in {"FormatError", "DamagedEntry"}:
            said = {keyword.arg for keyword in call.keywords}
            assert {"meaning", "remedy"} <= said, f"line {call.lineno}"


@pytest.mark.parametrize("payload", [b"\xff\xfe{", b"{", b"[NaN]", b"[" * 100_000, b'{"a": 1}'])
def test_json_that_cannot_be_read_is_refused_in_three_sentences(payload: bytes) -> None:
    with pytest.raises((NotJson, OtherShape)) as refused:
        decode(payload, list[int], what="sets.json")
    error: StatedError = refused.value
    assert all((error.happened, error.meaning, error.remedy))
