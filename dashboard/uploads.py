"""Files that came with a form."""

from collections.abc import Iterator
from pathlib import Path

from django.core.files.uploadedfile import TemporaryUploadedFile
from django.http import HttpRequest


def uploads(request: HttpRequest, field: str = "files") -> Iterator[tuple[Path, str]]:
    """Path and name of each file of `field`; every upload is on disk by the settings' handler.

    Whoever takes a file moves it away; what nobody took is removed with the request.
    """
    for upload in request.FILES.getlist(field):
        assert isinstance(upload, TemporaryUploadedFile)
        yield Path(upload.temporary_file_path()), upload.name or "file"
