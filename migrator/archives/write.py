"""Write an archive, seal it, and read it back before it gets its name."""

import hashlib
import json
import os
import stat
import zipfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from migrator.archives import bag, page
from migrator.archives.contents import INDEX, INSPECTION, WORKSPACE, Contents
from migrator.archives.errors import ArchiveError
from migrator.archives.fingerprints import verify_bag
from migrator.archives.meter import Meter, Progress, chunks, sha256_of
from migrator.archives.seal import create, draft_beside, flush_to_disk, put_in_place
from migrator.archives.worksheets import attachments, texts
from migrator.archives.zipped import open_bag

AGENT = "Knowledge Studio Migrator"
FILE_MODE = stat.S_IFREG | 0o644  # what unzip gives the files it writes
PASSES = 3  # over the artifacts: written, hashed inside the archive, hashed as one file


@dataclass(frozen=True)
class Sealed:
    """A finished archive: its size in bytes and the SHA-256 of the whole file, in hex.

    `bag` are the fields of its bag-info.txt as they were read back.
    """

    path: Path
    size: int
    sha256: str
    bag: dict[str, str]


def write_archive(
    destination: Path, contents: Contents, *, progress: Progress | None = None
) -> Sealed:
    """Write, seal and verify the archive; `destination` appears whole and proven, or not at all.

    It is read back from the disk under its temporary name, so that an earlier archive of the same
    name is replaced only by a proven one. Nothing is left behind on an error, nor when `progress`
    (bytes) raises. Raises ArchiveError, also where an artifact is not what was inspected: with its
    fingerprint proven, the counts of the inspection hold for what is sealed.
    """
    try:
        return _write(destination, contents, progress)
    except OSError as error:
        raise _not_written(destination, error) from error


def _write(destination: Path, contents: Contents, progress: Progress | None) -> Sealed:
    attached = (file.path for file in attachments(contents.worksheets).values())
    total = sum(path.stat().st_size for path in (*contents.artifacts().values(), *attached))
    meter = Meter(progress, total * PASSES)
    with draft_beside(destination) as draft:
        with open(create(draft), "w+b") as file:
            _write_bag(file, contents, meter)
            file.flush()
            flush_to_disk(file.fileno())
        sealed = _read_back(draft, destination, meter)
        put_in_place(draft, destination)
    meter.finish()
    return sealed


def _write_bag(bagged: IO[bytes], contents: Contents, meter: Meter) -> None:
    with closing(_BagWriter(bagged, contents, meter)) as writer:
        writer.add_bytes(bag.DECLARATION, bag.DECLARATION_TEXT.encode())
        for name, path in contents.artifacts().items():
            writer.add_file(name, path, contents.fingerprints.get(path, ""))
        for name, file in attachments(contents.worksheets).items():
            writer.add_file(name, file.path, file.sha256)
        for name, content in texts(contents.worksheets).items():
            writer.add_bytes(name, content)
        writer.add_bytes(WORKSPACE, _json(contents.workspace_json()))
        writer.add_bytes(INSPECTION, _json(contents.portable_inspection()))
        payload = dict(writer.hashes)
        payload.pop(bag.DECLARATION)
        sizes = {name: writer.sizes[name] for name in payload}
        writer.add_bytes(bag.MANIFEST, bag.manifest_text(payload).encode())
        writer.add_bytes(bag.INFO, _info(contents, sizes))
        writer.add_bytes(INDEX, page.render(contents, sizes, payload).encode())
        tags = {name: digest for name, digest in writer.hashes.items() if name not in payload}
        writer.add_bytes(bag.TAG_MANIFEST, bag.manifest_text(tags).encode())


class _BagWriter:
    """Adds stored entries below the bag's folder and hashes each while it is written."""

    def __init__(self, file: IO[bytes], contents: Contents, meter: Meter) -> None:
        self.zip = zipfile.ZipFile(file, "w", zipfile.ZIP_STORED)
        self.contents = contents
        self.meter = meter
        self.hashes: dict[str, str] = {}
        self.sizes: dict[str, int] = {}

    def add_file(self, name: str, path: Path, sha256: str) -> None:
        """Add the file; ArchiveError where it has another fingerprint than `sha256` (if given)."""
        digest = hashlib.sha256()
        size = path.stat().st_size
        with open(path, "rb") as source, self.zip.open(self._entry(name, size), "w") as target:
            for piece in chunks(source, self.meter):
                digest.update(piece)
                target.write(piece)
            self.sizes[name] = source.tell()
        self.hashes[name] = digest.hexdigest()
        if sha256 not in {"", self.hashes[name]}:
            raise _altered(name)

    def add_bytes(self, name: str, content: bytes) -> None:
        self.zip.writestr(self._entry(name, len(content)), content)
        self.sizes[name] = len(content)
        self.hashes[name] = hashlib.sha256(content).hexdigest()

    def close(self) -> None:
        self.zip.close()

    def _entry(self, name: str, size: int) -> zipfile.ZipInfo:
        moment = self.contents.created_at
        entry = zipfile.ZipInfo(
            f"{self.contents.folder}/{name}", (*moment.timetuple()[:5], moment.second // 2 * 2)
        )
        entry.external_attr = FILE_MODE << 16
        entry.create_system = 3  # Unix, for the mode above
        entry.file_size = size  # lets zipfile choose zip64 where it is needed, and only there
        return entry


def _read_back(draft: Path, destination: Path, meter: Meter) -> Sealed:
    with open_bag(draft) as opened:
        info = verify_bag(opened, meter)
    with open(draft, "rb") as file:
        digest = sha256_of(file, meter)
        size = os.fstat(file.fileno()).st_size
    return Sealed(destination, size, digest, info)


def _info(contents: Contents, sizes: dict[str, int]) -> bytes:
    fields = bag.info_fields(
        sizes=sizes.values(),
        created_at=contents.created_at,
        identifier=contents.workspace_id,
        description=f"IBM Watson Knowledge Studio workspace: {contents.workspace_name}",
        agent=AGENT,
    )
    return bag.info_text(fields).encode()


def _json(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=2).encode() + b"\n"


def _altered(name: str) -> ArchiveError:
    return ArchiveError(
        f"“{name}” is no longer what was inspected: the file changed on this machine.",
        meaning="No archive was made of it.",
        remedy="Check the disk of the server, then start the backup again.",
        files=[name],
    )


def _not_written(destination: Path, error: OSError) -> ArchiveError:
    reason = error.strerror or str(error)
    return ArchiveError(
        f"The archive “{destination.name}” could not be written: {reason}.",
        meaning="Nothing of it was kept, and the downloaded files are untouched.",
        remedy="Make room or correct the permissions of the archive folder, then try again.",
    )
