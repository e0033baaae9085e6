"""Sending files, whole or by HTTP Range, so that a broken download goes on where it stopped."""

import re
from collections.abc import Iterator
from typing import IO

from django.core.files.storage import default_storage
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.utils.http import content_disposition_header

CHUNK = 1 << 16  # bytes
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def send_stored(
    request: HttpRequest, stored: str, *, size: int, name: str, sha256: str, kind: str = ""
) -> HttpResponseBase:
    """A file of the storage as a download: through us, or from the S3 server itself.

    With S3_PRESIGNED the answer leads to an address that is good for the storage's
    PRESIGNED_SECONDS, and the server there answers ranges.
    """
    kind = kind or "application/octet-stream"
    disposition = content_disposition_header(True, name) or "attachment"
    elsewhere = getattr(default_storage, "download_address", None)
    if elsewhere and (address := elsewhere(stored, disposition=disposition, kind=kind)):
        answer = HttpResponseRedirect(address)
        answer.headers["Cache-Control"] = "private, no-store"
        return answer
    file = default_storage.open(stored, "rb")
    return send_file(request, file, size=size, name=name, sha256=sha256, kind=kind)


def send_file(
    request: HttpRequest, file: IO[bytes], *, size: int, name: str, sha256: str, kind: str = ""
) -> HttpResponseBase:
    """The file as a download; 206 for one range, 416 for one outside (RFC 9110, section 14).

    The SHA-256 is the entity tag, so If-Range notices that the file is another one by now.
    """
    tag = f'"{sha256}"'
    asked = request.headers.get("Range", "")
    if request.headers.get("If-Range", tag) != tag:
        asked = ""
    first, last = _range(asked, size)
    if first >= size > 0:
        file.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    response = _answer(request, file, first, last)
    if asked and (first, last) != (0, size - 1):
        response.status_code = 206
        response.headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    response.headers["Content-Type"] = kind or "application/octet-stream"
    response.headers["Content-Length"] = str(last - first + 1)
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def send_pieces(pieces: Iterator[bytes], *, size: int, name: str) -> StreamingHttpResponse:
    """A ZIP that is made while it is sent, as a download; it cannot go on by Range."""
    return StreamingHttpResponse(
        pieces,
        headers={
            "Content-Type": "application/zip",
            "Content-Length": str(size),
            "Content-Disposition": content_disposition_header(True, name) or "attachment",
            "Cache-Control": "private, no-store",
        },
    )


def _answer(request: HttpRequest, file: IO[bytes], first: int, last: int) -> HttpResponseBase:
    if request.method == "HEAD":
        file.close()
        return HttpResponse()
    return StreamingHttpResponse(_chunks(file, first, last - first + 1))


def _range(asked: str, size: int) -> tuple[int, int]:
    """First and last byte; the whole file where nothing, nonsense or several ranges are asked."""
    match = _RANGE.fullmatch(asked.strip())
    if not match or match.group(0) == "bytes=-":
        return 0, size - 1
    first, last = match.groups()
    if not first:
        return max(size - int(last), 0), size - 1
    end = min(int(last), size - 1) if last else size - 1
    # A range that ends before it begins is nonsense, and nonsense is ignored.
    return (int(first), end) if not last or int(last) >= int(first) else (0, size - 1)


def _chunks(file: IO[bytes], first: int, count: int) -> Iterator[bytes]:
    with file:
        file.seek(first)
        while count > 0:
            chunk = file.read(min(CHUNK, count))
            if not chunk:
                return
            count -= len(chunk)
            yield chunk
