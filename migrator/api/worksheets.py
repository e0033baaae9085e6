"""Worksheets over the API: how far each is, and its lines as CSV, both ways."""

from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import TemporaryUploadedFile
from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from migrator.api.people import actor
from migrator.api.permissions import ReadOr
from migrator.models import Worksheet
from migrator.services.guided_plans import refuse_archived
from migrator.services.worksheets import sheets_csv


class WorksheetSerializer(serializers.ModelSerializer[Worksheet]):
    """One worksheet of one workspace of a plan."""

    plan = serializers.IntegerField(source="item.plan_id", read_only=True)
    workspace = serializers.CharField(source="item.name", read_only=True)
    row_count = serializers.IntegerField(read_only=True)
    change_count = serializers.IntegerField(
        read_only=True, help_text="Lines that the inventory found different since."
    )
    is_out_of_date = serializers.BooleanField(read_only=True)

    class Meta:
        model = Worksheet
        fields = (
            "id",
            "plan",
            "item",
            "workspace",
            "kind",
            "state",
            "reason",
            "stated_at",
            "filled_at",
            "row_count",
            "change_count",
            "is_out_of_date",
        )


class CsvFile(serializers.Serializer[None]):
    """The lines of a worksheet, as `csv` gives them."""

    file = serializers.FileField()
    removes_others = serializers.BooleanField(
        required=False, default=False, help_text="Remove lines that the file does not have."
    )


class TakenLines(serializers.Serializer[None]):
    """What became of the lines."""

    added = serializers.IntegerField()
    changed = serializers.IntegerField()
    removed = serializers.IntegerField()


class WorksheetViewSet(ReadOnlyModelViewSet[Any]):
    """What cannot move, written down; filled on the plan's page or from the inventory first."""

    queryset = Worksheet.objects.all()
    serializer_class = WorksheetSerializer
    permission_classes = (ReadOr,)
    change_permission = "migrator.start_run"
    filterset_fields = ("item", "item__plan", "kind", "state")

    def get_queryset(self) -> QuerySet[Any]:
        """Those of workspaces that are in their plan now."""
        rows = Worksheet.objects.filter(item__left_at=None).with_counts()
        return rows.select_related("item__plan").order_by("item", "kind")

    @extend_schema(responses={(200, "text/csv"): OpenApiTypes.STR})
    @action(detail=True, methods=["get"], filter_backends=[])
    def csv(self, request: Request, pk: str) -> HttpResponse:
        """Its lines as CSV, in UTF-8, in which nothing is a formula."""
        text = sheets_csv.as_csv(self.get_object())
        return HttpResponse(
            text,
            content_type="text/csv; charset=utf-8",
            headers={"Cache-Control": "private, no-store"},
        )

    @extend_schema(request={"multipart/form-data": CsvFile}, responses=TakenLines)
    @action(detail=True, methods=["post"], parser_classes=[MultiPartParser])
    def bring(self, request: Request, pk: str) -> Response:
        """Take the lines of a CSV file, all of them or none."""
        worksheet = self.get_object()
        given = CsvFile(data=request.data)
        given.is_valid(raise_exception=True)
        upload = given.validated_data["file"]
        assert isinstance(upload, TemporaryUploadedFile)
        refuse_archived(worksheet.item.plan)
        added, changed, removed = sheets_csv.bring_csv(
            worksheet,
            Path(upload.temporary_file_path()),
            user=actor(request),
            removes_others=given.validated_data["removes_others"],
        )
        return Response({"added": added, "changed": changed, "removed": removed})
