"""Where files go that are needed for a moment only.

A process that is killed leaves them behind, so the place is one that somebody looks after.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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
