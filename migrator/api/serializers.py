"""What the API shows: fields listed one by one, no secret ever."""

from rest_framework import serializers

from migrator.models import (
    Archive,
    CheckResult,
    Instance,
    Plan,
    PlanItem,
    Run,
    RunState,
    Step,
    Workspace,
)


class InstanceSerializer(serializers.ModelSerializer[Instance]):
    """An instance without its credential."""

    class Meta:
        model = Instance
        fields = (
            "id",
            "name",
            "kind",
            "address",
            "connector_enabled",
            "connection",
            "tested_at",
            "answers",
        )


class WorkspaceSerializer(serializers.ModelSerializer[Workspace]):
    """A workspace as the last inventory saw it."""

    class Meta:
        model = Workspace
        fields = (
            "id",
            "instance",
            "workspace_id",
            "name",
            "language",
            "tokenizer",
            "documents",
            "seen_at",
            "gone_at",
        )


class ArchiveSerializer(serializers.ModelSerializer[Archive]):
    """An archive: its file is at `download/` below its address."""

    class Meta:
        model = Archive
        fields = (
            "id",
            "file",
            "size",
            "sha256",
            "workspace_name",
            "workspace_id",
            "instance_name",
            "language",
            "counts",
            "findings",
            "created_at",
            "verified_at",
            "verify_problem",
        )


class PlanSerializer(serializers.ModelSerializer[Plan]):
    """A plan that the wizard walks."""

    class Meta:
        model = Plan
        fields = (
            "id",
            "name",
            "purpose",
            "source",
            "target",
            "deletes_source",
            "created_at",
            "changed_at",
            "archived_at",
        )


class CheckResultSerializer(serializers.ModelSerializer[CheckResult]):
    """What one check found in one workspace of a plan, and who accepted it."""

    workspace = serializers.CharField(source="item.name", read_only=True)
    needs_somebody = serializers.BooleanField(source="is_open", read_only=True)
    is_accepted = serializers.BooleanField(read_only=True)
    has_lapsed = serializers.BooleanField(read_only=True)

    class Meta:
        model = CheckResult
        fields = (
            "id",
            "item",
            "workspace",
            "code",
            "state",
            "needs_somebody",
            "source",
            "looked_at",
            "found",
            "allowed",
            "items",
            "fix",
            "checked_at",
            "is_accepted",
            "has_lapsed",
            "accepted_as",
            "accepted_at",
            "accepted_why",
        )


class StepSerializer(serializers.ModelSerializer[Step]):
    """One step of a run."""

    item = serializers.CharField(source="item.name")
    item_id = serializers.IntegerField()

    class Meta:
        model = Step
        fields = (
            "id",
            "item",
            "item_id",
            "kind",
            "stage",
            "performer",
            "status",
            "outcome",
            "done",
            "total",
            "unit",
            "attempts",
            "warnings",
            "needs",
            "problem",
            "problem_meaning",
            "problem_remedy",
            "problem_reference",
        )


class RunSerializer(serializers.ModelSerializer[Run]):
    """A run with the state that follows from its steps."""

    state = serializers.ChoiceField(choices=RunState.choices, read_only=True)

    class Meta:
        model = Run
        fields = ("id", "kind", "plan", "state", "started_at", "finished_at")


class BackupRequest(serializers.Serializer[None]):
    """What starts a backup."""

    from_instance = serializers.PrimaryKeyRelatedField(queryset=Instance.objects.all())
    workspaces = serializers.PrimaryKeyRelatedField(
        queryset=Workspace.objects.present(), many=True, allow_empty=False
    )


class RestoreRequest(serializers.Serializer[None]):
    """What starts a restore: into the workspace named by `into`, or into a new one."""

    archive = serializers.PrimaryKeyRelatedField(queryset=Archive.objects.all())
    target = serializers.PrimaryKeyRelatedField(queryset=Instance.objects.all())
    into = serializers.CharField(required=False, default="")
    name = serializers.CharField(required=False, default="")
    tokenizer = serializers.ChoiceField(
        choices=["ml", "dictionary"], required=False, allow_blank=True, default=""
    )


class ArchiveFile(serializers.Serializer[None]):
    """An archive that was made elsewhere."""

    file = serializers.FileField()


class RunFile(serializers.Serializer[None]):
    """A file for a step of the run that waits for it; which one, its content tells."""

    item = serializers.PrimaryKeyRelatedField(
        queryset=PlanItem.objects.all(), help_text="The workspace of the run, as its steps name it."
    )
    file = serializers.FileField()

    def validate_item(self, item: PlanItem) -> PlanItem:
        """The item, where it belongs to the run."""
        if item.plan_id != self.context["run"].plan_id:
            raise serializers.ValidationError("This item belongs to another run.")
        return item


class BroughtFile(serializers.Serializer[None]):
    """What was brought and recognised."""

    step = serializers.IntegerField()
    name = serializers.CharField()
    kind = serializers.CharField()
    sentence = serializers.CharField()


class SkipRequest(serializers.Serializer[None]):
    """What leaves out a step of the run that the context names."""

    step = serializers.PrimaryKeyRelatedField(queryset=Step.objects.current())
    reason = serializers.CharField(max_length=500)

    def validate_step(self, step: Step) -> Step:
        """The step, where it belongs to the run."""
        if step.run_id != self.context["run"].pk:
            raise serializers.ValidationError("This step belongs to another run.")
        return step
