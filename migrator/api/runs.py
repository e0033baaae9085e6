"""Runs over the API: start, watch, steer."""

from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import TemporaryUploadedFile
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.viewsets import GenericViewSet

from migrator.api.idempotent import PARAMETER, idempotent
from migrator.api.people import actor
from migrator.api.permissions import ReadOr
from migrator.api.serializers import (
    BackupRequest,
    BroughtFile,
    RunFile,
    RunSerializer,
    SkipRequest,
    StepSerializer,
)
from migrator.archives.age.keys import Lock
from migrator.models import Plan, Run
from migrator.services import arrivals, replacing, retrying, runs
from migrator.services.encryption import choose_encryption
from migrator.services.plans import plan_backup


class RunViewSet(ListModelMixin, RetrieveModelMixin, GenericViewSet[Run]):
    """Runs; `backup` starts one, and a restore that was reviewed."""

    serializer_class = RunSerializer
    permission_classes = (ReadOr,)
    change_permission = "migrator.start_run"
    filterset_fields = ("kind", "plan")

    def get_queryset(self) -> QuerySet[Run]:
        """Runs with what their state follows from."""
        return Run.objects.with_state().order_by("-started_at", "-pk")

    @extend_schema(request=BackupRequest, responses={201: RunSerializer}, parameters=[PARAMETER])
    @action(detail=False, methods=["post"])
    @idempotent
    def backup(self, request: Request) -> Response:
        """Start a backup of the given workspaces of one instance."""
        wanted = _validated(BackupRequest(data=request.data))
        chosen = [w for w in wanted["workspaces"] if w.instance_id == wanted["from_instance"].pk]
        plan = plan_backup(source=wanted["from_instance"], workspaces=chosen, user=actor(request))
        lock = Lock(tuple(wanted["recipients"]), wanted["passphrase"])
        if lock != Lock():
            understood = wanted["accept_key_loss"]
            choose_encryption(plan, user=actor(request), lock=lock, understood=understood)
        return self._started(plan, request)

    @extend_schema(responses=StepSerializer(many=True))
    @action(detail=True, methods=["get"], filter_backends=[], pagination_class=None)
    def steps(self, request: Request, pk: str) -> Response:
        """The steps of one run."""
        steps = self.get_object().steps.current().select_related("item")
        return Response(StepSerializer(steps, many=True).data)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """Stop the run between two chunks of work."""
        runs.cancel_run(self.get_object(), user=actor(request))
        return self.retrieve(request, pk=pk)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def pause(self, request: Request, pk: str) -> Response:
        """Stop for now and keep every place."""
        runs.pause_run(self.get_object(), user=actor(request))
        return self.retrieve(request, pk=pk)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, pk: str) -> Response:
        """Go on where it was paused."""
        runs.resume_run(self.get_object(), user=actor(request))
        return self.retrieve(request, pk=pk)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def retry(self, request: Request, pk: str) -> Response:
        """Put the failed steps back, and only those."""
        retrying.retry_failed(self.get_object(), user=actor(request))
        return self.retrieve(request, pk=pk)

    @extend_schema(request=SkipRequest)
    @action(detail=True, methods=["post"])
    def skip(self, request: Request, pk: str) -> Response:
        """Leave out one step that waits or failed, with a reason; the steps behind it go on."""
        run = self.get_object()
        wanted = _validated(SkipRequest(data=request.data, context={"run": run}))
        runs.skip_step(wanted["step"], user=actor(request), reason=wanted["reason"])
        return self.retrieve(request, pk=pk)

    @extend_schema(request=None, responses={201: RunSerializer}, parameters=[PARAMETER])
    @action(detail=True, methods=["post"])
    @idempotent
    def again(self, request: Request, pk: str) -> Response:
        """Start the same once more; the answer is the new run."""
        return self._created(runs.run_again(self.get_object(), user=actor(request)))

    @extend_schema(request={"multipart/form-data": RunFile}, responses={201: BroughtFile})
    @action(detail=True, methods=["post"], parser_classes=[MultiPartParser])
    def files(self, request: Request, pk: str) -> Response:
        """Bring a file that a step waits for, under any name; it is recognised by its content."""
        run = self.get_object()
        given = _validated(RunFile(data=request.data, context={"run": run}))
        upload = given["file"]
        assert isinstance(upload, TemporaryUploadedFile)
        arrival = arrivals.bring_file(
            run,
            given["item"],
            Path(upload.temporary_file_path()),
            name=upload.name or "file",
            user=actor(request),
        )
        if arrival.is_asked_about and given["replaces"]:
            replacing.replace(arrival.file, user=actor(request))
        shown = {
            "step": arrival.step.pk,
            "name": arrival.file.name,
            "kind": arrival.file.kind,
            "sentence": arrival.recognized.sentence,
            "counts": given["replaces"] or not arrival.is_asked_about,
        }
        return Response(shown, status=status.HTTP_201_CREATED)

    def _started(self, plan: Plan, request: Request) -> Response:
        return self._created(runs.start_run(plan=plan, user=actor(request)))

    def _created(self, run: Run) -> Response:
        shown = self.get_queryset().get(pk=run.pk)
        return Response(self.get_serializer(shown).data, status=status.HTTP_201_CREATED)


def _validated(serializer: Serializer[None]) -> dict[str, Any]:
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)
