"""How much an upload may bring: refused before it fills the disk."""

from django.conf import settings
from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler
from django.http import HttpRequest

from migrator.services import disk


class LimitedUploadHandler(TemporaryFileUploadHandler):
    """Writes uploads to disk, as long as they are allowed and the disk has room.

    An upload that is too large ends the connection: whoever sends it learns why from the answer to
    the request before it is read, where the browser told its length (`is_too_large`).
    """

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Store a piece; StopUpload where the file grows too large."""
        if start + len(raw_data) > settings.MAX_UPLOAD_MB * 1_000_000:
            raise StopUpload(connection_reset=True)
        return super().receive_data_chunk(raw_data, start)


def is_too_large(request: HttpRequest) -> bool:
    """Whether the body is said to be larger than an upload may be, or than the disk takes."""
    length = request.headers.get("Content-Length", "")
    kind = request.content_type or ""
    if not length.isdecimal() or not kind.startswith("multipart/"):
        return False
    return int(length) > settings.MAX_UPLOAD_MB * 1_000_000 or not disk.has_room(int(length))
