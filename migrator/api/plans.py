"""Guided plans and their checks over the API, to be read: what is decided is decided on pages."""

from typing import Any

from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from migrator.api.people import actor
from migrator.api.permissions import MayDownload, ReadOr
from migrator.api.serializers import CheckResultSerializer, PlanSerializer
from migrator.models import Plan
from migrator.sending import send_pieces
from migrator.services import archive_bundles
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

    @extend_schema(
        responses={
            (200, "application/zip"): OpenApiTypes.BINARY,
            409: OpenApiResponse(description="The plan has no verified archive yet."),
        }
    )
    @action(
        detail=True,
        methods=["get"],
        url_path="archives/download",
        permission_classes=[MayDownload],
        filter_backends=[],
    )
    def archives(self, request: Request, pk: str) -> HttpResponseBase:
        """The newest verified archive of each workspace in one ZIP, made while it is sent.

        It holds a list of SHA-256 sums for `sha256sum -c`.
        """
        found = archive_bundles.bundle(self.get_object(), user=actor(request))
        return send_pieces(found.pieces, size=found.size, name=found.name)
