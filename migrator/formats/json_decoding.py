"""JSON bytes into structs, with one refusal for all the ways in which they can be none."""

import json
from typing import Any, TypeVar

import msgspec

from migrator.formats.errors import FormatError

T = TypeVar("T")

UTF8_BOM = b"\xef\xbb\xbf"


_MEANING = "It cannot be read as what its name says, so nothing of it was used."
_REMEDY = "Download it again from Knowledge Studio and bring it as it arrives."


class NotJson(FormatError):
    """The bytes are no JSON at all: cut off, another format, another encoding."""

    def __init__(self, happened: str, *, meaning: str = _MEANING, remedy: str = _REMEDY) -> None:
        super().__init__(happened, meaning=meaning, remedy=remedy)


class OtherShape(FormatError):
    """The bytes are JSON, but not of the shape that was asked for."""

    def __init__(self, happened: str, *, meaning: str = _MEANING, remedy: str = _REMEDY) -> None:
        super().__init__(happened, meaning=meaning, remedy=remedy)


def decode(payload: bytes | bytearray, shape: type[T], *, what: str) -> T:
    """`payload` as a `shape`; a BOM and lone surrogates are accepted.

    `what` names the part in the sentence, such as "sets.json". Raises NotJson or OtherShape.
    """
    return decode_with(msgspec.json.Decoder(shape), payload, what=what)


def decode_with(decoder: "msgspec.json.Decoder[T]", payload: bytes | bytearray, *, what: str) -> T:
    """Like `decode`, with a decoder that the caller keeps."""
    try:
        return decoder.decode(payload)
    except msgspec.ValidationError as exc:
        raise OtherShape(f"{what} does not have the expected shape: {exc}.") from exc
    except (msgspec.MsgspecError, RecursionError, ValueError):
        slowly: T = _decode_slowly(payload, decoder.type, what=what)
        return slowly


def _decode_slowly(payload: bytes | bytearray, shape: Any, *, what: str) -> Any:
    """The standard library reads lone surrogates and says better where reading stopped."""
    try:
        plain = json.loads(payload.decode("utf-8-sig", "surrogatepass"), parse_constant=_refuse)
        return msgspec.convert(plain, shape)
    except msgspec.ValidationError as exc:
        raise OtherShape(f"{what} does not have the expected shape: {exc}.") from exc
    except RecursionError as exc:
        raise NotJson(f"{what} is nested deeper than any export.") from exc
    except UnicodeDecodeError as exc:
        raise NotJson(f"{what} is not UTF-8 text (byte {exc.start}).") from exc
    except ValueError as exc:
        raise NotJson(f"{what} is not valid JSON: {_place(exc)}.") from exc


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is no JSON number")


def _place(exc: ValueError) -> str:
    if isinstance(exc, json.JSONDecodeError):
        return f"reading stopped at character {exc.pos}"
    if isinstance(exc, UnicodeEncodeError):
        return "a field is named with half a character (a lone surrogate)"
    return "it holds a number that is none"
