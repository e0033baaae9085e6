"""Structs that keep the fields they do not know, so that writing gives back an equal document.

A field that the document may leave out is declared with UNSET and stays left out when written.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any, TypeVar

import msgspec

from migrator.formats.errors import FormatError


class OpenStruct(msgspec.Struct, kw_only=True):
    """The base: `unknown_fields` holds what the document says beyond the declared fields."""

    unknown_fields: dict[str, Any] = msgspec.field(default_factory=dict, name="(unknown)")


S = TypeVar("S", bound=OpenStruct)


def from_plain(plain: Any, shape: type[S], *, what: str) -> S:
    """Plain JSON values as a `shape`; FormatError names the first field that is not as declared."""
    try:
        whole = msgspec.convert(plain, shape)
    except msgspec.ValidationError as exc:
        raise FormatError(
            f"{what} does not have the expected shape: {exc}.",
            meaning="It cannot be read as what it seems to be.",
            remedy="Download it again from Knowledge Studio.",
        ) from exc
    except UnicodeEncodeError as exc:
        raise FormatError(
            f"{what} names a field with half a character (a lone surrogate).",
            meaning="No export of Knowledge Studio does that, and it cannot be read.",
            remedy="Download it again from Knowledge Studio.",
        ) from exc
    _keep_unknown(whole, plain)
    return whole


def to_plain(struct: OpenStruct) -> dict[str, Any]:
    """The JSON object of `struct`: declared fields in their order, then the unknown ones."""
    written: dict[str, Any] = {}
    for name, key in _fields(type(struct)):
        value = getattr(struct, name)
        if value is not msgspec.UNSET:
            written[key] = _plain(value)
    written.update(struct.unknown_fields)
    return written


def _plain(value: Any) -> Any:
    if isinstance(value, OpenStruct):
        return to_plain(value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value


def _keep_unknown(struct: OpenStruct, plain: dict[str, Any]) -> None:
    names = _fields(type(struct))
    known = {key for _, key in names}
    if not known.issuperset(plain):
        struct.unknown_fields = {key: plain[key] for key in plain if key not in known}
    for name, key in names:
        for part, source in _parts(getattr(struct, name), plain.get(key)):
            _keep_unknown(part, source)


def _parts(value: Any, source: Any) -> Iterator[tuple[OpenStruct, Any]]:
    """The structs directly inside a field, each with the JSON object it came from."""
    if isinstance(value, OpenStruct):
        yield value, source
    elif isinstance(value, list) and value and isinstance(value[0], OpenStruct):
        yield from zip(value, source, strict=True)


@cache
def _fields(shape: type[OpenStruct]) -> tuple[tuple[str, str], ...]:
    """(attribute, JSON key) of each declared field."""
    return tuple(
        (field.name, field.encode_name)
        for field in msgspec.structs.fields(shape)
        if field.name != "unknown_fields"
    )
