"""Archives as they lie in the storage, whichever it is."""

from collections.abc import Iterator

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage


def stored_bytes(file: str) -> bytes:
    """All of one."""
    with default_storage.open(file) as stored:
        return bytes(stored.read())


def replace_stored(file: str, content: bytes) -> None:
    """Put something else in its place, as nobody may."""
    default_storage.delete(file)
    assert default_storage.save(file, ContentFile(content)) == file


def spoil_stored(file: str) -> None:
    """Turn one bit in its middle."""
    content = bytearray(stored_bytes(file))
    content[len(content) // 2] ^= 1
    replace_stored(file, bytes(content))


def stored_files(folder: str = "") -> Iterator[str]:
    """The names of all."""
    folders, files = default_storage.listdir(folder)
    for name in files:
        yield f"{folder}{name}"
    for name in folders:
        yield from stored_files(f"{folder}{name}/")
