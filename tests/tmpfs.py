"""A small disk of its own, in memory, that can really be full."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

MOUNT, UNMOUNT = "mount", "umount"


class SmallDisk:
    """A mounted tmpfs at `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    def resize(self, kilobytes: int) -> None:
        """Make it larger or smaller while it is in use."""
        _run(MOUNT, "-o", f"remount,size={kilobytes}k", str(self.folder))

    def fill(self) -> None:
        """Write until nothing more fits."""
        with self._ballast.open("ab", buffering=0) as file:
            try:
                while file.write(bytes(64 * 1024)):
                    pass
            except OSError:
                return

    def free(self) -> None:
        """Give back what `fill` took."""
        self._ballast.unlink(missing_ok=True)


@contextmanager
def small_disk(folder: Path, kilobytes: int) -> Iterator[SmallDisk]:
    """A disk of that size at `folder`; the test skips where mounts are not allowed."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        _run(MOUNT, "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(folder))
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("a small disk to fill needs the right to mount one")
    try:
        yield SmallDisk(folder)
    finally:
        _run(UNMOUNT, "--lazy", str(folder))


def _run(*command: str) -> None:
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
