"""Files that a request brings: streamed to the data folder, never held in memory."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from werkzeug.formparser import FormDataParser
from werkzeug.http import parse_options_header

from sandbox.answers import Refused
from sandbox.calls import Call


@dataclass
class Upload:
    """A received file, its name as sent (never a path), and the text fields beside it."""

    path: Path
    name: str
    fields: dict[str, str]

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return self.path.stat().st_size


class _Limited:
    """Writes at most `most` bytes to a file and counts the rest, so that 413 costs no disk."""

    def __init__(self, file: IO[bytes], most: int) -> None:
        self.file = file
        self.most = most
        self.received = 0

    def write(self, block: bytes) -> int:
        """Keep what still fits."""
        room = self.most - self.received
        if room > 0:
            self.file.write(block[:room])
        self.received += len(block)
        return len(block)

    def seek(self, position: int) -> int:
        """The parser rewinds each file when it is complete; by then it is on disk."""
        self.file.flush()
        return position


@contextmanager
def received(call: Call, most: int) -> Iterator[Upload]:
    """The multipart part `file` of the request; it is removed afterwards unless it was moved.

    400 when the request is no multipart form or holds no file, 413 over `most` bytes.
    """
    call.state.uploads.mkdir(exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=call.state.uploads, delete=False) as file:
        path = Path(file.name)
        try:
            yield _parsed(call, _Limited(file, most), path)
        finally:
            path.unlink(missing_ok=True)


def _parsed(call: Call, limited: _Limited, path: Path) -> Upload:
    """Read the whole body, also past the limit: a client sees 413 only when it may finish."""
    request = call.request
    mimetype, options = parse_options_header(request.headers.get("Content-Type"))
    if mimetype != "multipart/form-data":
        raise Refused(400, "The request is not multipart/form-data.")
    parser = FormDataParser(stream_factory=lambda *_args, **_kw: cast("IO[bytes]", limited))
    _, form, files = parser.parse(request.stream, mimetype, request.content_length, _plain(options))
    part = files.get("file")
    if part is None or len(files) != 1:
        raise Refused(400, "The request holds no part named file, or more than one.")
    if limited.received > limited.most:
        raise Refused(413, f"The file is larger than {limited.most} bytes.")
    limited.file.flush()
    return Upload(path, part.filename or "", dict(form.items()))


def _plain(options: Any) -> dict[str, str]:
    return dict(options)
