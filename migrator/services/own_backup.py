"""Backup and restore of this server itself: its database, its keys and its archives, in one file.

For the default house: SQLite and a folder. With PostgreSQL or a bucket the tools of those do it;
docs/deployment.md says how.
"""

import hashlib
import json
import os
import sqlite3
import tarfile
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import connection
from django.utils import timezone

from migrator import __version__
from migrator.errors import ServiceError

DATABASE = "migrator.sqlite3"
KEYS = ("secret_key", "credential_keys")
ARCHIVES = "archives"
MANIFEST = "manifest.json"
CHUNK = 1 << 20  # bytes


def back_up(destination: Path) -> dict[str, object]:
    """Write everything that this server cannot be without into the TAR file `destination`.

    It may run meanwhile: the database is copied as of one moment (SQLite's online backup), and
    archives are written under another name until they are whole. The file holds the keys, so it is
    readable by its owner alone. Gives what the manifest says. ServiceError where the house is
    another one, or the file is there already.
    """
    _refuse_other_house()
    if destination.exists():
        raise ServiceError(
            f"{destination.name} is there already.",
            meaning="Nothing was written.",
            remedy="Name another file.",
        )
    draft = destination.with_name(destination.name + ".part")
    copy = destination.with_name(destination.name + ".database")
    try:
        manifest = _write(draft, copy)
        os.replace(draft, destination)
    finally:
        draft.unlink(missing_ok=True)
        copy.unlink(missing_ok=True)
    return manifest


def _write(draft: Path, copy: Path) -> dict[str, object]:
    _copy_database(copy)
    files = {}
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        with tarfile.open(fileobj=file, mode="w|") as packed:
            for name, path in _parts(copy):
                files[name] = _sha256(path)
                packed.add(path, name, recursive=False)
            manifest: dict[str, object] = {
                "version": __version__,
                "made_at": timezone.now().isoformat(),
                "files": files,
            }
            _add_manifest(packed, manifest, draft.with_name(draft.name + ".manifest"))
        file.flush()
        os.fsync(file.fileno())
    return manifest


def _add_manifest(packed: tarfile.TarFile, manifest: dict[str, object], path: Path) -> None:
    try:
        path.write_text(json.dumps(manifest, indent=1))
        packed.add(path, MANIFEST)
    finally:
        path.unlink(missing_ok=True)


def _parts(copy: Path) -> Iterator[tuple[str, Path]]:
    """Name in the file and path of all that belongs to the server."""
    yield DATABASE, copy
    for key in KEYS:
        if (settings.DATA_DIR / key).is_file():  # else it comes from the environment
            yield key, settings.DATA_DIR / key
    folder = Path(default_storage.path(""))
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.name.endswith((".part", ".tmp")):
            yield f"{ARCHIVES}/{path.relative_to(folder).as_posix()}", path


def _copy_database(copy: Path) -> None:
    connection.ensure_connection()
    descriptor = os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    os.close(descriptor)
    target = sqlite3.connect(copy)
    try:
        connection.connection.backup(target)
    finally:
        target.close()


def restore(source: Path, folder: Path) -> dict[str, object]:
    """Unpack a backup into the data folder `folder`, which must hold nothing of a server yet.

    Every file is compared with the manifest before anything gets its place. ServiceError where the
    folder is in use, and where the file is damaged or none of ours; nothing is changed then.
    """
    taken = [name for name in (DATABASE, *KEYS, ARCHIVES) if (folder / name).exists()]
    if taken:
        raise ServiceError(
            f"The folder holds a server already ({', '.join(taken)}).",
            meaning="Nothing was changed.",
            remedy="Name an empty folder with DATA_DIR.",
        )
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = folder / "restoring"
    draft.mkdir(mode=0o700)
    try:
        manifest = _unpacked(source, draft)
        for path in sorted(draft.iterdir()):
            os.replace(path, folder / path.name)
    finally:
        _remove(draft)
    return manifest


def _unpacked(source: Path, draft: Path) -> dict[str, object]:
    try:
        with tarfile.open(source, "r|") as packed:
            packed.extractall(draft, filter="data")
        manifest: dict[str, object] = json.loads((draft / MANIFEST).read_text())
        listed = manifest["files"]
    except (tarfile.TarError, FileNotFoundError, ValueError, KeyError):
        raise _damaged("It is no backup of a server, or it is cut short.") from None
    (draft / MANIFEST).unlink()
    assert isinstance(listed, dict)
    there = {
        path.relative_to(draft).as_posix(): path for path in draft.rglob("*") if path.is_file()
    }
    if there.keys() != listed.keys():
        raise _damaged("Files are missing, or there are others than it lists.")
    for name, path in there.items():
        if _sha256(path) != listed[name]:
            raise _damaged(f"{name} is not as it was written.")
        path.chmod(0o600)
    return manifest


def _refuse_other_house() -> None:
    if connection.vendor != "sqlite" or not isinstance(default_storage, FileSystemStorage):
        raise ServiceError(
            "This server keeps its data in PostgreSQL or in a bucket.",
            meaning="Nothing was written.",
            remedy="Back those up with their own tools; docs/deployment.md says how.",
        )


def _damaged(how: str) -> ServiceError:
    return ServiceError(
        f"The file cannot be restored. {how}",
        meaning="Nothing was changed.",
        remedy="Use another backup.",
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _remove(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    folder.rmdir()
