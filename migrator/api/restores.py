"""Restores over the API: planned, read against the target, reviewed, then started."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from migrator.api.idempotent import PARAMETER, idempotent
from migrator.api.people import actor
from migrator.api.permissions import ReadOr
from migrator.api.serializers import RunSerializer
from migrator.errors import ServiceError
from migrator.formats.errors import StatedError
from migrator.models import Archive, Instance, Plan, Run
from migrator.services.plans import plan_restore
from migrator.services.targets.readings import begin_readings
from migrator.services.targets.restoring import confirm, start_restore
from migrator.services.targets.review import effects_document, review_of


class RestoreRequest(serializers.Serializer[None]):
    """What starts a restore: into the workspace named by `into`, or into a new one."""

    archive = serializers.PrimaryKeyRelatedField(queryset=Archive.objects.all())
    target = serializers.PrimaryKeyRelatedField(queryset=Instance.objects.all())
    into = serializers.CharField(required=False, default="")
    name = serializers.CharField(required=False, default="")
    tokenizer = serializers.ChoiceField(
        choices=["ml", "dictionary"], required=False, allow_blank=True, default=""
    )


class Obstacle(serializers.Serializer[None]):
    """What a person has to settle first."""

    happened = serializers.CharField()
    meaning = serializers.CharField()
    remedy = serializers.CharField()


class Effects(serializers.Serializer[None]):
    """Numbers by noun, such as {"documents": 24}; what there is none of is left out."""

    creates = serializers.DictField(child=serializers.IntegerField())
    updates = serializers.DictField(child=serializers.IntegerField())
    already_identical = serializers.DictField(child=serializers.IntegerField())
    leaves = serializers.DictField(child=serializers.IntegerField())
    cannot_bring = serializers.DictField(child=serializers.IntegerField())


class RestoreReview(serializers.Serializer[None]):
    """A restore that is planned: whether its target was read, and what will come of it."""

    id = serializers.IntegerField()
    archive = serializers.IntegerField()
    target = serializers.IntegerField()
    name = serializers.CharField()
    into = serializers.CharField(help_text="The existing workspace; empty for a new one.")
    is_being_read = serializers.BooleanField(help_text="Ask again in a moment.")
    is_inspected = serializers.BooleanField(
        help_text="Where false, the numbers come from the archive alone: nobody looked at the "
        "target, or it changed since."
    )
    problem = serializers.CharField(help_text="Why the target could not be read; else empty.")
    obstacles = Obstacle(many=True)
    effects = Effects()
    run = serializers.IntegerField(allow_null=True, help_text="The run, once it was started.")


class RestoreViewSet(GenericViewSet[Any]):
    """Restores of one archive each. The target is read before anything is changed there."""

    queryset = Plan.objects.filter(is_guided=False, purpose=Plan.Purpose.RESTORE)
    serializer_class = RestoreReview
    permission_classes = (ReadOr,)
    change_permission = "migrator.start_run"
    filter_backends = ()

    def get_queryset(self) -> QuerySet[Plan]:
        """With the target, newest first."""
        return super().get_queryset().select_related("target").order_by("-pk")

    @extend_schema(request=RestoreRequest, responses={201: RestoreReview}, parameters=[PARAMETER])
    @idempotent
    def create(self, request: Request) -> Response:
        """Plan a restore; a worker begins to read the target. One not started is kept for a day."""
        wanted = RestoreRequest(data=request.data)
        wanted.is_valid(raise_exception=True)
        given: dict[str, Any] = dict(wanted.validated_data)
        plan = plan_restore(
            archive=given["archive"],
            target=given["target"],
            user=actor(request),
            name=given["name"],
            target_workspace_id=given["into"],
            tokenizer=given["tokenizer"],
        )
        if given["target"].is_connected:
            begin_readings(plan, user=actor(request))
        return Response(_document(plan), status=status.HTTP_201_CREATED)

    def retrieve(self, request: Request, pk: str) -> Response:
        """What will come of it, and whether the target was read."""
        return Response(_document(self.get_object()))

    @extend_schema(request=None, responses={201: RunSerializer}, parameters=[PARAMETER])
    @action(detail=True, methods=["post"])
    @idempotent
    def start(self, request: Request, pk: str) -> Response:
        """Confirm the review by your name and start; the answer is the run.

        Refused (409) while the target is being read, was not read although it could be, or
        something is in the way.
        """
        plan = self.get_object()
        _refuse_second(plan)
        confirm(plan, review_of(plan), user=actor(request))
        run = start_restore(plan, user=actor(request))
        shown = Run.objects.with_state().get(pk=run.pk)
        return Response(RunSerializer(shown).data, status=status.HTTP_201_CREATED)


def _document(plan: Plan) -> dict[str, Any]:
    review = review_of(plan)
    one = review.standings[0]
    run = plan.runs.order_by("-pk").first()
    return {
        "id": plan.pk,
        "archive": one.item.archive_id,
        "target": plan.target_id,
        "name": one.item.new_name,
        "into": one.item.target_workspace_id,
        "is_being_read": one.is_being_read,
        "is_inspected": one.is_read,
        "problem": one.reading.problem if one.reading else "",
        "obstacles": [_obstacle(error) for error in one.obstacles],
        "effects": effects_document(review.total),
        "run": run.pk if run else None,
    }


def _refuse_second(plan: Plan) -> None:
    run = plan.runs.order_by("-pk").first()
    if run is not None:
        raise ServiceError(
            f"This restore was started already: run {run.pk}.",
            meaning="Nothing was started a second time.",
            remedy="Watch that run; once it has ended it can be run again.",
        )


def _obstacle(error: StatedError) -> dict[str, str]:
    return {"happened": error.happened, "meaning": error.meaning, "remedy": error.remedy}
