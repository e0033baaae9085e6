"""Guided plans and their checks over the API, to be read: what is decided is decided on pages."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from migrator.api.permissions import ReadOr
from migrator.api.serializers import CheckResultSerializer, PlanSerializer
from migrator.models import Plan
from migrator.services.checks import results_of


class PlanViewSet(ReadOnlyModelViewSet[Any]):
    """Plans that the wizard walks."""

    queryset = Plan.objects.guided().order_by("-created_at", "-pk")
    serializer_class = PlanSerializer
    permission_classes = (ReadOr,)
    change_permission = "migrator.start_run"

    @extend_schema(responses=CheckResultSerializer(many=True))
    @action(detail=True, methods=["get"], filter_backends=[])
    def checks(self, request: Request, pk: str) -> Response:
        """What was checked in each workspace, what needs somebody first, page by page."""
        results = results_of(self.get_object()).open_first().select_related("item")
        page = self.paginate_queryset(results)
        return self.get_paginated_response(CheckResultSerializer(page, many=True).data)
