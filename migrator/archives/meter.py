"""Count bytes for a `Progress` over several passes."""

import hashlib
from collections.abc import Callable, Iterator
from typing import IO

Progress = Callable[[int, int | None], None]

CHUNK = 1024 * 1024  # bytes; large enough that hashing, not calls, takes the time


class Meter:
    """Adds up bytes and tells `progress`; what that raises goes through and stops the work."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self.progress, self.total, self.done = progress, total, 0

    def add(self, size: int) -> None:
        """`size` more bytes are done."""
        self.done += size
        self.beat()

    def finish(self) -> None:
        """All of it is done, whatever the estimate was."""
        self.add(max(0, self.total - self.done))

    def beat(self) -> None:
        """Say again how far it is, so that a listener knows the work is alive."""
        if self.progress is not None:
            self.progress(min(self.done, self.total), self.total)


def chunks(file: IO[bytes], meter: Meter) -> Iterator[bytes]:
    """The rest of the file in pieces of at most CHUNK bytes, each counted."""
    while piece := file.read(CHUNK):
        yield piece
        meter.add(len(piece))


def sha256_of(file: IO[bytes], meter: Meter) -> str:
    """SHA-256 of the rest of the file, in lower-case hex."""
    digest = hashlib.sha256()
    for piece in chunks(file, meter):
        digest.update(piece)
    return digest.hexdigest()
