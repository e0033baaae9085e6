"""Receipts over the API, to be read: they are signed by name, on the plan's page."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.viewsets import ReadOnlyModelViewSet

from migrator.api.permissions import ReadOr
from migrator.models import Receipt
from migrator.services.receipts import as_file


class ReceiptSerializer(serializers.ModelSerializer[Receipt]):
    """A receipt: what was known of a source workspace when somebody signed that it may go."""

    class Meta:
        model = Receipt
        fields = (
            "id",
            "plan",
            "item",
            "workspace_name",
            "workspace_id",
            "instance_name",
            "account",
            "signed_name",
            "signed_at",
            "is_green",
            "reason",
            "sha256",
        )


class ReceiptViewSet(ReadOnlyModelViewSet[Any]):
    """Receipts, newest first."""

    queryset = Receipt.objects.order_by("-signed_at", "-pk")
    serializer_class = ReceiptSerializer
    permission_classes = (ReadOr,)
    change_permission = "migrator.start_run"
    filterset_fields = ("plan", "workspace_id", "is_green")

    @extend_schema(responses=OpenApiTypes.OBJECT)
    @action(detail=True, methods=["get"], filter_backends=[])
    def file(self, request: Request, pk: str) -> HttpResponse:
        """The receipt's file, byte for byte: its SHA-256 is the receipt's `sha256`."""
        content = as_file(self.get_object().content)
        return HttpResponse(content, content_type="application/json")
