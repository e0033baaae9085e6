"""JSON printed as the service prints it (Jackson's default pretty printer).

Objects indent by two spaces, lists stay on the line, `" : "` stands between key and value, and
characters beyond ASCII are raw.
"""

import json
import re
from collections.abc import Iterable, Iterator
from json.encoder import encode_basestring  # keeps non-ASCII raw
from typing import Any

_SURROGATE = re.compile("[\ud800-\udfff]")
_CONSTANTS = {None: "null", True: "true", False: "false"}


def pretty(value: Any, depth: int = 0) -> str:
    """`value` (plain JSON values) as text; `depth` is the number of objects around it."""
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, dict):
        return _object(value, depth)
    if isinstance(value, list | tuple):
        return "[ " + ", ".join([pretty(item, depth) for item in value]) + " ]" if value else "[ ]"
    if value is None or isinstance(value, bool):
        return _CONSTANTS[value]
    return repr(value) if isinstance(value, int) else json.dumps(value)


def _object(value: dict[str, Any], depth: int) -> str:
    if not value:
        return "{ }"
    margin = "\n" + "  " * (depth + 1)
    lines = [f"{quoted(key)} : {pretty(item, depth + 1)}" for key, item in value.items()]
    return "{" + margin + ("," + margin).join(lines) + margin[:-2] + "}"


def quoted(text: str) -> str:
    """A JSON string; a lone surrogate, which UTF-8 cannot hold, is escaped."""
    written: str = encode_basestring(text)
    if "\\u00" in written:
        written = _uppercase_escapes(written)
    if not written.isascii() and _SURROGATE.search(written):
        written = "".join(map(_escape_surrogate, written))
    return written


def pretty_list(items: Iterable[Any]) -> Iterator[bytes]:
    """A list of objects, item by item, so that it need not be held whole."""
    before = "[ "
    for item in items:
        yield (before + pretty(item)).encode()
        before = ", "
    yield b"[ ]" if before == "[ " else b" ]"


def _uppercase_escapes(written: str) -> str:
    head, *others = written.split("\\u00")
    return head + "".join("\\u00" + part[:2].upper() + part[2:] for part in others)


def _escape_surrogate(character: str) -> str:
    return f"\\u{ord(character):04X}" if "\ud800" <= character <= "\udfff" else character
