"""A download on its way into a file: hashed while it arrives, whole before it has its name."""

import hashlib
import os
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import Message
from io import FileIO
from pathlib import Path
from types import TracebackType
from typing import NoReturn, Self

import msgspec
import requests

from migrator.clients import silence
from migrator.clients.answers import transaction_id
from migrator.clients.calls import Doing
from migrator.errors import ServiceError

Progress = Callable[[int, int | None], None]

CHUNK = 256 * 1024
CONTENT_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+)")


@dataclass(frozen=True)
class Received:
    """What arrived: `size` in bytes as stored, `filename` as the service names it (never a path).

    `resumed_from` is the number of bytes that an earlier attempt had left.
    """

    size: int
    sha256: str
    filename: str
    etag: str
    transaction_id: str = ""
    resumed_from: int = 0


class Bookmark(msgspec.Struct):
    """What a later attempt must know about the part that is there."""

    url_sha256: str
    etag: str


def _part(destination: Path) -> Path:
    return destination.with_name(destination.name + ".part")


def _bookmark(destination: Path) -> Path:
    return destination.with_name(destination.name + ".part.json")


def discard_partial(destination: Path) -> None:
    """Remove what a broken download into `destination` has left beside it, if anything."""
    _part(destination).unlink(missing_ok=True)
    _bookmark(destination).unlink(missing_ok=True)


