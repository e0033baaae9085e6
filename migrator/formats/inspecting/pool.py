"""Ground truths examined by several processes, given back in order.

The children import nothing but the formats and open the ZIP themselves, so that only the ZIP's
directory entries and the facts travel. The caller's process works too: between two chunks of its
own it looks what the children have brought, so no thread is needed and no lock. A child that
cannot be started or dies costs time, never a result.
"""

import os
import select
from collections.abc import Iterator
from types import TracebackType
from typing import Any, Self, TypeVar

import msgspec

from migrator.formats.inspecting.child import Job, Order, factory
from migrator.formats.inspecting.child_process import ChildProcess
from migrator.formats.inspecting.chunks import Chunk, Chunks
from migrator.formats.inspecting.rules import TypeRules
from migrator.formats.zip_reader import EntryReader

MOST_PROCESSES = 4  # beyond that memory grows and the disk decides
PATIENCE = 120.0  # seconds for a chunk, which takes a hundredth of one
# Chunks that wait at a child, so that it need not wait while the caller reads lists.
MOST_AHEAD, LEAST_AHEAD = 24, 2

T = TypeVar("T")


def processes() -> int:
    """How many processes are worth it here; pipes that can be waited for are POSIX."""
    if os.name != "posix":
        return 1
    allowed = getattr(os, "sched_getaffinity", None)  # not on macOS
    cores = len(allowed(0)) if allowed else os.cpu_count() or 1
    return min(cores, MOST_PROCESSES)


class Pool:
    """Processes that wait for chunks, once started. Leaving the block stops them.

    `work` names, as `module:factory`, what makes the function that examines a chunk: it takes the
    rules, and what it gives takes the reader and the chunk and raises nothing.
    """

    def __init__(self, work: str) -> None:
        self._work = work
        self._children: list[ChildProcess] = []

    def start(self) -> None:
        """Start the children, unless they run; early, so that they have loaded when needed."""
        if not self._children:
            started = (ChildProcess.start(self._work) for _ in range(processes() - 1))
            self._children = [child for child in started if child is not None]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for child in self._children:
            child.stop()

    def share(
        self,
        reader: EntryReader,
        chunks: Chunks,
        shape: type[T],
        rules: TypeRules | None = None,
    ) -> Iterator[T]:
        """What each chunk comes to, in order; `shape` is the type of that.

        The children begin at once. What is changed in a chunk afterwards they may not see.
        """
        sharing = _Sharing(reader, chunks, factory(self._work)(rules), shape, self._children)
        sharing.begin(_job(reader, rules))
        return sharing.results()


class _Sharing:
    """One ZIP's chunks: which are free, which are with a child, which are done."""

    def __init__(
        self,
        reader: EntryReader,
        chunks: Chunks,
        examine: Any,
        shape: Any,
        children: list[ChildProcess],
    ) -> None:
        self._reader = reader
        self._chunks = chunks
        self._examine = examine
        self._decoder = msgspec.msgpack.Decoder(shape)
        self._children = children
        self._free = iter(range(len(chunks)))
        self._left = len(chunks)
        self._returned: list[int] = []  # by children that died
        self._ours: list[int] = []  # whose answers cannot be sent
        self._done: dict[int, Any] = {}

    def begin(self, job: bytes) -> None:
        """Tell the children what the chunks are of, and give them the first ones."""
        for child in self._children:
            if job:
                child.send(job)
        if job:
            self._feed()

    def results(self) -> Iterator[Any]:
        """What each chunk comes to, in order."""
        for number in range(len(self._chunks)):
            while number not in self._done:
                self._collect(wait=False)
                free = self._ours.pop() if self._ours else self._next_free()
                if free is not None:
                    self._done[free] = self._examine(self._reader, self._chunks[free])
                else:
                    self._collect(wait=True)
            yield self._done.pop(number)

    def _next_free(self) -> int | None:
        if self._returned:
            return self._returned.pop()
        self._left -= 1
        return next(self._free, None)

    def _feed(self) -> None:
        """Give each child as many chunks as it may have waiting."""
        ahead = max(LEAST_AHEAD, min(MOST_AHEAD, self._left // (4 * len(self._children) + 4)))
        for child in self._children:
            while child.is_alive and len(child.has) < ahead:
                number = self._next_free()
                if number is None:
                    return
                child.has.append(number)
                child.send(_order(self._chunks[number]))
                self._take_back(child)

    def _take_back(self, child: ChildProcess) -> None:
        if not child.is_alive:
            self._returned += child.has
            child.has.clear()

    def _collect(self, *, wait: bool) -> None:
        """Take what the children have brought, and give them more."""
        busy = [child for child in self._children if child.has]
        if not busy:
            return
        ready = select.select(busy, [], [], PATIENCE if wait else 0)[0]
        if wait and not ready:
            for child in busy:
                child.give_up("it does not answer")
        for child in ready:
            for answer in child.answers():
                self._keep(child.has.popleft(), answer)
        for child in busy:
            self._take_back(child)
        if ready:
            self._feed()

    def _keep(self, number: int, answer: bytes) -> None:
        if answer:
            self._done[number] = self._decoder.decode(answer)
        else:
            self._ours.append(number)


def _job(reader: EntryReader, rules: TypeRules | None) -> bytes:
    """The order that names the ZIP; empty where it cannot be sent, then nobody shares."""
    try:
        path = os.fsencode(reader.path.absolute())
        return msgspec.msgpack.encode(Order(job=Job(path, rules)))
    except UnicodeEncodeError:  # a lone surrogate in a label of the type system
        return b""


def _order(chunk: Chunk) -> bytes:
    return msgspec.msgpack.encode(Order(chunk=chunk))
