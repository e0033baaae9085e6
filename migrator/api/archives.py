"""Archives over the API."""

from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from migrator.api.people import actor
from migrator.api.permissions import ReadOr
from migrator.api.serializers import ArchiveSerializer
from migrator.models import Archive
from migrator.services.archives import verify_archive


class ArchiveViewSet(ReadOnlyModelViewSet[Archive]):
    """Archives; `verify` reads one again."""

    queryset = Archive.objects.order_by("-created_at", "-pk")
    serializer_class = ArchiveSerializer
    permission_classes = (ReadOr,)
    change_permission = "migrator.start_run"

    @action(detail=True, methods=["post"])
    def verify(self, request: Request, pk: str) -> Response:
        """Read the archive again and tell whether it is still whole."""
        archive = verify_archive(self.get_object(), user=actor(request))
        return Response(self.get_serializer(archive).data)
