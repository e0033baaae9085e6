"""Documents pre-annotated by Natural Language Understanding: unreadable outside the service.

IBM says that they download "in a non-readable format" and can only go back into Knowledge Studio.
What they look like was never seen, so the sandbox takes turns with three forms. Each carries its
content under a cipher that only stops reading by eye, so that an upload gets it back.
"""

import base64
import zlib
from typing import Any

import msgspec

from migrator.formats.jackson import pretty

_FIELD = "sealed"
_MARK = b"WKS1:"


def obscured(content: bytes, number: int) -> bytes:
    """The ground truth `content` as it downloads; `number` chooses the form."""
    sealed = base64.b85encode(zlib.compress(content)[::-1])
    if number % 3 == 0:
        return _MARK + sealed
    truth: dict[str, Any] = msgspec.json.decode(content)
    truth |= {"mentions": [], "relations": [], "corefs": [], _FIELD: sealed.decode()}
    if number % 3 == 1:
        truth["sentences"] = []
    else:
        truth["text"] = "".join(chr(0x2460 + ord(each) % 64) for each in truth["text"])
    return pretty(truth).encode()


def revealed(content: bytes) -> bytes | None:
    """The ground truth behind an obscured one, None when `content` is not obscured."""
    if content.startswith(_MARK):
        return _opened(content[len(_MARK) :])
    if b'"sealed"' not in content:
        return None
    try:
        found = msgspec.json.decode(content, type=dict[str, Any]).get(_FIELD)
    except msgspec.DecodeError:
        return None
    return _opened(found.encode()) if isinstance(found, str) else None


def _opened(sealed: bytes) -> bytes | None:
    try:
        return zlib.decompress(base64.b85decode(sealed)[::-1])
    except (ValueError, zlib.error):
        return None
