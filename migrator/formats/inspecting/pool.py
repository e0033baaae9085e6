"""Ground truths examined by several processes, given back in order.

The children import nothing but the formats and open the ZIP themselves, so that only the ZIP's
directory entries and the facts travel. The caller's process works too: it takes every chunk that
no child has begun. A child that cannot be started or dies costs time, never a result.
"""

import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

import msgspec

from migrator.formats.inspecting.chunks import Chunk
from migrator.formats.zip_reader import EntryReader

logger = logging.getLogger(__name__)

MOST_PROCESSES = 4  # beyond that memory grows and the disk decides

T = TypeVar("T")
Examine = Callable[[EntryReader, Chunk], list[T]]


def processes() -> int:
    """How many processes are worth it here; a daemonic process may not start any."""
    if multiprocessing.current_process().daemon:
        return 1
    allowed = getattr(os, "sched_getaffinity", None)  # not on macOS
    cores = len(allowed(0)) if allowed else os.cpu_count() or 1
    return min(cores, MOST_PROCESSES)


class Pool(Generic[T]):
    """The chunks of one ZIP and who examines them. Leaving the block stops the children.

    `examine` gives a fact for each document of a chunk; it is picklable and raises nothing.
    `shape` is the type of its answer, a list of structs.
    """

    def __init__(
        self,
        reader: EntryReader,
        chunks: Sequence[Chunk],
        examine: Examine[T],
        shape: type[list[T]],
    ) -> None:
        self._reader = reader
        self._chunks = chunks
        self._work_on = examine
        self._decoder = msgspec.msgpack.Decoder(shape)
        self._children = ProcessPoolExecutor(
            processes() - 1,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_begin,
            initargs=(reader.path, examine),
        )
        self._futures: list[Future[bytes | list[T]]] = []
        self._own: dict[int, list[T]] = {}

    def __enter__(self) -> Self:
        try:
            self._futures = [self._children.submit(_examine, chunk) for chunk in self._chunks]
        except (OSError, BrokenProcessPool) as exc:
            logger.warning("inspection goes on in one process: %s", exc)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._children.shutdown(wait=True, cancel_futures=True)

    def results(self) -> Iterator[list[T]]:
        """The facts of each chunk, in order."""
        for number in range(len(self._chunks)):
            while number not in self._own and not self._is_with_child(number):
                self._work(number)
            yield self._own.pop(number) if number in self._own else self._from_child(number)

    def _is_with_child(self, number: int) -> bool:
        """Whether a child has the chunk; while it is not done, take the next free one instead."""
        future = self._futures[number] if number < len(self._futures) else None
        if future is None or future.cancel():
            return False
        for later in range(number + 1, len(self._futures)):
            if future.done():
                break
            if later not in self._own and self._futures[later].cancel():
                self._work(later)
        return True

    def _work(self, number: int) -> None:
        self._own[number] = self._work_on(self._reader, self._chunks[number])

    def _from_child(self, number: int) -> list[T]:
        try:
            sent = self._futures[number].result()
        except BrokenProcessPool as exc:
            logger.warning("a process of the inspection died: %s", exc)
            return self._work_on(self._reader, self._chunks[number])
        return self._decoder.decode(sent) if isinstance(sent, bytes) else sent


_child: tuple[EntryReader, Examine[Any]] | None = None


def _begin(path: Path, examine: Examine[Any]) -> None:
    """In the child: open the ZIP, leave Ctrl-C to the parent, and end when the parent ends."""
    global _child  # noqa: PLW0603 - a process pool has no other place for what its tasks share
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _child = (EntryReader(path), examine)


def _end_with_parent() -> None:
    if parent := multiprocessing.parent_process():
        parent.join()
        os._exit(1)  # a killed parent cannot tell us to stop


def _examine(chunk: Chunk) -> bytes | list[Any]:
    assert _child is not None, "the initializer has run"
    facts = _child[1](_child[0], chunk)
    try:
        return msgspec.msgpack.encode(facts)
    except UnicodeEncodeError:  # a lone surrogate in a label
        return facts
