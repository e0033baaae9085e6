"""Instances and their workspaces over the API."""

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from migrator.api.people import actor
from migrator.api.permissions import ReadOr
from migrator.api.serializers import InstanceSerializer, WorkspaceSerializer
from migrator.models import Instance, Workspace
from migrator.services.instances import check_connection


class InstanceViewSet(ReadOnlyModelViewSet[Instance]):
    """Instances; `test` tries the connection."""

    queryset = Instance.objects.order_by("name")
    serializer_class = InstanceSerializer
    permission_classes = (ReadOr,)
    change_permission = "migrator.manage_instances"
    filterset_fields = ("kind", "connection")

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def test(self, request: Request, pk: str) -> Response:
        """Try the read-only entries of the profile."""
        instance = check_connection(self.get_object(), user=actor(request))
        return Response(self.get_serializer(instance).data)


class WorkspaceViewSet(ReadOnlyModelViewSet[Workspace]):
    """Workspaces that the last inventories saw."""

    queryset = Workspace.objects.present().order_by("name", "pk")
    serializer_class = WorkspaceSerializer
    permission_classes = (ReadOr,)
    change_permission = "migrator.start_run"
    filterset_fields = ("instance", "language", "name", "workspace_id")
