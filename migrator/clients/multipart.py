"""A multipart/form-data body (RFC 7578) that reads its file while it is sent."""

import secrets
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from migrator.errors import ServiceError

Progress = Callable[[int, int | None], None]


def _quoted(name: str) -> str:
    """A name for Content-Disposition, escaped as browsers do it (WHATWG HTML, form data)."""
    for character, escaped in (('"', "%22"), ("\r", "%0D"), ("\n", "%0A")):
        name = name.replace(character, escaped)
    return name


def _unreadable(reason: str) -> ServiceError:
    return ServiceError(
        f"The file could not be read while it was sent: {reason}.",
        meaning="It did not arrive whole, and the service stores whole files only.",
        remedy="Check the disk and the file, then try again.",
    )


class MultipartBody:
    """Text fields and one file; the file is streamed, its length is known before.

    requests takes it because it has a length and `read`. What `progress` raises is kept in
    `failure` too, since the layers below take an OSError for one of the connection.
    """

    def __init__(
        self,
        field: str,
        path: Path,
        *,
        filename: str,
        content_type: str,
        fields: Mapping[str, str] | None = None,
        progress: Progress | None = None,
    ) -> None:
        self.boundary = secrets.token_hex(16)
        self.failure: Exception | None = None
        self._progress = progress
        head = "".join(
            f'--{self.boundary}\r\nContent-Disposition: form-data; name="{_quoted(name)}"'
            f"\r\n\r\n{value}\r\n"
            for name, value in (fields or {}).items()
        )
        head += (
            f'--{self.boundary}\r\nContent-Disposition: form-data; name="{_quoted(field)}"; '
            f'filename="{_quoted(filename)}"\r\nContent-Type: {content_type}\r\n\r\n'
        )
        self._head = head.encode()
        self._tail = f"\r\n--{self.boundary}--\r\n".encode()
        self._file = path.open("rb")
        self._size = path.stat().st_size
        self._sent = 0

    @property
    def content_type(self) -> str:
        """The header that names the boundary."""
        return f"multipart/form-data; boundary={self.boundary}"

    def __len__(self) -> int:
        return len(self._head) + self._size + len(self._tail)

    def __iter__(self) -> Iterator[bytes]:
        """Only marks the body as a stream for requests, which then calls `read`."""
        while chunk := self.read(16384):
            yield chunk

    def read(self, size: int = -1) -> bytes:
        """The next bytes, empty at the end; may give fewer than asked for, as a pipe does."""
        if self._head:
            chunk, self._head = self._head, b""
            return chunk
        left = self._size - self._sent  # a file that grew is sent as long as it was announced
        if left:
            return self._from_file(min(size, left) if size >= 0 else left)
        chunk, self._tail = self._tail, b""
        return chunk

    def _from_file(self, size: int) -> bytes:
        chunk, reason = b"", "it became shorter on the way"
        try:
            chunk = self._file.read(size)
        except OSError as exc:
            reason = exc.strerror or "the disk failed"
        if not chunk:
            raise _unreadable(reason)
        self._sent += len(chunk)
        if self._progress:
            self._report(self._progress)
        return chunk

    def _report(self, progress: Progress) -> None:
        try:
            progress(self._sent, self._size)
        except Exception as exc:
            self.failure = exc
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._file.close()
