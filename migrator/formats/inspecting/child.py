"""A process of the pool: reads orders from its standard input, writes answers to its output.

Both are frames: four bytes of length, then msgpack. An order is a `Job`, which says what to do with
which ZIP, or a chunk to do it with. The answer to a chunk may be empty: then it cannot be sent (a
lone surrogate in a label), and whoever asked does the chunk again. `pool` starts this with nothing
but the import path, because a child that loads less begins sooner.
"""

import gc
import importlib
import os
import select
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import msgspec

from migrator.formats.inspecting.chunks import Chunk
from migrator.formats.inspecting.rules import TypeRules
from migrator.formats.zip_reader import EntryReader

LENGTH = 4  # bytes, little endian, before each frame
_STDIN, _STDOUT = 0, 1
_LOOK = 5.0  # seconds between two looks whether the parent still lives

Examine: TypeAlias = Callable[[EntryReader, Chunk], Any]


class Job(msgspec.Struct, array_like=True):
    """The ZIP that the chunks are of, and the rules to hold them against."""

    path: bytes
    rules: TypeRules | None = None


class Order(msgspec.Struct, array_like=True):
    """One of the two."""

    job: Job | None = None
    chunk: Chunk = []


def framed(payload: bytes) -> bytes:
    """`payload` behind its length."""
    return len(payload).to_bytes(LENGTH, "little") + payload


def factory(work: str) -> Callable[[TypeRules | None], Examine]:
    """What `module:factory` names: it takes the rules and gives the function for chunks."""
    module, _, name = work.partition(":")
    found: Callable[[TypeRules | None], Examine] = getattr(importlib.import_module(module), name)
    return found


def main(parent: int, work: str) -> None:
    """Answer until the parent, a process id, closes the pipe or ends."""
    gc.disable()  # nothing that an examination makes is part of a cycle
    make = factory(work)
    reader: EntryReader | None = None
    examine: Examine | None = None
    decoder = msgspec.msgpack.Decoder(Order)
    while frame := _next_frame(parent):
        order = decoder.decode(frame)
        if order.job is not None:
            reader, examine = EntryReader(Path(os.fsdecode(order.job.path))), make(order.job.rules)
        else:
            assert reader is not None, "the job comes before its chunks"
            assert examine is not None
            _write(framed(_packed(examine(reader, order.chunk))))


def _packed(answer: Any) -> bytes:
    try:
        return msgspec.msgpack.encode(answer)
    except UnicodeEncodeError:
        return b""


def _next_frame(parent: int) -> bytes:
    """The next order, empty where no more will come."""
    while not select.select([_STDIN], [], [], _LOOK)[0]:
        if os.getppid() != parent:  # it was killed while somebody else holds its end of the pipe
            return b""
    return _read(int.from_bytes(_read(LENGTH), "little"))


def _read(size: int) -> bytes:
    pieces = []
    while size > 0 and (piece := os.read(_STDIN, size)):
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces) if size == 0 else b""


def _write(frame: bytes) -> None:
    rest = memoryview(frame)
    while rest:
        rest = rest[os.write(_STDOUT, rest) :]
