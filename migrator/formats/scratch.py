"""Where files go that are needed for a moment only.

A process that is killed leaves them behind, so the place is one that somebody looks after.
"""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

_parent: Path | None = None


def keep_scratch_in(folder: Path) -> None:
    """From now on scratch folders of this process lie in `folder`, not in the system's place."""
    global _parent  # noqa: PLW0603 - one place for the whole process, like tempfile's
    _parent = folder


@contextmanager
def scratch_folder(prefix: str) -> Iterator[Path]:
    """An empty folder that is gone at the end of the block."""
    if _parent is not None:
        _parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(prefix=prefix, dir=_parent) as name:
        yield Path(name)


class Scratch:
    """Scratch folders on demand; leaving the block removes them all.

    Most files need none, and making and removing one takes longer than reading a small file.
    """

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._stack = ExitStack()
        self._folder: Path | None = None
        self._made = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def new_folder(self) -> Path:
        """An empty folder that nobody else was given."""
        if self._folder is None:
            self._folder = self._stack.enter_context(scratch_folder(self._prefix))
        self._made += 1
        folder = self._folder / str(self._made)
        folder.mkdir()
        return folder
