"""JSON files told apart: the type system, and the parts of exports that lie around alone."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from migrator.formats.errors import FormatError
from migrator.formats.json_decoding import NotJson, OtherShape, decode
from migrator.formats.json_items import iter_items
from migrator.formats.kinds import Kind
from migrator.formats.near import Verdict, stranger
from migrator.formats.type_system import MAX_TYPE_SYSTEM

_PIECE = 1 << 18
_WHOLE_ZIP = "Bring the whole ZIP that Knowledge Studio downloaded."

Keys = frozenset[str]
_PARTS: tuple[tuple[Callable[[Keys], bool], str, str, str], ...] = (
    (
        lambda keys: keys >= {"posCodes", "name"},
        "This is the schema.json of a dictionaries download, without its CSVs.",
        "dictionaries_part",
        _WHOLE_ZIP,
    ),
    (
        lambda keys: keys >= {"sentences", "mentions"},
        "This is the ground truth of a single document.",
        "corpus_part",
        _WHOLE_ZIP,
    ),
    (
        lambda keys: keys >= {"documents", "type"},
        "This is the sets.json of a documents download, alone.",
        "corpus_part",
        _WHOLE_ZIP,
    ),
    (
        lambda keys: keys >= {"id", "text", "mentions"},
        "This is labelled data of Watson Discovery, which holds no workspace.",
        "discovery",
        "Bring the documents as Knowledge Studio downloads them (ZIP).",
    ),
    (
        lambda keys: keys >= {"id", "name", "text"},
        "This is the documents.json of a documents download, alone.",
        "corpus_part",
        _WHOLE_ZIP,
    ),
)


class _TypesPeek(msgspec.Struct):
    entity_types: list[msgspec.Raw] = msgspec.field(name="entityTypes")
    relation_types: list[msgspec.Raw] = msgspec.field(name="relationshipTypes")
    pid: Any = None


def recognize_json(path: Path, *, is_list: bool) -> Verdict:
    """What a JSON file is; FormatError when it is cut off or no JSON after all."""
    return _list(path) if is_list else _object(path)


def _object(path: Path) -> Verdict:
    if path.stat().st_size > MAX_TYPE_SYSTEM:
        return stranger("This JSON file is far larger than any type system.", "json")
    payload = path.read_bytes()
    try:
        peek = decode(payload, _TypesPeek, what="The file")
    except NotJson as exc:
        raise _cut_off(exc) from exc
    except OtherShape:
        keys = decode(payload, dict[str, Any], what="The file").keys()
        return _part(frozenset(keys))
    entity_types, relation_types = len(peek.entity_types), len(peek.relation_types)
    return Verdict(
        Kind.TYPE_SYSTEM,
        f"A type system with {entity_types:,} entity types and {relation_types:,} relation types.",
        workspace_id=peek.pid if isinstance(peek.pid, str) else "",
    )


def _list(path: Path) -> Verdict:
    try:
        first = next(iter_items(_pieces(path), what="The file"), b"{}")
        keys = decode(first, dict[str, Any], what="The file").keys()
    except OtherShape:
        return _part(frozenset())
    except NotJson as exc:
        raise _cut_off(exc) from exc
    return _part(frozenset(keys))


def _part(keys: Keys) -> Verdict:
    for fits, what, near, bring in _PARTS:
        if fits(keys):
            return stranger(what, near, bring)
    return stranger("This JSON file is no type system.", "json")


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece


def _cut_off(exc: FormatError) -> FormatError:
    return FormatError(
        f"The file begins like JSON but cannot be read to its end. {exc.happened}",
        meaning="It is cut off, damaged or not JSON, so nothing of it was used.",
        remedy="Download it again from Knowledge Studio.",
    )
