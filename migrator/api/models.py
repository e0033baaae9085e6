"""Deployed models over the API: what is served and charged, what was decided, undeploying."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from migrator.api.people import actor
from migrator.api.permissions import ReadOr
from migrator.models import ModelService, ServedModel, Standing
from migrator.services import model_choices, model_knowledge, model_scans, undeploying

_D = ServedModel.Decision


class ServedModelSerializer(serializers.ModelSerializer[ServedModel]):
    """One model that a service lists, and what is to be thought of it."""

    standing = serializers.ChoiceField(choices=Standing.choices, read_only=True)
    workspace_name = serializers.CharField(read_only=True, allow_null=True)
    service_address = serializers.CharField(source="service.address", read_only=True)

    class Meta:
        model = ServedModel
        fields = (
            "id",
            "service",
            "service_address",
            "model_id",
            "workspace_id",
            "workspace_name",
            "version",
            "name",
            "language",
            "status",
            "standing",
            "created",
            "seen_at",
            "gone_at",
            "decision",
            "reason",
            "decided_who",
            "decided_at",
            "remind_at",
        )


class Doubt(serializers.Serializer[None]):
    """Why what is deployed from an instance is not known."""

    instance_id = serializers.IntegerField()
    doubt = serializers.CharField()


class ModelsSummary(serializers.Serializer[None]):
    """How many models are deployed by standing; not all of them where there are doubts."""

    is_known = serializers.BooleanField(
        help_text="Where false, unknown is not zero: treat it as not safe."
    )
    doubts = Doubt(many=True)
    counts = serializers.DictField(child=serializers.IntegerField())


class ScanAnswer(serializers.Serializer[None]):
    """How many services are being asked."""

    asked = serializers.IntegerField()


class DecisionRequest(serializers.Serializer[None]):
    """Keep a model for now, on purpose with a reason, or until the copy is proved."""

    decision = serializers.ChoiceField(choices=[_D.LATER, _D.KEEP, _D.AFTER])
    reason = serializers.CharField(required=False, default="", max_length=500, allow_blank=True)


class UndeployRequest(serializers.Serializer[None]):
    """The confirmation that pages ask for: "undeploy" and the name of the model's workspace."""

    typed = serializers.CharField(max_length=300)


class ServedModelViewSet(ReadOnlyModelViewSet[Any]):
    """Models that the last complete scans listed, what needs somebody first."""

    queryset = ServedModel.objects.present()
    serializer_class = ServedModelSerializer
    permission_classes = (ReadOr,)
    change_permission = "migrator.start_run"
    filterset_fields = ("service", "workspace_id", "model_id", "decision")

    def get_queryset(self) -> QuerySet[Any]:
        """With standing and service; `standing` picks those of one."""
        rows: Any = ServedModel.objects.present().for_listing()
        standing = self.request.query_params.get("standing", "")
        if standing in Standing.values:
            rows = rows.filter(standing=standing)
        found: QuerySet[Any] = rows.most_pressing_first()
        return found

    @extend_schema(parameters=[OpenApiParameter("standing", str, enum=Standing.values)])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The models, page by page; see `summary` for whether these are all."""
        return super().list(request, *args, **kwargs)

    @extend_schema(responses=ModelsSummary, filters=False)
    @action(detail=False, methods=["get"], filter_backends=[], pagination_class=None)
    def summary(self, request: Request) -> Response:
        """How many there are by standing, and whether that is all."""
        services = list(ModelService.objects.with_last_scan())
        known = model_knowledge.knowledge_of_all(services)
        doubts = [{"instance_id": row.pk, "doubt": one.doubt} for row, one in known if one.doubt]
        counts = model_knowledge.counts_by_standing()
        return Response({"is_known": not doubts, "doubts": doubts, "counts": counts})

    @extend_schema(request=None, responses={202: ScanAnswer})
    @action(detail=False, methods=["post"])
    def scan(self, request: Request) -> Response:
        """Let the workers ask every linked service again."""
        asked = model_scans.scan_in_worker(ModelService.objects.all(), user=actor(request))
        return Response({"asked": asked}, status=status.HTTP_202_ACCEPTED)

    @extend_schema(request=DecisionRequest, responses=ServedModelSerializer)
    @action(detail=True, methods=["post"])
    def decide(self, request: Request, pk: str) -> Response:
        """Note that it is kept for now, on purpose, or until the copy is proved."""
        wanted = DecisionRequest(data=request.data)
        wanted.is_valid(raise_exception=True)
        model_choices.decide(self.get_object(), user=actor(request), **wanted.validated_data)
        return self.retrieve(request, pk=pk)

    @extend_schema(request=UndeployRequest, responses={202: ServedModelSerializer})
    @action(detail=True, methods=["post"])
    def undeploy(self, request: Request, pk: str) -> Response:
        """Undeploy it; the service is then asked until the model is gone."""
        wanted = UndeployRequest(data=request.data)
        wanted.is_valid(raise_exception=True)
        model = self.get_object()
        undeploying.ask_undeploy(
            [model], name=model.origin, typed=wanted.validated_data["typed"], user=actor(request)
        )
        shown = self.get_serializer(self.get_object()).data
        return Response(shown, status=status.HTTP_202_ACCEPTED)
