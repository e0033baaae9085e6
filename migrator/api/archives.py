"""Archives over the API: list, bring, download, verify."""

from pathlib import Path

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from migrator.api.people import actor
from migrator.api.permissions import MayDownload, ReadOr
from migrator.api.serializers import ArchiveFile, ArchiveKeyRequest, ArchiveSerializer
from migrator.archives.age.keys import Key
from migrator.models import Archive
from migrator.sending import send_stored
from migrator.services import archives, audit
from migrator.services.archive_keys import lock_archive, unlock_archive
from migrator.services.bringing import bring_archive

_RANGE = OpenApiParameter(
    "Range", str, OpenApiParameter.HEADER, description="One range, such as `bytes=1000-`."
)


class ArchiveViewSet(ReadOnlyModelViewSet[Archive]):
    """Archives: sealed files that hold one workspace each."""

    queryset = Archive.objects.select_related("key").order_by("-created_at", "-pk")
    serializer_class = ArchiveSerializer
    permission_classes = (ReadOr,)
    change_permission = "migrator.start_run"
    filterset_fields = ("workspace_name", "instance_name", "language", "sha256")

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def verify(self, request: Request, pk: str) -> Response:
        """Read the archive again and tell whether it is still whole."""
        archive = archives.verify_archive(self.get_object(), user=actor(request))
        return Response(self.get_serializer(archive).data)

    @extend_schema(request=ArchiveKeyRequest)
    @action(detail=True, methods=["post"])
    def unlock(self, request: Request, pk: str) -> Response:
        """Give the key of an encrypted archive; it is tried, and kept sealed for twelve hours."""
        archive, given = self.get_object(), ArchiveKeyRequest(data=request.data)
        given.is_valid(raise_exception=True)
        unlock_archive(archive, user=actor(request), key=_key(given.validated_data))
        return self.retrieve(request, pk=pk)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def lock(self, request: Request, pk: str) -> Response:
        """Forget the key of an encrypted archive."""
        lock_archive(self.get_object(), user=actor(request))
        return self.retrieve(request, pk=pk)

    @extend_schema(request={"multipart/form-data": ArchiveFile}, responses={201: ArchiveSerializer})
    @action(detail=False, methods=["post"], parser_classes=[MultiPartParser])
    def bring(self, request: Request) -> Response:
        """Keep an archive that was made elsewhere; it is read to the end and checked first."""
        given = ArchiveFile(data=request.data)
        given.is_valid(raise_exception=True)
        upload = given.validated_data["file"]
        assert isinstance(upload, TemporaryUploadedFile)
        path = Path(upload.temporary_file_path())
        archive = bring_archive(path, user=actor(request), key=_key(given.validated_data))
        return Response(self.get_serializer(archive).data, status=status.HTTP_201_CREATED)

    @extend_schema(
        parameters=[_RANGE],
        responses={
            (200, "application/zip"): OpenApiTypes.BINARY,
            (206, "application/zip"): OpenApiTypes.BINARY,
            (200, "application/octet-stream"): OpenApiTypes.BINARY,
            (206, "application/octet-stream"): OpenApiTypes.BINARY,
            302: OpenApiResponse(description="Where the S3 server sends it itself (S3_PRESIGNED)."),
            416: OpenApiResponse(description="The range lies outside of the file."),
        },
    )
    @action(detail=True, methods=["get"], permission_classes=[MayDownload])
    def download(self, request: Request, pk: str) -> HttpResponseBase:
        """The archive's file; a broken download goes on by `Range`, checked by `If-Range`."""
        archive = self.get_object()
        if not default_storage.exists(archive.file):
            raise NotFound("The file is not in the storage any more.")
        if not request.headers.get("Range"):
            audit.record(actor(request), "archive.downloaded", archive, sha256=archive.sha256)
        return send_stored(
            request._request,
            archive.file,
            size=archive.size,
            name=Path(archive.file).name,
            sha256=archive.sha256,
            kind=archive.media_type,
        )


def _key(given: dict[str, str]) -> Key:
    return Key(identities=given["identities"], passphrase=given["passphrase"])