class Partial:
    """The part of a download that is there: `NAME.part`, beside it a bookmark with the ETag."""

    def __init__(self, destination: Path, url: str, *, resume: bool) -> None:
        self.destination = destination
        self.part = _part(destination)
        self._resume = resume
        self._url_sha256 = hashlib.sha256(url.encode()).hexdigest()

    def __enter__(self) -> Self:
        if not self._resume:
            discard_partial(self.destination)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if exc is not None and not self._resume:
            discard_partial(self.destination)

    def range_headers(self) -> dict[str, str]:
        """The headers that ask for the rest, none where nothing usable is there."""
        size, etag = self._kept()
        return {"Range": f"bytes={size}-", "If-Range": etag} if size and etag else {}

    def start(self, response: requests.Response, doing: Doing) -> int:
        """Bytes to keep: all that are there if `response` is exactly their rest, else none."""
        size, etag = self._kept()
        if response.status_code == 206:
            given = CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", ""))
            same = etag and response.headers.get("ETag") == etag and not _encoding(response)
            if not given or int(given[1]) != size or not same:
                self.drop(doing)
            return size
        discard_partial(self.destination)
        self._remember(response)
        return 0

    def drop(self, doing: Doing) -> NoReturn:
        """Forget the part, which cannot be continued; the next attempt starts over."""
        discard_partial(self.destination)
        raise silence.torn(doing, "does not continue what had arrived")

    def finish(self) -> None:
        """Give the whole file its name; it and its folder are on the disk when this returns."""
        os.replace(self.part, self.destination)
        _bookmark(self.destination).unlink(missing_ok=True)
        folder = os.open(self.destination.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _kept(self) -> tuple[int, str]:
        """Size and ETag of a part that may be continued, (0, "") where there is none."""
        try:
            noted = msgspec.json.decode(_bookmark(self.destination).read_bytes(), type=Bookmark)
            size = self.part.stat().st_size
        except (FileNotFoundError, msgspec.DecodeError):
            return 0, ""
        return (size, noted.etag) if noted.url_sha256 == self._url_sha256 else (0, "")

    def _remember(self, response: requests.Response) -> None:
        """Note the ETag. A weak one promises no equal bytes, and a range of an encoded body counts
        other bytes than ours, so neither can be continued."""
        etag = response.headers.get("ETag", "")
        if self._resume and etag.startswith('"') and not _encoding(response):
            noted = Bookmark(url_sha256=self._url_sha256, etag=etag)
            _bookmark(self.destination).write_bytes(msgspec.json.encode(noted))


def receive(
    response: requests.Response, partial: Partial, doing: Doing, progress: Progress | None
) -> Received:
    """Write the body of a good answer behind what is there, and check that it came whole."""
    start = partial.start(response, doing)
    total = _total(response)
    digest = hashlib.sha256()
    size = start
    if start:
        _add_file(digest, partial.part)
    # Unbuffered: what a full disk refuses is told by the write, and not again by the close.
    with partial.part.open("ab" if start else "wb", buffering=0) as file:
        for chunk in _body(response, doing):
            _store(file, chunk)
            digest.update(chunk)
            size += len(chunk)
            if progress:
                progress(size, total)
        if total is not None and size != total:
            partial.drop(doing)
        _store(file)
    partial.finish()
    return Received(
        size=size,
        sha256=digest.hexdigest(),
        filename=filename(response.headers.get("Content-Disposition", "")),
        etag=response.headers.get("ETag", ""),
        transaction_id=transaction_id(response.headers),
        resumed_from=start,
    )


def filename(disposition: str) -> str:
    """The last part of the name a Content-Disposition header gives, empty where it gives none."""
    header = Message()
    header["Content-Disposition"] = disposition.replace("\r", " ").replace("\n", " ")
    named = header.get_filename("") or ""
    last = re.split(r"[/\\]", named)[-1]
    plain = "".join(character for character in last if character.isprintable()).strip()
    return "" if plain in {".", ".."} else plain[:255]


def _encoding(response: requests.Response) -> str:
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    return "" if encoding == "identity" else encoding


def _total(response: requests.Response) -> int | None:
    """Bytes of the whole file, None where the answer does not tell."""
    if given := CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", "")):
        return int(given[2])
    length = response.headers.get("Content-Length", "")
    return int(length) if length.isdigit() and not _encoding(response) else None


def _body(response: requests.Response, doing: Doing) -> Iterator[bytes]:
    """The body in chunks; gzip is inflated here, since urllib3 does not notice one cut short."""
    chunks = silence.guarded(_arriving(response), doing)
    encoding = _encoding(response)
    if not encoding:
        return chunks
    if encoding in {"gzip", "x-gzip"}:
        return _inflated(chunks, doing)
    raise ServiceError(
        f"Could not {doing.words}: {doing.service} packs its answer in a way not known here.",
        meaning="Nothing was kept.",
        remedy="Check any proxy in between.",
        reference=transaction_id(response.headers),
    )


def _arriving(response: requests.Response) -> Iterator[bytes]:
    """Whatever is there, up to CHUNK bytes: a slow line is reported as it moves, not per chunk."""
    while chunk := response.raw.read1(CHUNK, decode_content=False):
        yield chunk


def _inflated(chunks: Iterator[bytes], doing: Doing) -> Iterator[bytes]:
    inflate = zlib.decompressobj(zlib.MAX_WBITS | 16)
    for chunk in chunks:
        waiting = chunk
        while waiting:
            plain = _inflate(inflate, waiting, doing)
            if plain:
                yield plain
            waiting = inflate.unconsumed_tail
            if inflate.eof and inflate.unused_data:
                raise silence.torn(doing, "came damaged")
    if not inflate.eof:
        raise silence.torn(doing)


def _inflate(inflate: "zlib._Decompress", packed: bytes, doing: Doing) -> bytes:
    try:
        return inflate.decompress(packed, CHUNK)
    except zlib.error:
        raise silence.torn(doing, "came damaged") from None


def _add_file(digest: "hashlib._Hash", path: Path) -> None:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)


def _store(file: FileIO, chunk: bytes = b"") -> None:
    """Write the chunk, or put what was written on the disk; a full disk is told in words, apart
    from whatever the progress callback may raise."""
    rest = memoryview(chunk)
    try:
        while rest:
            rest = rest[file.write(rest) :]
        if not chunk:
            os.fsync(file.fileno())
    except OSError as exc:
        reason = exc.strerror or "the disk failed"
    else:
        return
    raise ServiceError(
        f"What was downloaded could not be stored: {reason}.",
        meaning="The download is not complete; nothing was changed on the service.",
        remedy="Free space on the disk, then retry.",
    )
