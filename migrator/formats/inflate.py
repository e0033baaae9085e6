"""Raw deflate and CRC-32: isal where it is installed, zlib otherwise."""

import importlib
import zlib
from collections.abc import Iterator
from types import ModuleType
from typing import Protocol


def _fastest() -> ModuleType:
    try:
        return importlib.import_module("isal.isal_zlib")
    except ImportError:  # no isal wheel for this machine: slower, otherwise the same
        return zlib


_ZLIB = _fastest()
_ERRORS: tuple[type[Exception], ...] = (_ZLIB.error, zlib.error)

RAW = -zlib.MAX_WBITS
_SHORT = 40_000  # bytes; deflate makes at most 1032 out of one, so these never give over 42 MB


class DeflateError(Exception):
    """The compressed bytes are damaged or inflate to another size than declared."""


class _Inflater(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def unconsumed_tail(self) -> bytes: ...
    def decompress(self, packed: bytes, max_length: int = ..., /) -> bytes: ...


def _inflater() -> _Inflater:
    inflater: _Inflater = _ZLIB.decompressobj(wbits=RAW)
    return inflater


def crc32(payload: bytes, start: int = 0) -> int:
    """CRC-32 of `payload`, continuing `start`."""
    value: int = _ZLIB.crc32(payload, start)
    return value


def inflate(packed: bytes, size: int) -> bytes:
    """All of `packed`, which must give exactly `size` bytes; never more is held in memory.

    Up to _SHORT bytes it may be more, since one call into memory of the right size is faster.
    """
    if len(packed) <= _SHORT:
        return _inflate_at_once(packed, size)
    inflater = _inflater()
    try:
        payload = inflater.decompress(packed, size + 1)
    except _ERRORS as exc:
        raise DeflateError(str(exc)) from exc
    if len(payload) != size or not inflater.eof:
        raise DeflateError("the declared size is wrong")
    return payload


def _inflate_at_once(packed: bytes, size: int) -> bytes:
    try:
        payload: bytes = _ZLIB.decompress(packed, RAW, max(size, 1))
    except _ERRORS as exc:
        raise DeflateError(str(exc)) from exc
    if len(payload) != size:
        raise DeflateError("the declared size is wrong")
    return payload


def inflate_chunks(packed: Iterator[bytes], *, chunk: int = 1 << 17) -> Iterator[bytes]:
    """The inflated bytes in pieces of at most `chunk`; DeflateError when the stream is cut off."""
    inflater = _inflater()
    try:
        for piece in packed:
            rest = piece
            while rest and not inflater.eof:
                if plain := inflater.decompress(rest, chunk):
                    yield plain
                rest = inflater.unconsumed_tail
        while not inflater.eof and (plain := inflater.decompress(b"", chunk)):
            yield plain
    except _ERRORS as exc:
        raise DeflateError(str(exc)) from exc
    if not inflater.eof:
        raise DeflateError("the compressed bytes end early")
