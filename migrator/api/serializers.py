"""What the API shows: fields listed one by one, no secret ever."""

from typing import Any

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
from migrator.services.encryption import KEY_LOSS


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
    """An archive: its file is at `download/` below its address.

    `size` and `sha256` are those of that file; of an encrypted one, `plain_size` and
    `plain_sha256` are those of the ZIP within.
    """

    is_locked = serializers.BooleanField(read_only=True)

    class Meta:
        model = Archive
        fields = (
            "id",
            "file",
            "size",
            "sha256",
            "encryption",
            "recipients",
            "plain_size",
            "plain_sha256",
            "opened_at",
            "is_locked",
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
    recipients = serializers.ListField(
        child=serializers.CharField(max_length=2000),
        required=False,
        default=list,
        help_text="Public keys (age1…, ssh-ed25519 …, ssh-rsa …) to encrypt the archives to.",
    )
    passphrase = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        write_only=True,
        trim_whitespace=False,
        help_text="Encrypts the archives instead of recipients; forgotten when the run is over.",
    )
    accept_key_loss = serializers.BooleanField(
        required=False,
        default=False,
        help_text="Needed with either of the two: " + KEY_LOSS,
    )

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        """Recipients or a passphrase, not both."""
        if given["recipients"] and given["passphrase"]:
            raise serializers.ValidationError("Give recipients or a passphrase, not both.")
        return given


class ArchiveFile(serializers.Serializer[None]):
    """An archive that was made elsewhere; what opens it where it is encrypted."""

    file = serializers.FileField()
    identities = serializers.CharField(required=False, default="", write_only=True)
    passphrase = serializers.CharField(
        required=False, default="", write_only=True, trim_whitespace=False
    )


class ArchiveKeyRequest(serializers.Serializer[None]):
    """What opens an encrypted archive: the text of private keys, or the passphrase."""

    identities = serializers.CharField(required=False, default="", write_only=True)
    passphrase = serializers.CharField(
        required=False, default="", write_only=True, trim_whitespace=False
    )


class RunFile(serializers.Serializer[None]):
    """A file for a step of the run that waits for it; which one, its content tells."""

    item = serializers.PrimaryKeyRelatedField(
        queryset=PlanItem.objects.all(), help_text="The workspace of the run, as its steps name it."
    )
    file = serializers.FileField()
    replaces = serializers.BooleanField(
        default=False,
        help_text="Take it instead of what the workspace has of this kind already.",
    )

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
    counts = serializers.BooleanField(
        help_text="False where another one is here already: a person says on the run's page which "
        "of them counts; a file sent with `replaces` always does."
    )


class SkipRequest(serializers.Serializer[None]):
    """What leaves out a step of the run that the context names."""

    step = serializers.PrimaryKeyRelatedField(queryset=Step.objects.current())
    reason = serializers.CharField(max_length=500)

    def validate_step(self, step: Step) -> Step:
        """The step, where it belongs to the run."""
        if step.run_id != self.context["run"].pk:
            raise serializers.ValidationError("This step belongs to another run.")
        return step
